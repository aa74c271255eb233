package cart_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/evercart/evercart/core/cart"
	"github.com/evercart/evercart/core/es/estest"
)

var (
	monday  = time.Date(2026, time.March, 2, 9, 30, 0, 0, time.UTC)
	tuesday = monday.AddDate(0, 0, 1)
	friday  = monday.AddDate(0, 0, 4)
)

func given(t *testing.T, events ...cart.Event) *estest.Scenario[cart.State, cart.Command, cart.Event] {
	t.Helper()
	t.Parallel()
	return estest.Given[cart.State, cart.Command, cart.Event](t, cart.Aggregate{}, events...)
}

func euro(amount int64) cart.Price { return cart.Price{Amount: amount, Currency: "EUR"} }

func opened() cart.Event { return cart.CartOpened{} }
func tea() cart.Event    { return cart.ItemAdded{Item: "tea", Quantity: 2, UnitPrice: euro(499)} }
func cup() cart.Event    { return cart.ItemAdded{Item: "cup", Quantity: 1} }
func closed() cart.Event { return cart.CartClosed{} }

func TestOpenCart(t *testing.T) {
	t.Parallel()
	t.Run("opens a cart that is not there", func(t *testing.T) {
		given(t).When(cart.OpenCart{}).Then(cart.CartOpened{})
	})
	t.Run("fixes the owner", func(t *testing.T) {
		given(t).When(cart.OpenCart{Owner: "https://id.example|7"}).Then(cart.CartOpened{Owner: "https://id.example|7"})
	})
	t.Run("is refused for an open cart", func(t *testing.T) {
		given(t, opened()).When(cart.OpenCart{}).ThenRefused(cart.ErrAlreadyOpen)
	})
	t.Run("is refused for a closed cart", func(t *testing.T) {
		given(t, opened(), closed()).When(cart.OpenCart{}).ThenRefused(cart.ErrClosed)
	})
	t.Run("takes an owner of 256 characters", func(t *testing.T) {
		owner := repeat("é", 256)
		given(t).When(cart.OpenCart{Owner: owner}).Then(cart.CartOpened{Owner: owner})
	})
	t.Run("refuses an owner of 257 characters", func(t *testing.T) {
		given(t).When(cart.OpenCart{Owner: repeat("é", 257)}).ThenRefused(cart.ErrOwnerInvalid)
	})
}

func TestAddItem(t *testing.T) {
	t.Parallel()
	t.Run("is refused where there is no cart", func(t *testing.T) {
		given(t).When(cart.AddItem{Item: "tea", Quantity: 1}).ThenRefused(cart.ErrNotFound)
	})
	t.Run("adds an item with a price", func(t *testing.T) {
		given(t, opened()).When(cart.AddItem{Item: "tea", Quantity: 2, UnitPrice: euro(499)}).Then(tea())
	})
	t.Run("adds an item without a price", func(t *testing.T) {
		given(t, opened(), tea()).When(cart.AddItem{Item: "cup", Quantity: 1}).Then(cup())
	})
	t.Run("adds an item that is free", func(t *testing.T) {
		given(t, opened()).When(cart.AddItem{Item: "tip", Quantity: 1, UnitPrice: euro(0)}).
			Then(cart.ItemAdded{Item: "tip", Quantity: 1, UnitPrice: euro(0)})
	})
	t.Run("adds an item again that was removed", func(t *testing.T) {
		given(t, opened(), tea(), cart.ItemRemoved{Item: "tea"}).
			When(cart.AddItem{Item: "tea", Quantity: 2, UnitPrice: euro(499)}).Then(tea())
	})
	t.Run("refuses an item that is in the cart already", func(t *testing.T) {
		given(t, opened(), tea()).When(cart.AddItem{Item: "tea", Quantity: 1}).ThenRefused(cart.ErrItemAlreadyAdded)
	})
	t.Run("is refused for a closed cart", func(t *testing.T) {
		given(t, opened(), closed()).When(cart.AddItem{Item: "tea", Quantity: 1}).ThenRefused(cart.ErrClosed)
	})
	t.Run("refuses a price in another currency than the cart's", func(t *testing.T) {
		given(t, opened(), cup(), tea()).
			When(cart.AddItem{Item: "jam", Quantity: 1, UnitPrice: cart.Price{Amount: 1, Currency: "USD"}}).
			ThenRefused(cart.ErrCurrencyMismatch)
	})
	t.Run("takes another currency once no priced line is left", func(t *testing.T) {
		given(t, opened(), cup(), tea(), cart.ItemRemoved{Item: "tea"}).
			When(cart.AddItem{Item: "jam", Quantity: 1, UnitPrice: cart.Price{Amount: 1, Currency: "USD"}}).
			Then(cart.ItemAdded{Item: "jam", Quantity: 1, UnitPrice: cart.Price{Amount: 1, Currency: "USD"}})
	})
	t.Run("fills the hundredth line", func(t *testing.T) {
		given(t, lines(99)...).When(cart.AddItem{Item: "cup", Quantity: 1}).Then(cup())
	})
	t.Run("refuses a line beyond the hundredth", func(t *testing.T) {
		given(t, lines(100)...).When(cart.AddItem{Item: "cup", Quantity: 1}).ThenRefused(cart.ErrFull)
	})
	t.Run("says of an item in a full cart that it is there already", func(t *testing.T) {
		given(t, lines(100)...).When(cart.AddItem{Item: "item 1", Quantity: 1}).ThenRefused(cart.ErrItemAlreadyAdded)
	})
	t.Run("refuses invalid values before it looks at the cart", func(t *testing.T) {
		given(t).When(cart.AddItem{Quantity: 1}).ThenRefused(cart.ErrItemInvalid)
	})
	t.Run("refuses an invalid quantity", func(t *testing.T) {
		given(t, opened()).When(cart.AddItem{Item: "tea", Quantity: 1000}).ThenRefused(cart.ErrQuantityInvalid)
	})
	t.Run("refuses an invalid price", func(t *testing.T) {
		given(t, opened()).When(cart.AddItem{Item: "tea", Quantity: 1, UnitPrice: euro(-1)}).ThenRefused(cart.ErrPriceInvalid)
	})
}

