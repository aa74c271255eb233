package cart_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"

	"github.com/evercart/evercart/core/cart"
)

func TestTheDifferenceBetweenTwoStates(t *testing.T) {
	t.Parallel()
	euro := func(amount int64) cart.Price { return cart.Price{Amount: amount, Currency: "EUR"} }
	t.Run("names what came, went and changed", func(t *testing.T) {
		t.Parallel()
		a := cart.State{Status: cart.StatusOpen, Lines: []cart.Line{
			{Item: "tea", Quantity: 1, UnitPrice: euro(499)}, {Item: "mug", Quantity: 1, UnitPrice: euro(1000)},
		}}
		b := cart.State{Status: cart.StatusClosed, Lines: []cart.Line{
			{Item: "tea", Quantity: 3, UnitPrice: euro(499)}, {Item: "milk", Quantity: 2},
		}}
		assert.Equal(t, []cart.Change{
			{What: "status", From: "open", To: "closed"},
			{What: "item milk", To: "2"},
			{What: "item mug", From: "1 at 10.00 EUR"},
			{What: "quantity of tea", From: "1", To: "3"},
			{What: "total", From: "14.99 EUR"},
		}, cart.Diff(a, b))
	})
	t.Run("tells of all items that both have, whatever lies between", func(t *testing.T) {
		t.Parallel()
		a := cart.State{Lines: []cart.Line{{Item: "cup", Quantity: 1}, {Item: "mug", Quantity: 1}, {Item: "tea", Quantity: 1}}}
		b := cart.State{Lines: []cart.Line{{Item: "tea", Quantity: 3}, {Item: "mug", Quantity: 1}, {Item: "cup", Quantity: 2}, {Item: "pot", Quantity: 1}}}
		assert.Equal(t, []cart.Change{
			{What: "quantity of cup", From: "1", To: "2"},
			{What: "item pot", To: "1"},
			{What: "quantity of tea", From: "1", To: "3"},
		}, cart.Diff(a, b))
	})
	t.Run("of a state and itself is nothing, and turns around with its ends", func(t *testing.T) {
		t.Parallel()
		line := rapid.Custom(func(t *rapid.T) cart.Line {
			return cart.Line{Item: rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "item"), Quantity: rapid.IntRange(1, 3).Draw(t, "quantity")}
		})
		lines := rapid.SliceOfNDistinct(line, 0, 3, func(l cart.Line) string { return l.Item })
		rapid.Check(t, func(t *rapid.T) {
			a, b := cart.State{Lines: lines.Draw(t, "a")}, cart.State{Lines: lines.Draw(t, "b")}
			assert.Empty(t, cart.Diff(a, a))
			there, back := cart.Diff(a, b), cart.Diff(b, a)
			assert.Len(t, back, len(there))
			for i := range there {
				assert.Equal(t, cart.Change{What: there[i].What, From: there[i].To, To: there[i].From}, back[i])
			}
		})
	})
}
