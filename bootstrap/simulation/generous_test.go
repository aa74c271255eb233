package simulation_test

import "github.com/evercart/evercart/core/cart"

// generous is the cart, but that a command to put in an expensive item adds a free
// one, in the same commit: commits of carts have one event each, and those of other
// aggregates need not.
type generous struct{ cart.Aggregate }

const gift = "gift"

// Decide is the cart's, with the gift.
func (g generous) Decide(s cart.State, c cart.Command) ([]cart.Event, error) {
	events, err := g.Aggregate.Decide(s, c)
	add, adds := c.(cart.AddItem)
	if err != nil || !adds || add.UnitPrice.Amount < 500 {
		return events, err
	}
	if _, has := s.Line(gift); has {
		return append(events, cart.ItemRemoved{Item: gift}), nil
	}
	return append(events, cart.ItemAdded{Item: gift, Quantity: 1}, cart.ItemQuantityChanged{Item: gift, Quantity: 2}), nil
}