func TestChangeItemQuantity(t *testing.T) {
	t.Parallel()
	t.Run("is refused where there is no cart", func(t *testing.T) {
		given(t).When(cart.ChangeItemQuantity{Item: "tea", Quantity: 1}).ThenRefused(cart.ErrNotFound)
	})
	t.Run("sets the quantity", func(t *testing.T) {
		given(t, opened(), tea()).When(cart.ChangeItemQuantity{Item: "tea", Quantity: 999}).
			Then(cart.ItemQuantityChanged{Item: "tea", Quantity: 999})
	})
	t.Run("to the same quantity records nothing", func(t *testing.T) {
		given(t, opened(), tea()).When(cart.ChangeItemQuantity{Item: "tea", Quantity: 2}).ThenNothing()
	})
	t.Run("refuses an item that is not in the cart", func(t *testing.T) {
		given(t, opened(), tea()).When(cart.ChangeItemQuantity{Item: "cup", Quantity: 2}).ThenRefused(cart.ErrItemNotInCart)
	})
	t.Run("refuses quantity 0", func(t *testing.T) {
		given(t, opened(), tea()).When(cart.ChangeItemQuantity{Item: "tea"}).ThenRefused(cart.ErrQuantityInvalid)
	})
	t.Run("is refused for a closed cart, also to the same quantity", func(t *testing.T) {
		given(t, opened(), tea(), closed()).When(cart.ChangeItemQuantity{Item: "tea", Quantity: 2}).ThenRefused(cart.ErrClosed)
	})
	t.Run("brings an item of the older form, added too often, back into range", func(t *testing.T) {
		twice := cart.ItemAdded{Item: "tea", Quantity: 600}
		given(t, opened(), twice, twice).When(cart.ChangeItemQuantity{Item: "tea", Quantity: 999}).
			Then(cart.ItemQuantityChanged{Item: "tea", Quantity: 999})
	})
}

func TestRemoveItem(t *testing.T) {
	t.Parallel()
	t.Run("is refused where there is no cart", func(t *testing.T) {
		given(t).When(cart.RemoveItem{Item: "tea"}).ThenRefused(cart.ErrNotFound)
	})
	t.Run("removes the item", func(t *testing.T) {
		given(t, opened(), tea()).When(cart.RemoveItem{Item: "tea"}).Then(cart.ItemRemoved{Item: "tea"})
	})
	t.Run("refuses an item that is not in the cart", func(t *testing.T) {
		given(t, opened(), tea()).When(cart.RemoveItem{Item: "Tea"}).ThenRefused(cart.ErrItemNotInCart)
	})
	t.Run("refuses an item that was removed before", func(t *testing.T) {
		given(t, opened(), tea(), cart.ItemRemoved{Item: "tea"}).When(cart.RemoveItem{Item: "tea"}).ThenRefused(cart.ErrItemNotInCart)
	})
	t.Run("is refused for a closed cart", func(t *testing.T) {
		given(t, opened(), tea(), closed()).When(cart.RemoveItem{Item: "tea"}).ThenRefused(cart.ErrClosed)
	})
	t.Run("refuses an item that is no item", func(t *testing.T) {
		given(t, opened()).When(cart.RemoveItem{Item: " tea"}).ThenRefused(cart.ErrItemInvalid)
	})
}

