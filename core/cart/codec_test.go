package cart_test

import (
	"fmt"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/core/cart"
	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/envelope"
)

var stream = ports.StreamID{Category: "cart", ID: "01890a5d-ac96-774b-bcce-b302099a8057"}

func stored(eventType string, schema int, data string) *ports.Event {
	return &ports.Event{
		ID: "e", Stream: stream, Version: 7, Type: eventType, Schema: schema, Time: monday, Data: data,
	}
}

// forms lists every stored form ever written, by its golden file under
// testdata/events, and the event that it reads as.
func forms() map[string]cart.Event {
	return map[string]cart.Event{
		"CartOpened.1.json": cart.CartOpened{},
		"ItemAdded.1.json":  cart.ItemAdded{Item: "Apple", Quantity: 1},
		"CartClosed.1.json": cart.CartClosed{},

		"CartOpened.2.json":          cart.CartOpened{},
		"CartOpened.2.owner.json":    cart.CartOpened{Owner: "https://id.example|0190"},
		"ItemAdded.2.json":           cart.ItemAdded{Item: "tea", Quantity: 2, UnitPrice: euro(499)},
		"ItemAdded.2.unpriced.json":  cart.ItemAdded{Item: "cup", Quantity: 1},
		"ItemAdded.2.free.json":      cart.ItemAdded{Item: "tip", Quantity: 1, UnitPrice: euro(0)},
		"ItemAdded.2.text.json":      cart.ItemAdded{Item: "<b>\"T&C\"</b> \\/ 🍵 café\u202e", Quantity: 999, UnitPrice: euro(10_000_000_000)},
		"ItemQuantityChanged.2.json": cart.ItemQuantityChanged{Item: "tea", Quantity: 3},
		"ItemRemoved.2.json":         cart.ItemRemoved{Item: "tea"},
		"CartClosed.2.json": cart.CartClosed{
			Lines: []cart.Line{{Item: "tea", Quantity: 2, UnitPrice: euro(499)}, {Item: "jam", Quantity: 1, UnitPrice: euro(300)}},
			Total: euro(1298),
		},
		"CartClosed.2.unpriced.json":   cart.CartClosed{Lines: []cart.Line{{Item: "tea", Quantity: 2, UnitPrice: euro(499)}, {Item: "cup", Quantity: 1}}},
		"CartClosed.2.empty.json":      cart.CartClosed{Lines: []cart.Line{}},
		"ShopperReminded.2.json":       cart.ShopperReminded{Items: 2},
		"ShopperReminded.2.owner.json": cart.ShopperReminded{Owner: "https://id.example|0190", Items: 1},
	}
}

func TestEveryStoredFormIsRead(t *testing.T) {
	t.Parallel()
	for name, want := range forms() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			eventType, schema, data := cart.Aggregate{}.Encode(want)
			content := string(golden(t, "events/"+name, []byte(data)))
			require.NoError(t, envelope.ValidData(content), "a payload is one compact JSON object, without a line feed")

			written := schema
			_, err := fmt.Sscanf(name, eventType+".%d.", &written)
			require.NoError(t, err)
			got, err := cart.Aggregate{}.Decode(stored(eventType, written, content))
			require.NoError(t, err)
			assert.Equal(t, want, got)
			if written == schema {
				assert.Equal(t, content, data, "what is written today")
			}
		})
	}
	t.Run("and no golden file is left over", func(t *testing.T) {
		t.Parallel()
		entries, err := os.ReadDir("testdata/events")
		require.NoError(t, err)
		for _, e := range entries {
			assert.Contains(t, forms(), e.Name())
		}
	})
}

func TestDecodingPassesOverWhatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		event *ports.Event
		want  cart.Event
	}{
		"new members, of any kind": {
			stored("ItemAdded", 2, `{"gift":{"wrap":[true,null,1e9]},"item":"tea","quantity":2,"item_name":7}`),
			cart.ItemAdded{Item: "tea", Quantity: 2},
		},
		"members of other events, of any kind": {
			stored("ItemRemoved", 2, `{"quantity":"many","item":"tea","lines":0,"owner":[]}`), cart.ItemRemoved{Item: "tea"},
		},
		"members in capital letters": {
			stored("ItemRemoved", 2, `{"item":"tea","Item":"cup","ITEM":1}`), cart.ItemRemoved{Item: "tea"},
		},
		"null for a member that may be left out": {
			stored("ItemAdded", 2, `{"item":"tea","quantity":2,"unit_price":null}`), cart.ItemAdded{Item: "tea", Quantity: 2},
		},
		"null for a new member of a line": {
			stored("CartClosed", 2, `{"lines":[{"item":"tea","gift":null,"unit_price":null,"quantity":1}],"total":null}`),
			cart.CartClosed{Lines: []cart.Line{{Item: "tea", Quantity: 1}}},
		},
		"new members of lines and prices": {
			stored("CartClosed", 2, `{"lines":[{"gift":[],"item":"tea","quantity":1,"unit_price":{"vat":19,"amount":1,"currency":"EUR"}}]}`),
			cart.CartClosed{Lines: []cart.Line{{Item: "tea", Quantity: 1, UnitPrice: euro(1)}}},
		},
		"all but the last of members with the same key": {
			stored("ItemAdded", 2, `{"item":"cup","quantity":1,"unit_price":{"amount":1,"currency":"EUR"},"item":"tea","unit_price":null}`),
			cart.ItemAdded{Item: "tea", Quantity: 1},
		},
		"white space": {
			stored("ItemRemoved", 2, " {\n\t\"item\" : \"tea\" } "), cart.ItemRemoved{Item: "tea"},
		},
		"the price and quantity of schema 1, which has none": {
			stored("ItemAdded", 1, `{"shopping_cart_uuid":"8f0c","item_name":"tea","quantity":7,"unit_price":0,"item":"cup"}`),
			cart.ItemAdded{Item: "tea", Quantity: 1},
		},
		"what is nested deeper than the scanner goes": {
			stored("ItemRemoved", 2, `{"x":`+repeat("[", 500)+repeat("]", 500)+`,"item":"tea"}`), cart.ItemRemoved{Item: "tea"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := cart.Aggregate{}.Decode(c.event)
			require.NoError(t, err)
			assert.Equal(t, c.want, got)
		})
	}
}

