package linear_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/core/cart"
	"github.com/evercart/evercart/core/es"
	"github.com/evercart/evercart/ports"
)

// process is one process that serves commands: warm caches of its own, its own way
// to the store, and an end.
type process struct {
	commands *app.Commands[cart.State, cart.Command, cart.Event]
	queries  *app.Queries[cart.State, cart.Command, cart.Event]
	network  *network
	alive    context.Context
	kill     context.CancelFunc
	release  func() error // of the store
}

// warmCarts is fewer than the carts in use, so that some fall out.
const warmCarts = 3

// operator may see every cart.
var operator = es.Caller{Operator: true}

func newProcess(ctx context.Context, store ports.EventStore, release func() error, seed uint64) *process {
	dice := rand.New(rand.NewPCG(seed, 1))
	var idSeed [32]byte
	for i := range idSeed {
		idSeed[i] = byte(dice.UintN(256))
	}
	p := &process{network: &network{EventStore: store, dice: dice}, release: release}
	p.alive, p.kill = context.WithCancel(ctx)
	p.commands = app.NewCommands(cart.Aggregate{}, ports.EventStore(p.network), app.CommandOptions{
		Now: time.Now, NewID: es.NewIDs(time.Now, idSeed).New, CacheStreams: warmCarts,
	})
	p.queries = app.NewQueries(cart.Aggregate{}, ports.EventStore(p.network), "/linear")
	return p
}

// ask asks once. It returns an error for what must not happen while the process is
// alive.
func (p *process) ask(w wish) (told, error) {
	ctx := withCut(p.alive)
	if w.verb == read {
		a, err := p.queries.Now(ctx, operator, w.cart)
		return p.tell(a, err)
	}
	request := &app.Request[cart.Command]{ID: w.cart, Command: command(w), CommandID: w.key, Caller: operator}
	if w.ifMatch >= 0 {
		request.IfMatch = []ports.Version{ports.Version(w.ifMatch)}
	}
	a, err := p.commands.Handle(ctx, request)
	return p.tell(a, err)
}

func command(w wish) cart.Command {
	switch w.verb {
	case open:
		return cart.OpenCart{}
	case closed:
		return cart.CloseCart{}
	case add:
		return cart.AddItem{Item: w.item, Quantity: w.n}
	case set:
		return cart.ChangeItemQuantity{Item: w.item, Quantity: w.n}
	case remove:
		return cart.RemoveItem{Item: w.item}
	}
	panic("no command: " + w.verb)
}

func (p *process) tell(a app.Answer[cart.State], err error) (told, error) {
	if refusal, ok := errors.AsType[*es.Refusal](err); ok {
		return told{code: refusal.Code}, nil
	}
	if err != nil {
		if _, again := errors.AsType[*app.TryAgainError](err); again || p.alive.Err() != nil {
			err = nil
		}
		return told{unknown: true}, err
	}
	var b strings.Builder
	b.WriteString(a.State.Status.String())
	for _, l := range a.State.Lines {
		fmt.Fprintf(&b, " %s=%d", l.Item, l.Quantity)
	}
	return told{version: int(a.Version), cart: b.String(), recorded: a.Recorded, replayed: a.Replayed}, nil
}