func TestCloseCart(t *testing.T) {
	t.Parallel()
	t.Run("is refused where there is no cart", func(t *testing.T) {
		given(t).When(cart.CloseCart{}).ThenRefused(cart.ErrNotFound)
	})
	t.Run("carries the lines and the total", func(t *testing.T) {
		given(t, opened(), tea(), cart.ItemAdded{Item: "jam", Quantity: 3, UnitPrice: euro(100)}).When(cart.CloseCart{}).
			Then(cart.CartClosed{
				Lines: []cart.Line{{Item: "tea", Quantity: 2, UnitPrice: euro(499)}, {Item: "jam", Quantity: 3, UnitPrice: euro(100)}},
				Total: euro(1298),
			})
	})
	t.Run("carries no total if a line has no price", func(t *testing.T) {
		given(t, opened(), tea(), cup()).When(cart.CloseCart{}).
			Then(cart.CartClosed{Lines: []cart.Line{{Item: "tea", Quantity: 2, UnitPrice: euro(499)}, {Item: "cup", Quantity: 1}}})
	})
	t.Run("closes an empty cart", func(t *testing.T) {
		given(t, opened()).When(cart.CloseCart{}).Then(cart.CartClosed{Lines: []cart.Line{}})
	})
	t.Run("is refused for a closed cart", func(t *testing.T) {
		given(t, opened(), closed()).When(cart.CloseCart{}).ThenRefused(cart.ErrClosed)
	})
}

func TestRemindShopper(t *testing.T) {
	t.Parallel()
	mine := cart.CartOpened{Owner: "me"}
	t.Run("is refused where there is no cart", func(t *testing.T) {
		given(t).When(cart.RemindShopper{UnchangedSince: friday}).ThenRefused(cart.ErrNotFound)
	})
	t.Run("reminds of a cart that was left alone", func(t *testing.T) {
		given(t, mine, tea(), cup()).At(monday).When(cart.RemindShopper{UnchangedSince: friday}).
			Then(cart.ShopperReminded{Owner: "me", Items: 2})
	})
	t.Run("reminds of a cart last changed at that very instant", func(t *testing.T) {
		given(t, mine, tea()).At(monday).When(cart.RemindShopper{UnchangedSince: monday}).
			Then(cart.ShopperReminded{Owner: "me", Items: 1})
	})
	t.Run("refuses a cart changed since", func(t *testing.T) {
		given(t, mine).At(monday).And(tea()).At(monday.Add(time.Microsecond)).
			When(cart.RemindShopper{UnchangedSince: monday}).ThenRefused(cart.ErrReminderNotDue)
	})
	t.Run("refuses an empty cart", func(t *testing.T) {
		given(t, mine, tea(), cart.ItemRemoved{Item: "tea"}).At(monday).
			When(cart.RemindShopper{UnchangedSince: friday}).ThenRefused(cart.ErrReminderNotDue)
	})
	t.Run("refuses a cart whose shopper was reminded since its last change", func(t *testing.T) {
		given(t, mine, tea()).At(monday).And(cart.ShopperReminded{Owner: "me", Items: 1}).At(tuesday).
			When(cart.RemindShopper{UnchangedSince: friday}).ThenRefused(cart.ErrReminderNotDue)
	})
	t.Run("reminds again after another change", func(t *testing.T) {
		given(t, mine, tea(), cart.ShopperReminded{Owner: "me", Items: 1}).At(monday).And(cup()).At(tuesday).
			When(cart.RemindShopper{UnchangedSince: friday}).Then(cart.ShopperReminded{Owner: "me", Items: 2})
	})
	t.Run("reminding does not count as a change", func(t *testing.T) {
		given(t, mine, tea()).At(monday).And(cart.ShopperReminded{}).At(friday).And(cart.ItemQuantityChanged{Item: "tea", Quantity: 3}).At(time.Time{}).
			When(cart.RemindShopper{UnchangedSince: monday}).Then(cart.ShopperReminded{Owner: "me", Items: 1})
	})
	t.Run("refuses a closed cart", func(t *testing.T) {
		given(t, mine, tea(), closed()).At(monday).When(cart.RemindShopper{UnchangedSince: friday}).ThenRefused(cart.ErrClosed)
	})
	t.Run("refuses a cart of the older form, whose last change has no time", func(t *testing.T) {
		given(t, mine, tea()).At(time.Time{}).When(cart.RemindShopper{UnchangedSince: friday}).ThenRefused(cart.ErrReminderNotDue)
	})
	t.Run("reminds of a cart of the older form once a timed event changed it", func(t *testing.T) {
		given(t, opened(), cup()).At(time.Time{}).And(tea()).At(monday).
			When(cart.RemindShopper{UnchangedSince: friday}).Then(cart.ShopperReminded{Items: 2})
	})
	t.Run("without an instant is never due", func(t *testing.T) {
		given(t, mine, tea()).At(monday).When(cart.RemindShopper{}).ThenRefused(cart.ErrReminderNotDue)
	})
}

// lines returns the events of an open cart of n lines.
func lines(n int) []cart.Event {
	events := []cart.Event{opened()}
	for i := range n {
		events = append(events, cart.ItemAdded{Item: fmt.Sprintf("item %d", i+1), Quantity: 1, UnitPrice: euro(1)})
	}
	return events
}

func TestNoCommand(t *testing.T) {
	t.Parallel()
	t.Run("records nothing", func(t *testing.T) { given(t, opened()).When(nil).ThenNothing() })
}
