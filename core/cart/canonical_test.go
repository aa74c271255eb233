package cart_test

import (
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/evercart/evercart/core/cart"
)

func canonical(c cart.Command) string { return string(cart.Aggregate{}.AppendCanonical(nil, c)) }

func TestCanonicalFormsNeverChange(t *testing.T) {
	t.Parallel()
	var fresh strings.Builder
	for _, c := range []cart.Command{
		cart.OpenCart{},
		cart.OpenCart{Owner: "https://id.example|0190"},
		cart.AddItem{Item: "tea", Quantity: 2, UnitPrice: euro(499)},
		cart.AddItem{Item: repeat("🍵", 200), Quantity: 999},
		cart.AddItem{Item: "tip", Quantity: 1, UnitPrice: euro(0)},
		cart.ChangeItemQuantity{Item: "tea", Quantity: 3},
		cart.RemoveItem{Item: "tea"},
		cart.CloseCart{},
		cart.RemindShopper{UnchangedSince: monday},
	} {
		fmt.Fprintf(&fresh, "%s %s\n", cart.Aggregate{}.CommandName(c), hex.EncodeToString([]byte(canonical(c))))
	}
	want := golden(t, "canonical.golden", []byte(fresh.String()))
	assert.Equal(t, string(want), fresh.String())
}

func TestCanonicalForm(t *testing.T) {
	t.Parallel()
	t.Run("is name and fields, each with its length in front", func(t *testing.T) {
		t.Parallel()
		assert.Equal(t, "\x07AddItem\x03tea\x012\x03499\x03EUR", canonical(cart.AddItem{Item: "tea", Quantity: 2, UnitPrice: euro(499)}))
	})
	t.Run("appends", func(t *testing.T) {
		t.Parallel()
		assert.Equal(t, "x\x09CloseCart", string(cart.Aggregate{}.AppendCanonical([]byte("x"), cart.CloseCart{})))
	})
	t.Run("of a reminder tried again later is the same", func(t *testing.T) {
		t.Parallel()
		assert.Equal(t, canonical(cart.RemindShopper{UnchangedSince: monday}), canonical(cart.RemindShopper{UnchangedSince: friday}))
	})
	t.Run("tells free from unpriced", func(t *testing.T) {
		t.Parallel()
		assert.NotEqual(t, canonical(cart.AddItem{Item: "tip", Quantity: 1}), canonical(cart.AddItem{Item: "tip", Quantity: 1, UnitPrice: euro(0)}))
	})
}
