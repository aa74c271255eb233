package cart_test

import (
	"time"

	"pgregory.net/rapid"

	"github.com/evercart/evercart/core/cart"
)

// Generators of words. Names come from a small set, so that events and commands
// meet the same items, and from all of Unicode, so that they meet strange ones. Each
// is a function, because a generator is not safe for tests that run together.

func genItem() *rapid.Generator[string] {
	return rapid.OneOf(
		rapid.SampledFrom([]string{"tea", "cup", "jam", "Tea", "café", "cafe\u0301"}),
		rapid.StringN(1, 20, -1),
		rapid.StringMatching(`[a-z]{1,3}`),
	)
}

func genCurrency() *rapid.Generator[string] {
	return rapid.SampledFrom([]string{"EUR", "EUR", "EUR", "EUR", "USD", "JPY", "XAU", ""})
}

func genQuantity() *rapid.Generator[int] {
	return rapid.OneOf(rapid.IntRange(1, 3), rapid.IntRange(1, 999), rapid.IntRange(-2, 1002))
}

func genOwner() *rapid.Generator[string] {
	return rapid.SampledFrom([]string{"", "issuer|me", "issuer|you"})
}

func genPrice() *rapid.Generator[cart.Price] {
	return rapid.OneOf(rapid.Just(cart.Price{}), rapid.Custom(func(t *rapid.T) cart.Price {
		return cart.Price{
			Amount:   rapid.OneOf(rapid.Int64Range(0, 999), rapid.Int64Range(-1, cart.MaxAmount+1)).Draw(t, "amount"),
			Currency: genCurrency().Draw(t, "currency"),
		}
	}))
}

func genTime() *rapid.Generator[time.Time] {
	return rapid.Custom(func(t *rapid.T) time.Time {
		return monday.Add(time.Duration(rapid.IntRange(0, 600).Draw(t, "minutes")) * time.Minute)
	})
}

func genCommand() *rapid.Generator[cart.Command] {
	return rapid.OneOf(
		rapid.Custom(func(t *rapid.T) cart.Command { return cart.OpenCart{Owner: genOwner().Draw(t, "owner")} }),
		rapid.Custom(addItem), rapid.Custom(addItem), rapid.Custom(addItem),
		rapid.Custom(func(t *rapid.T) cart.Command {
			return cart.ChangeItemQuantity{Item: genItem().Draw(t, "item"), Quantity: genQuantity().Draw(t, "quantity")}
		}),
		rapid.Custom(func(t *rapid.T) cart.Command { return cart.RemoveItem{Item: genItem().Draw(t, "item")} }),
		rapid.Custom(func(t *rapid.T) cart.Command { return cart.RemindShopper{UnchangedSince: genTime().Draw(t, "since")} }),
		rapid.Custom(func(t *rapid.T) cart.Command {
			if rapid.IntRange(0, 9).Draw(t, "close") == 0 {
				return cart.CloseCart{}
			}
			return addItem(t)
		}),
	)
}

// genNumber draws numbers that no rule allows, too.
func genNumber() *rapid.Generator[int] {
	return rapid.OneOf(rapid.IntRange(1, 999), rapid.Int())
}

func genLine() *rapid.Generator[cart.Line] {
	return rapid.Custom(func(t *rapid.T) cart.Line {
		return cart.Line{Item: genItem().Draw(t, "item"), Quantity: genNumber().Draw(t, "quantity"), UnitPrice: anyPrice(t)}
	})
}

func genEvent() *rapid.Generator[cart.Event] {
	return rapid.OneOf(
		rapid.Custom(func(t *rapid.T) cart.Event { return cart.CartOpened{Owner: genOwner().Draw(t, "owner")} }),
		rapid.Custom(func(t *rapid.T) cart.Event { return cart.ItemAdded(genLine().Draw(t, "line")) }),
		rapid.Custom(func(t *rapid.T) cart.Event {
			return cart.ItemQuantityChanged{Item: genItem().Draw(t, "item"), Quantity: genNumber().Draw(t, "quantity")}
		}),
		rapid.Custom(func(t *rapid.T) cart.Event { return cart.ItemRemoved{Item: genItem().Draw(t, "item")} }),
		rapid.Custom(func(t *rapid.T) cart.Event {
			return cart.CartClosed{Lines: rapid.SliceOfN(genLine(), 0, 4).Draw(t, "lines"), Total: anyPrice(t)}
		}),
		rapid.Custom(func(t *rapid.T) cart.Event {
			return cart.ShopperReminded{Owner: genOwner().Draw(t, "owner"), Items: genNumber().Draw(t, "items")}
		}),
	)
}

func genRecorded() *rapid.Generator[at] {
	return rapid.Custom(func(t *rapid.T) at {
		return at{rapid.OneOf(genTime(), rapid.Just(time.Time{})).Draw(t, "at"), genEvent().Draw(t, "event")}
	})
}

func addItem(t *rapid.T) cart.Command {
	return cart.AddItem{Item: genItem().Draw(t, "item"), Quantity: genQuantity().Draw(t, "quantity"), UnitPrice: genPrice().Draw(t, "price")}
}

// anyPrice draws what may stand in a store: none, or an amount with a currency.
func anyPrice(t *rapid.T) cart.Price {
	if rapid.Bool().Draw(t, "priced") {
		return cart.Price{Amount: rapid.Int64().Draw(t, "amount"), Currency: rapid.StringMatching(`[A-Z]{3}`).Draw(t, "currency")}
	}
	return cart.Price{}
}
