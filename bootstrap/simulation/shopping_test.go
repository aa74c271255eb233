package simulation_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/core/cart"
	"github.com/evercart/evercart/core/es"
	"github.com/evercart/evercart/ports"
)

// shopping is all that shoppers want: some carts, and orders that change them.
type shopping struct {
	w       *world
	carts   []string
	opening []*order // of each cart, how it is opened
	orders  []*order
	open    int // orders that are not over
}

// order is one command of a shopper, who sends it until there is an answer.
type order struct {
	cart    string
	id      string // the command's
	command cart.Command
	way     way
	caller  es.Caller
	ifMatch ports.Version // 0: any
	answers []answer      // all that were heard
	tries   int
}

// answer is an outcome, and the versions of the cart when the command was sent and
// when the outcome was heard.
type answer struct {
	outcome
	from, to ports.Version
}

// outcome is what the front answers.
type outcome struct {
	Version  int64  `json:"version"`
	Recorded bool   `json:"recorded"`
	Replayed bool   `json:"replayed"`
	Refused  string `json:"refused,omitempty"`
	Unsaid   bool   `json:"-"` // whether anything was recorded
	Shown    string `json:"-"` // the cart, as the way shows it; empty: not at all
}

func newShopping(w *world) *shopping {
	s := &shopping{w: w}
	for range 2 + w.pick(6) {
		var id uuid.UUID
		for i := range id {
			id[i] = byte(w.dice.Uint32())
		}
		id[6], id[8] = 0x70|id[6]&0x0f, 0x80|id[8]&0x3f
		s.opening = append(s.opening, s.opener(id.String()))
		s.carts = append(s.carts, s.opening[len(s.opening)-1].cart)
	}
	return s
}

// opener returns the order that opens a cart: one whose ID the shopper made, or one
// whose ID comes from the key. In some of the latter the shopper has a name.
func (s *shopping) opener(id string) *order {
	o := &order{cart: id, id: "order-" + id, way: way(s.w.pick(int(ways))), caller: es.Caller{Operator: true}}
	if o.way == inside {
		o.command = cart.OpenCart{}
		return o
	}
	o.id = id
	if o.way == overAPI {
		o.caller = es.Caller{}
		if s.w.pick(2) == 0 {
			o.caller.Subject = "https://id.example|" + id[:8]
		}
	}
	o.cart, o.command = cart.IDForKey(o.caller.Subject, id), cart.OpenCart{Owner: o.caller.Subject}
	return o
}

// plan has so many orders sent within a while: in some worlds evenly, in others in
// rushes.
func (s *shopping) plan(n int, within time.Duration) {
	when := func() time.Duration { return s.w.between(0, within) }
	if s.w.chance(0.7) {
		rushes := make([]time.Duration, 1+s.w.pick(4))
		for i := range rushes {
			rushes[i] = s.w.between(0, within)
		}
		long := []time.Duration{100 * time.Millisecond, 3 * time.Second, time.Minute}[s.w.pick(3)]
		when = func() time.Duration { return rushes[s.w.pick(len(rushes))] + s.w.between(0, long) }
	}
	for _, o := range s.opening {
		s.order(o, s.w.between(0, min(within/4, time.Minute)))
	}
	for range n {
		s.order(s.anyOrder(s.opening[s.w.pick(len(s.opening))]), when())
	}
}

// anyOrder throws an order for the cart that opening opens: of its owner, or now and
// then of a stranger.
func (s *shopping) anyOrder(opening *order) *order {
	w := s.w
	o := &order{cart: opening.cart, command: s.wish(), id: fmt.Sprintf("order-%d", len(s.orders)+1), way: way(w.pick(int(ways))), caller: es.Caller{Operator: true}}
	_, opens := o.command.(cart.OpenCart)
	if opens && o.way == overAPI {
		o.way = inside // a request that opens a cart opens one with an ID of its own
	}
	if add, adds := o.command.(cart.AddItem); adds && o.way == direct {
		add.UnitPrice = cart.Price{} // direct callers know none
		o.command = add
	}
	if o.way == overAPI {
		o.caller = es.Caller{Subject: opening.caller.Subject}
		if w.pick(8) == 0 {
			o.caller.Subject = []string{"", "https://id.example|stranger"}[w.pick(2)]
		}
	}
	return o
}

func (s *shopping) order(o *order, after time.Duration) {
	s.orders = append(s.orders, o)
	s.open++
	number := len(s.orders) - 1
	s.w.at(after, func() { s.send(number) })
}

// wish throws a command.
func (s *shopping) wish() cart.Command {
	w := s.w
	item := []string{"tea", "milk", "bread", "jam", "Ägg", "salt"}[w.pick(6)]
	switch n := w.pick(40); {
	case n < 1:
		return cart.OpenCart{}
	case n < 18:
		c := cart.AddItem{Item: item, Quantity: 1 + w.pick(5)}
		if w.pick(2) == 0 {
			c.UnitPrice = cart.Price{Amount: int64(w.pick(1000)), Currency: "EUR"}
		}
		return c
	case n < 30:
		return cart.ChangeItemQuantity{Item: item, Quantity: 1 + w.pick(9)}
	case n < 38:
		return cart.RemoveItem{Item: item}
	default:
		return cart.CloseCart{}
	}
}

// send sends an order to its function, and again where no answer comes.
func (s *shopping) send(number int) {
	o, w := s.orders[number], s.w
	from := w.head(o.cart)
	if o.tries++; o.tries == 1 && o.way == overAPI && from > 0 && w.pick(5) == 0 {
		o.ifMatch = from // what the shopper sees
	}
	request := fmt.Sprintf("request-%d", w.processes+1)
	if o.way == direct {
		request = o.id
	}
	w.fronts.of(o.command).invokeAs(request, o.payload(number), func(answer []byte, err error) {
		again := err != nil
		if err == nil {
			again = s.hear(o, answer, from)
		}
		switch {
		case !again && w.plan.on && o.tries < 3 && w.chance(0.1): // the shopper did not see it
			w.at(w.between(0, time.Minute), func() { s.send(number) })
		case again && o.tries < 8:
			w.at(w.between(10*time.Millisecond, 5*time.Second), func() { s.send(number) })
		default:
			s.open--
		}
	})
}

// hear takes an answer, and reports whether it says to try again.
func (s *shopping) hear(o *order, text []byte, from ports.Version) (again bool) {
	a := answer{from: from, to: s.w.head(o.cart)}
	var err error
	switch o.way {
	case overAPI:
		a.outcome, again, err = o.answered(text)
	case direct:
		a.outcome, err = o.invoked(text)
	default:
		err = json.Unmarshal(text, &a.outcome)
	}
	if err != nil {
		s.w.strange = append(s.w.strange, err)
	}
	if err == nil && !again {
		s.w.plan.count("order: answered " + o.way.String())
		o.answers = append(o.answers, a)
	}
	return again
}

// carryOut is the front's handler.
func (s *shopping) carryOut(ctx context.Context, number int, commands *app.Commands[cart.State, cart.Command, cart.Event]) (any, error) {
	o := s.orders[number]
	answer, err := commands.Handle(ctx, &app.Request[cart.Command]{
		ID: o.cart, Command: o.command, CommandID: o.id, Caller: o.caller,
	})
	if refusal, ok := errors.AsType[*es.Refusal](err); ok {
		return outcome{Refused: refusal.Code}, nil
	}
	return outcome{Version: int64(answer.Version), Recorded: answer.Recorded, Replayed: answer.Replayed}, err
}
