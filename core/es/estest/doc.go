// Package estest states the specification of an aggregate in its own words: given
// these events, when this command comes, then these events are recorded, or the
// command is refused, or nothing happens.
//
//	estest.Given(t, cart.Aggregate{}, opened, closed).
//		When(cart.AddItem{Item: "tea", Quantity: 1}).
//		ThenRefused(cart.ErrClosed)
package estest
