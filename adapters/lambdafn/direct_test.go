package lambdafn_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/lambdafn"
	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/core/cart"
	"github.com/evercart/evercart/ports"
)

// direct invokes a function as an existing caller does and returns what it reads.
func (w *world) direct(t *testing.T, function, requestID, payload string) string {
	t.Helper()
	handle := (&lambdafn.DirectGet{Queries: w.queries}).Handle
	if function != "get-cart" {
		handle = (&lambdafn.Direct{Commands: w.commands, Command: map[string]func(*lambdafn.Invocation) (cart.Command, error){
			"open-cart": lambdafn.OpenCart, "add-item": lambdafn.AddItem, "change-item-quantity": lambdafn.ChangeItemQuantity,
			"remove-item": lambdafn.RemoveItem, "close-cart": lambdafn.CloseCart,
		}[function], Meter: w.meter}).Handle
	}
	answer, err := w.front(handle).Handle(inLambda(t, requestID), []byte(payload))
	return inJSON(t, answer, err)
}

func TestDirectInvocationsKeepTheOlderForm(t *testing.T) {
	t.Parallel()
	w := newWorld()
	for i, step := range []struct{ function, payload, want string }{
		{"get-cart", `{"ShoppingCartID": "CART"}`, `{"event":null}`},
		{"open-cart", `{"ShoppingCartID": "CART"}`, `{"event":{"uuid":"CART","items":[]}}`},
		{"add-item", `{"ShoppingCartID": "CART", "ItemName": "Apple", "Quantity": 2}`, `{"event":{"uuid":"CART","items":["Apple"]}}`},
		{"add-item", `{"ShoppingCartID": "CART", "ItemName": " Tea & <milk> "}`, `{"event":{"uuid":"CART","items":["Apple","Tea & <milk>"]}}`},
		{"change-item-quantity", `{"ShoppingCartID": "CART", "ItemName": "Apple", "Quantity": 5}`, `{"event":{"uuid":"CART","items":["Apple","Tea & <milk>"]}}`},
		{"remove-item", `{"ShoppingCartID": "CART", "ItemName": "Tea & <milk>"}`, `{"event":{"uuid":"CART","items":["Apple"]}}`},
		{"get-cart", `{"ShoppingCartID": "CART"}`, `{"event":{"uuid":"CART","items":["Apple"]}}`},
		{"close-cart", `{"ShoppingCartID": "CART"}`, `{"event":{"uuid":null,"items":["Apple"]}}`},
		{"get-cart", `{"ShoppingCartID": "CART"}`, `{"event":null}`},
		{"add-item", `{"ShoppingCartID": "CART", "ItemName": "Apple"}`, `{"event":null,"error":{"code":"cart_closed","message":"the cart is closed"}}`},
	} {
		named := func(text string) string { return strings.ReplaceAll(text, "CART", cart1) }
		assert.Equal(t, named(step.want), w.direct(t, step.function, fmt.Sprintf("request-%d", i), named(step.payload)), "%s %s", step.function, step.payload)
	}
	quantity, err := w.queries.At(t.Context(), operator(), cart1, 4)
	require.NoError(t, err)
	assert.Equal(t, 5, quantity.State.Lines[0].Quantity)
}

