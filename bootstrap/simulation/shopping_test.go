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
	w      *world
	carts  []string
	orders []*order
	open   int // orders that are not over
}

// order is one command of a shopper, who sends it until there is an answer.
type order struct {
	cart    string
	id      string // the command's
	command cart.Command
	answers []answer // all that were heard
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
}

func newShopping(w *world) *shopping {
	s := &shopping{w: w}
	for range 2 + w.pick(6) {
		var id uuid.UUID
		for i := range id {
			id[i] = byte(w.dice.Uint32())
		}
		id[6], id[8] = 0x70|id[6]&0x0f, 0x80|id[8]&0x3f
		s.carts = append(s.carts, id.String())
	}
	return s
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
	for _, id := range s.carts {
		s.order(id, cart.OpenCart{}, s.w.between(0, min(within/4, time.Minute)))
	}
	for range n {
		s.order(s.carts[s.w.pick(len(s.carts))], s.wish(), when())
	}
}

func (s *shopping) order(id string, command cart.Command, after time.Duration) {
	s.orders = append(s.orders, &order{cart: id, command: command, id: fmt.Sprintf("order-%d", len(s.orders)+1)})
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

// send sends an order to the front, and again where no answer comes.
func (s *shopping) send(number int) {
	o := s.orders[number]
	o.tries++
	from := s.w.table.head(o.cart)
	s.w.front.invoke(fmt.Appendf(nil, "%d", number), func(answer []byte, err error) {
		switch {
		case err == nil:
			o.heard(answer, from, s.w.table.head(o.cart))
			if s.w.plan.on && o.tries < 3 && s.w.chance(0.1) { // the shopper did not see it
				s.w.at(s.w.between(0, time.Minute), func() { s.send(number) })
				return
			}
		case o.tries < 8:
			s.w.at(s.w.between(10*time.Millisecond, 5*time.Second), func() { s.send(number) })
			return
		}
		s.open--
	})
}

func (o *order) heard(text []byte, from, to ports.Version) {
	a := answer{from: from, to: to}
	if err := json.Unmarshal(text, &a.outcome); err != nil {
		panic(err) // carryOut wrote it
	}
	o.answers = append(o.answers, a)
}

// carryOut is the front's handler.
func (s *shopping) carryOut(ctx context.Context, number int, commands *app.Commands[cart.State, cart.Command, cart.Event]) (any, error) {
	o := s.orders[number]
	answer, err := commands.Handle(ctx, &app.Request[cart.Command]{
		ID: o.cart, Command: o.command, CommandID: o.id, Caller: es.Caller{Operator: true},
	})
	if refusal, ok := errors.AsType[*es.Refusal](err); ok {
		return outcome{Refused: refusal.Code}, nil
	}
	return outcome{Version: int64(answer.Version), Recorded: answer.Recorded, Replayed: answer.Replayed}, err
}
