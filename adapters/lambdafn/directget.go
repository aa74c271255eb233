package lambdafn

import (
	"context"
	"errors"

	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/core/cart"
	"github.com/evercart/evercart/core/es"
)

// DirectGet answers direct invocations of get-cart, in the form that Direct has.
type DirectGet struct {
	Queries *app.Queries[cart.State, cart.Command, cart.Event]
}

// Handle answers one invocation with an Outcome, whose event is null for a cart that
// is closed or unknown.
func (g *DirectGet) Handle(ctx context.Context, payload []byte) (any, error) {
	return outcomeOr(g.handle(ctx, payload))
}

func (g *DirectGet) handle(ctx context.Context, payload []byte) (Outcome, error) {
	in, err := readInvocation(payload)
	if err != nil {
		return Outcome{}, err
	}
	id, err := parseCartID("ShoppingCartID", in.ShoppingCartID)
	if err != nil {
		return Outcome{}, err
	}
	answer, err := g.Queries.Now(ctx, es.Caller{Operator: true}, id)
	switch {
	case errors.Is(err, cart.ErrNotFound):
		return Outcome{}, nil
	case err != nil:
		return Outcome{}, err
	case answer.State.Status != cart.StatusOpen:
		return Outcome{}, nil
	}
	return outcomeOf(id, &answer.State), nil
}