func TestADirectInvocation(t *testing.T) {
	t.Parallel()
	t.Run("that Lambda tries again records nothing twice and answers as before", func(t *testing.T) {
		t.Parallel()
		w := newWorld()
		w.do(t, cart1, "c", cart.OpenCart{})
		add := `{"ShoppingCartID": "` + cart1 + `", "ItemName": "Apple"}`
		first := w.direct(t, "add-item", "request-1", add)
		assert.Equal(t, first, w.direct(t, "add-item", "request-1", add))
		assert.Contains(t, w.direct(t, "add-item", "request-2", add), `"code":"item_already_added"`)
		events, _, err := w.queries.History(t.Context(), operator(), cart1, 0, 10)
		require.NoError(t, err)
		require.Len(t, events, 2)
		assert.Equal(t, "request-1", events[1].CommandID)
	})
	t.Run("may open a cart without naming it, and a retry finds that cart", func(t *testing.T) {
		t.Parallel()
		w := newWorld()
		const request = "5d0f2a1e-0000-4000-8000-000000000001"
		first := w.direct(t, "open-cart", request, `{}`)
		assert.JSONEq(t, `{"event": {"uuid": "`+cart.IDForKey("", request)+`", "items": []}}`, first)
		assert.Equal(t, first, w.direct(t, "open-cart", request, `{}`))
	})
	t.Run("that is refused is counted once, wherever it is refused", func(t *testing.T) {
		t.Parallel()
		w := newWorld()
		for _, payload := range []string{
			`{"ShoppingCartID": "` + cart1 + `", "ItemName": ""}`,
			`{"ShoppingCartID": "` + cart1 + `", "ItemName": "tea", "Quantity": 1000}`,
			`{"ShoppingCartID": "` + cart1 + `", "ItemName": "tea"}`,
			`{"ShoppingCartID": "no UUID", "ItemName": "tea"}`,
			`no JSON`,
		} {
			w.direct(t, "add-item", "request", payload)
		}
		for code, want := range map[string]int64{"item_invalid": 1, "quantity_invalid": 1, "cart_not_found": 1, "malformed_request": 0} {
			assert.Equal(t, want, w.meter.count(ports.MetricRefusals, code), code)
		}
	})
	t.Run("takes a cart's ID in capitals and answers in lower case", func(t *testing.T) {
		t.Parallel()
		w := newWorld()
		assert.Contains(t, w.direct(t, "open-cart", "r", `{"ShoppingCartID": "0190A000-0000-7000-8000-00000000CA01"}`), cart1)
	})
	t.Run("is the operator's: it sees owned carts", func(t *testing.T) {
		t.Parallel()
		w := newWorld()
		w.do(t, cart2, "c", cart.OpenCart{Owner: "https://id.example|ada"})
		assert.Contains(t, w.direct(t, "get-cart", "r", `{"ShoppingCartID": "`+cart2+`"}`), cart2)
	})
	t.Run("that is wrong is refused and is no function error", func(t *testing.T) {
		t.Parallel()
		for name, c := range map[string]struct{ function, payload, code string }{
			"no object":                  {"add-item", `[]`, "malformed_request"},
			"a quantity of another kind": {"add-item", `{"ShoppingCartID": "` + cart1 + `", "ItemName": "Tea", "Quantity": "2"}`, "malformed_request"},
			"half a quantity":            {"add-item", `{"ShoppingCartID": "` + cart1 + `", "ItemName": "Tea", "Quantity": 0.5}`, "malformed_request"},
			"no cart":                    {"close-cart", `{}`, "malformed_request"},
			"a cart that is no UUID":     {"get-cart", `{"ShoppingCartID": "urn:uuid:0190a000-0000-7000-8000-00000000ca01"}`, "malformed_request"},
			"no item":                    {"remove-item", `{"ShoppingCartID": "` + cart1 + `"}`, "item_invalid"},
			"no quantity to change to":   {"change-item-quantity", `{"ShoppingCartID": "` + cart1 + `", "ItemName": "Tea"}`, "malformed_request"},
			"a quantity out of range":    {"change-item-quantity", `{"ShoppingCartID": "` + cart1 + `", "ItemName": "Tea", "Quantity": 0}`, "quantity_invalid"},
			"an unknown cart":            {"close-cart", `{"ShoppingCartID": "` + cart1 + `"}`, "cart_not_found"},
		} {
			answer := newWorld().direct(t, c.function, "r", c.payload)
			assert.Contains(t, answer, `{"event":null,"error":{"code":"`+c.code+`","message":"`, name)
		}
	})
	t.Run("that the store does not answer is a function error, safe to send again", func(t *testing.T) {
		t.Parallel()
		w := newWorld()
		command := &lambdafn.Direct{
			Commands: app.NewCommands(cart.Aggregate{}, brokenStore{}, app.CommandOptions{Now: noon, NewID: func() string { return "e" }}),
			Command:  lambdafn.CloseCart,
		}
		get := &lambdafn.DirectGet{Queries: app.NewQueries(cart.Aggregate{}, brokenStore{}, "/evercart")}
		for _, handle := range []lambdafn.Handler{command.Handle, get.Handle} {
			_, err := w.front(handle).Handle(inLambda(t, "r"), []byte(`{"ShoppingCartID": "`+cart1+`"}`))
			var again *app.TryAgainError
			assert.ErrorAs(t, err, &again)
		}
	})
	t.Run("is all that a command's function takes beside requests", func(t *testing.T) {
		t.Parallel()
		_, err := newWorld().front(nil).Handle(t.Context(), recorded(t, "kinesis.json"))
		assert.EqualError(t, err, "the event comes from aws:kinesis, this function answers API Gateway, a direct invocation")
	})
}
