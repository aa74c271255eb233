package simulation_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/evercart/evercart/adapters/httpapi"
	"github.com/evercart/evercart/adapters/lambdafn"
	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/core/cart"
)

// fronts are the functions of the commands.
type fronts struct {
	openCart, addItem, changeQuantity, removeItem, closeCart *function
}

func (a *account) newFronts() fronts {
	front := func(name string, direct func(*lambdafn.Invocation) (cart.Command, error)) *function {
		return &function{w: a.w, name: name, timeout: 10 * time.Second, build: a.newFront(direct)}
	}
	return fronts{
		front("open-cart", lambdafn.OpenCart), front("add-item", lambdafn.AddItem), front("change-item-quantity", lambdafn.ChangeItemQuantity),
		front("remove-item", lambdafn.RemoveItem), front("close-cart", lambdafn.CloseCart),
	}
}

// of returns the function that carries out a command.
func (f *fronts) of(c cart.Command) *function {
	switch c.(type) {
	case cart.OpenCart:
		return f.openCart
	case cart.AddItem:
		return f.addItem
	case cart.ChangeItemQuantity:
		return f.changeQuantity
	case cart.RemoveItem:
		return f.removeItem
	}
	return f.closeCart
}

// running returns how many invocations are under way.
func (f *fronts) running() int {
	return f.openCart.running + f.addItem.running + f.changeQuantity.running + f.removeItem.running + f.closeCart.running
}

// newFront is wired as the functions' fronts are. Beside what comes to those, it takes
// the number of an order, and calls the use case: what that answers says more.
func (a *account) newFront(direct func(*lambdafn.Invocation) (cart.Command, error)) func(i *instance) lambdafn.Handler {
	return func(i *instance) lambdafn.Handler {
		commands := app.NewCommands(generous{}, a.store, app.CommandOptions{Now: i.now, NewID: i.ids.New, CacheStreams: 3, SnapshotEvery: 4})
		front := &lambdafn.Front{
			Gateway: lambdafn.Gateway{Handler: httpapi.New(httpapi.Config{
				Commands: commands, Tokens: lambdafn.GatewayTokens{}, NewCartID: i.ids.New, NewCommandID: i.ids.New, Log: i.log, Now: i.now,
			})},
			Direct: (&lambdafn.Direct{Commands: commands, Command: direct}).Handle,
		}
		return func(ctx context.Context, payload []byte) (any, error) {
			if number, err := strconv.Atoi(string(payload)); err == nil {
				return a.shopping.carryOut(ctx, number, commands)
			}
			return front.Handle(ctx, payload)
		}
	}
}

// way is how an order comes to its function.
type way int

const (
	inside  way = iota // the use case is called
	overAPI            // as a request that came to API Gateway
	direct             // as an event that Lambda tries again by itself
	ways
)

func (w way) String() string { return [...]string{"inside", "over the API", "directly"}[w] }

// payload returns what the function is invoked with.
func (o *order) payload(number int) []byte {
	var event any
	switch o.way {
	case overAPI:
		event = o.request(number)
	case direct:
		event = o.invocation()
	default:
		event = number
	}
	text, err := json.Marshal(event)
	if err != nil {
		panic(err) // of texts and numbers
	}
	return text
}

// invocation is the order as direct callers write it.
func (o *order) invocation() map[string]any {
	in := map[string]any{"ShoppingCartID": o.cart}
	switch c := o.command.(type) {
	case cart.OpenCart:
		if cart.IDForKey("", o.id) == o.cart {
			in = map[string]any{} // the function finds the ID by itself
		}
	case cart.AddItem:
		in["ItemName"], in["Quantity"] = c.Item, c.Quantity
	case cart.ChangeItemQuantity:
		in["ItemName"], in["Quantity"] = c.Item, c.Quantity
	case cart.RemoveItem:
		in["ItemName"] = c.Item
	}
	return in
}

// invoked reads what a direct caller is answered.
func (o *order) invoked(text []byte) (outcome, error) {
	var answer lambdafn.Outcome
	if err := json.Unmarshal(text, &answer); err != nil {
		return outcome{}, err
	}
	switch {
	case answer.Error != nil:
		return outcome{Refused: answer.Error.Code}, nil
	case answer.Event == nil:
		return outcome{}, fmt.Errorf("order %s is answered %s", o.id, text)
	}
	return outcome{Unsaid: true, Shown: string(text)}, nil
}

// shownDirectly is a cart as direct callers read it.
func shownDirectly(id string, s *cart.State) string {
	out := lambdafn.Outcome{Event: &lambdafn.CartOutcome{Items: []string{}}}
	for _, line := range s.Lines {
		out.Event.Items = append(out.Event.Items, line.Item)
	}
	if s.Status == cart.StatusOpen {
		out.Event.UUID = &id
	}
	text, err := json.Marshal(out)
	if err != nil {
		panic(err) // of texts
	}
	return string(text)
}