func TestDecodingRefusesBrokenPayloads(t *testing.T) {
	t.Parallel()
	for _, e := range []*ports.Event{
		stored("CartOpened", 2, ``),
		stored("CartOpened", 2, `null`),
		stored("CartOpened", 2, `[]`),
		stored("CartOpened", 2, `{`),
		stored("CartOpened", 2, `{} {}`),
		stored("CartOpened", 1, `7`),
		stored("CartOpened", 2, `{"owner":7}`),
		stored("ItemAdded", 1, `{"shopping_cart_uuid":"8f0c"}`),
		stored("ItemAdded", 1, `{"item_name":null}`),
		stored("ItemAdded", 2, `{"item":"tea"}`),
		stored("ItemAdded", 2, `{"quantity":1}`),
		stored("ItemAdded", 2, `{"item":"tea","quantity":1.5}`),
		stored("ItemAdded", 2, `{"item":"tea","quantity":1e2}`),
		stored("ItemAdded", 2, `{"item":"tea","quantity":"1"}`),
		stored("ItemAdded", 2, `{"item":"tea","quantity":9223372036854775808}`),
		stored("ItemAdded", 2, `{"item":["tea"],"quantity":1}`),
		stored("ItemAdded", 2, `{"item":"tea","item":null,"quantity":1}`),
		stored("ItemAdded", 2, "{\"item\":\"te\xffa\",\"quantity\":1}"),
		stored("ItemAdded", 2, `{"item":"tea","quantity":1,"unit_price":499}`),
		stored("ItemAdded", 2, `{"item":"tea","quantity":1,"unit_price":{"amount":1}}`),
		stored("ItemAdded", 2, `{"item":"tea","quantity":1,"unit_price":{"currency":"EUR"}}`),
		stored("ItemAdded", 2, `{"item":"tea","quantity":1,"unit_price":{"currency":"EUR","amount":1,"amount":null}}`),
		stored("ItemAdded", 2, `{"item":"tea","quantity":1,"unit_price":{"currency":"EUR","amount":1.5}}`),
		stored("ItemAdded", 2, `{"item":"tea","quantity":1,"unit_price":{"currency":7,"amount":1}}`),
		stored("ItemQuantityChanged", 2, `{"item":"tea"}`),
		stored("ItemRemoved", 2, `{}`),
		stored("CartClosed", 2, `{}`),
		stored("CartClosed", 2, `{"lines":{}}`),
		stored("CartClosed", 2, `{"lines":[null]}`),
		stored("CartClosed", 2, `{"lines":[{"item":null,"quantity":1}]}`),
		stored("CartClosed", 2, `{"lines":[{"item":"tea"}]}`),
		stored("CartClosed", 2, `{"lines":[{"quantity":1}]}`),
		stored("CartClosed", 2, `{"lines":[],"total":{}}`),
		stored("ShopperReminded", 2, `{"owner":"me"}`),
	} {
		t.Run(fmt.Sprintf("%s.%d %.60q", e.Type, e.Schema, e.Data), func(t *testing.T) {
			t.Parallel()
			_, err := cart.Aggregate{}.Decode(e)
			var corrupt *ports.CorruptError
			require.ErrorAs(t, err, &corrupt)
			assert.Contains(t, corrupt.What, stream.String())
			assert.Contains(t, corrupt.What, "version 7")
			assert.Contains(t, corrupt.What, e.Type)

			s := fold(at{monday, opened()}, at{monday, tea()})
			got, err := cart.Aggregate{}.Apply(s, e)
			require.ErrorAs(t, err, &corrupt)
			assert.Equal(t, fold(at{monday, opened()}, at{monday, tea()}), got, "after an error the state is still to be used")
		})
	}
}

func TestDecodingRefusesFormsItDoesNotKnow(t *testing.T) {
	t.Parallel()
	for _, e := range []*ports.Event{
		stored("CartBurned", 1, `{}`), stored("CartBurned", 2, `{}`), stored("cartOpened", 2, `{}`), stored("", 2, `{}`),
		stored("CartOpened", 3, `{}`), stored("ItemAdded", 3, `{"item":"tea","quantity":1}`), stored("ShopperReminded", 99, `{}`),
		stored("CartOpened", 0, `{}`), stored("CartOpened", -1, `{}`), stored("ItemRemoved", 1, `{}`), stored("ItemQuantityChanged", 1, `{}`),
	} {
		t.Run(fmt.Sprintf("%q of schema %d", e.Type, e.Schema), func(t *testing.T) {
			t.Parallel()
			_, err := cart.Aggregate{}.Decode(e)
			var format *ports.FormatError
			require.ErrorAs(t, err, &format)
			assert.Equal(t, fmt.Sprintf("type %s schema %d", e.Type, e.Schema), format.Got)
			assert.Contains(t, format.What, stream.String()+" version 7")
			_, err = cart.Aggregate{}.Apply(cart.State{}, e)
			assert.ErrorAs(t, err, &format)
		})
	}
}

func TestApplyIsDecodeThenEvolve(t *testing.T) {
	t.Parallel()
	for name, e := range forms() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			eventType, schema, data := cart.Aggregate{}.Encode(e)
			_, err := fmt.Sscanf(name, eventType+".%d.", &schema)
			require.NoError(t, err)
			event := stored(eventType, schema, string(golden(t, "events/"+name, []byte(data))))
			start := fold(at{monday, opened()}, at{monday, tea()}, at{monday, cup()})
			got, err := cart.Aggregate{}.Apply(cart.Aggregate{}.Clone(start), event)
			require.NoError(t, err)
			assert.Equal(t, cart.Aggregate{}.Evolve(start, e, monday), got)
		})
	}
}
