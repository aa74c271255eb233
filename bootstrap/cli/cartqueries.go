package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/evercart/evercart/bootstrap"
	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/core/app/carts"
	"github.com/evercart/evercart/core/cart"
	"github.com/evercart/evercart/ports"
)

type showCommand struct {
	ID   string       `arg:"" help:"The cart's ID."`
	As   *int64       `name:"version" help:"As it was at this version, from 1." placeholder:"N" xor:"past"`
	Time *pastInstant `name:"at" help:"As it was at this instant, such as 2026-11-24T10:00:00Z." placeholder:"TIME" xor:"past"`
}

// Run shows the cart, read from the store.
func (c *showCommand) Run(ctx context.Context, out *output, config bootstrap.Config) error {
	id, err := cartID(c.ID)
	if err != nil {
		return err
	}
	if c.As != nil && *c.As < 1 {
		return usage(fmt.Errorf("--version %d: versions begin at 1", *c.As))
	}
	return look(ctx, out, config, func(ctx context.Context, op *bootstrap.Operator) error {
		var answer app.Answer[cart.State]
		var err error
		switch {
		case c.As != nil:
			answer, err = op.Queries.At(ctx, operator(), id, ports.Version(*c.As))
		case c.Time != nil:
			answer, err = op.Queries.When(ctx, operator(), id, c.Time.Time)
		default:
			answer, err = op.Queries.Now(ctx, operator(), id)
		}
		if err != nil {
			return err
		}
		return out.cart(id, &answer)
	})
}

// pastInstant is an instant as it is typed.
type pastInstant struct{ time.Time }

// UnmarshalText reads an instant in the form of RFC 3339.
func (i *pastInstant) UnmarshalText(text []byte) (err error) {
	if i.Time, err = time.Parse(time.RFC3339, string(text)); err != nil {
		return fmt.Errorf("%q: want an instant such as 2026-11-24T10:00:00Z", text)
	}
	return nil
}

type listCommand struct {
	Status string `help:"Only open or closed ones." placeholder:"STATUS"`
	Owner  string `help:"Only carts of this owner, ISSUER|SUBJECT." placeholder:"OWNER"`
	Limit  int    `help:"How many, 1 to 1000." default:"100" placeholder:"N"`
	After  string `help:"Go on after a list that said --after." placeholder:"PLACE"`
}

// emptyView says why a view may show nothing yet: who feeds it.
func (o *output) emptyView(backend string) string {
	if backend == bootstrap.BackendAWS {
		return "no carts (the view follows the store within seconds)"
	}
	return "no carts (the view follows the store while a server runs: " + o.hint("serve") + ")"
}

// Run shows a page of the live view.
func (c *listCommand) Run(ctx context.Context, out *output, config bootstrap.Config) error {
	switch {
	case c.Limit < 1 || c.Limit > 1000:
		return usage(fmt.Errorf("--limit %d: want 1 to 1000", c.Limit))
	case c.Status != "" && c.Status != "open" && c.Status != "closed":
		return usage(fmt.Errorf("--status %q: want open or closed", c.Status))
	}
	return look(ctx, out, config, func(ctx context.Context, op *bootstrap.Operator) error {
		page, err := op.Lists.List(ctx, carts.Query{
			Owner: c.Owner, All: c.Owner == "", Status: c.Status, After: c.After, Limit: c.Limit,
		})
		if err != nil {
			return err
		}
		return out.carts(&page, out.emptyView(config.Backend))
	})
}
