package cart_test

import (
	"maps"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/core/cart"
	"github.com/evercart/evercart/core/es"
)

func repeat(s string, n int) string { return strings.Repeat(s, n) }

func TestItemNames(t *testing.T) {
	t.Parallel()
	for name, item := range map[string]string{
		"a word":                             "tea",
		"one character":                      "x",
		"200 characters of one byte":         repeat("x", 200),
		"200 characters of four bytes":       repeat("🍵", 200),
		"spaces within":                      "green tea",
		"markup, which is only text":         `<b>"tea" & 'cup'</b>\/`,
		"an emoji of several joined":         "👩‍👩‍👧",
		"a replacement character":            "\uFFFD",
		"letters written from right to left": "שלום",
	} {
		t.Run("take "+name, func(t *testing.T) {
			t.Parallel()
			assert.NoError(t, cart.Validate(cart.AddItem{Item: item, Quantity: 1}))
			assert.NoError(t, cart.Validate(cart.RemoveItem{Item: item}))
			got, err := cart.ParseItem(item)
			require.NoError(t, err)
			assert.Equal(t, item, got)
		})
	}
	for name, item := range map[string]string{
		"nothing":                          "",
		"201 characters":                   repeat("x", 201),
		"201 characters of four bytes":     repeat("🍵", 201),
		"broken UTF-8":                     "te\xffa",
		"half a character":                 "tea\xf0\x9f",
		"a surrogate written as UTF-8":     "\xed\xa0\x80",
		"a line feed within":               "green\ntea",
		"a null character":                 "tea\x00s",
		"a delete character":               "tea\x7fs",
		"a C1 control character":           "tea\u0085s",
		"a line separator within":          "green\u2028tea",
		"a paragraph separator within":     "green\u2029tea",
		"a very long text, also in errors": repeat("é", 1_000_000),
	} {
		t.Run("refuse "+name, func(t *testing.T) {
			t.Parallel()
			_, err := cart.ParseItem(item)
			require.ErrorIs(t, err, cart.ErrItemInvalid)
			assert.Less(t, len(err.Error()), 400)
			assert.ErrorIs(t, cart.Validate(cart.AddItem{Item: item, Quantity: 1}), cart.ErrItemInvalid)
			assert.ErrorIs(t, cart.Validate(cart.ChangeItemQuantity{Item: item, Quantity: 1}), cart.ErrItemInvalid)
			assert.ErrorIs(t, cart.Validate(cart.RemoveItem{Item: item}), cart.ErrItemInvalid)
		})
	}
	for _, space := range []string{" ", "\t", "\r\n", "\u00a0", "\u2003", "\u2028", "\u3000"} {
		t.Run("are trimmed by ParseItem and refused untrimmed by commands", func(t *testing.T) {
			t.Parallel()
			got, err := cart.ParseItem(space + "green tea" + space)
			require.NoError(t, err)
			assert.Equal(t, "green tea", got)
			assert.ErrorIs(t, cart.Validate(cart.RemoveItem{Item: space + "tea"}), cart.ErrItemInvalid)
			assert.ErrorIs(t, cart.Validate(cart.RemoveItem{Item: "tea" + space}), cart.ErrItemInvalid)
			_, err = cart.ParseItem(space)
			assert.ErrorIs(t, err, cart.ErrItemInvalid)
		})
	}
	t.Run("are not normalised", func(t *testing.T) {
		t.Parallel()
		composed, err := cart.ParseItem("caf\u00e9")
		require.NoError(t, err)
		apart, err := cart.ParseItem("cafe\u0301")
		require.NoError(t, err)
		assert.NotEqual(t, composed, apart)
	})
}

func TestQuantities(t *testing.T) {
	t.Parallel()
	for quantity, ok := range map[int]bool{-1: false, 0: false, 1: true, 999: true, 1000: false, 1 << 62: false, -1 << 63: false} {
		for _, c := range []cart.Command{
			cart.AddItem{Item: "tea", Quantity: quantity}, cart.ChangeItemQuantity{Item: "tea", Quantity: quantity},
		} {
			if err := cart.Validate(c); ok {
				assert.NoError(t, err, "%+v", c)
			} else {
				assert.ErrorIs(t, err, cart.ErrQuantityInvalid, "%+v", c)
			}
		}
	}
}

func TestOwners(t *testing.T) {
	t.Parallel()
	for name, owner := range map[string]string{
		"broken UTF-8": "\xff", "a null character": "a\x00", "a line feed": "a\n", "257 characters": repeat("x", 257),
	} {
		t.Run("refuse "+name, func(t *testing.T) {
			t.Parallel()
			assert.ErrorIs(t, cart.Validate(cart.OpenCart{Owner: owner}), cart.ErrOwnerInvalid)
		})
	}
	t.Run("take any text of 256 characters", func(t *testing.T) {
		t.Parallel()
		assert.NoError(t, cart.Validate(cart.OpenCart{Owner: repeat("🍵", 256)}))
	})
}

func TestRefusalsOfValuesNameValueAndRule(t *testing.T) {
	t.Parallel()
	for want, c := range map[string]cart.Command{
		"the item has no name, want 1 to 200 characters":                               cart.RemoveItem{},
		`item "te\xffa" is not valid UTF-8`:                                            cart.RemoveItem{Item: "te\xffa"},
		`item "x\ny" has a control character`:                                          cart.RemoveItem{Item: "x\ny"},
		`item " tea" has white space around it`:                                        cart.RemoveItem{Item: " tea"},
		`item "` + repeat("é", 30) + `"… has 201 characters, at most 200 are allowed`:  cart.RemoveItem{Item: repeat("é", 201)},
		`item "x` + repeat("é", 29) + `"… has 201 characters, at most 200 are allowed`: cart.RemoveItem{Item: "x" + repeat("é", 200)},
		"quantity 1000 is not in 1 to 999":                                             cart.AddItem{Item: "tea", Quantity: 1000},
		"the quantity is not in 1 to 999":                                              cart.AddItem{Item: "tea", Quantity: math.MaxInt},
		"the unit price is not in 0 to 10000000000 minor units":                        cart.AddItem{Item: "tea", Quantity: 1, UnitPrice: euro(math.MinInt64)},
		"unit price -1 is not in 0 to 10000000000 minor units":                         cart.AddItem{Item: "tea", Quantity: 1, UnitPrice: euro(-1)},
		`currency "eur" is no active ISO 4217 code with a minor unit; write EUR`:       cart.AddItem{Item: "tea", Quantity: 1, UnitPrice: cart.Price{Currency: "eur"}},
		`currency " EUR" is no active ISO 4217 code with a minor unit; write EUR`:      cart.AddItem{Item: "tea", Quantity: 1, UnitPrice: cart.Price{Currency: " EUR"}},
		`currency "euro" is no active ISO 4217 code with a minor unit`:                 cart.AddItem{Item: "tea", Quantity: 1, UnitPrice: cart.Price{Currency: "euro"}},
		"the owner has 257 characters, at most 256 are allowed":                        cart.OpenCart{Owner: repeat("x", 257)},
	} {
		err := cart.Validate(c)
		assert.EqualError(t, err, want)
		var refusal *es.Refusal
		assert.ErrorAs(t, err, &refusal)
	}
}

func TestEventNamesAreAllThatWasEverStored(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join("testdata", "events", "*.json"))
	require.NoError(t, err)
	stored := map[string]bool{}
	for _, file := range files {
		name, _, _ := strings.Cut(filepath.Base(file), ".")
		stored[name] = true
	}
	assert.ElementsMatch(t, slices.Collect(maps.Keys(stored)), cart.EventNames())
}
