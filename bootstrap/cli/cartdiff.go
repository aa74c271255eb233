package cli

import (
	"context"
	"fmt"

	"github.com/evercart/evercart/bootstrap"
	"github.com/evercart/evercart/core/cart"
	"github.com/evercart/evercart/ports"
)

type diffCommand struct {
	ID string `arg:"" help:"The cart's ID."`
	A  int64  `arg:"" help:"A version, from 1."`
	B  int64  `arg:"" help:"Another version; 0 or none: as it is." default:"0" optional:""`
}

// change is one difference, in JSON.
type change struct {
	What string `json:"what"`
	From string `json:"from,omitempty"`
	To   string `json:"to,omitempty"`
}

// Run shows what turned the cart from the one version into the other.
func (c *diffCommand) Run(ctx context.Context, out *output, config bootstrap.Config) error {
	id, err := cartID(c.ID)
	if err != nil {
		return err
	}
	if c.A < 1 || c.B < 0 {
		return usage(fmt.Errorf("versions %d and %d: versions begin at 1", c.A, c.B))
	}
	return look(ctx, out, config, func(ctx context.Context, op *bootstrap.Operator) error {
		a, err := op.Queries.At(ctx, operator(), id, ports.Version(c.A))
		if err != nil {
			return err
		}
		b, err := op.Queries.Now(ctx, operator(), id)
		if err == nil && c.B > 0 {
			b, err = op.Queries.At(ctx, operator(), id, ports.Version(c.B))
		}
		if err != nil {
			return err
		}
		return out.diff(cart.Diff(a.State, b.State))
	})
}

func (o *output) diff(changes []cart.Change) error {
	if o.json {
		lines := make([]change, len(changes))
		for i, c := range changes {
			lines[i] = change(c)
		}
		return o.line(lines)
	}
	if len(changes) == 0 {
		_, err := fmt.Fprintln(o.stdout, "no difference")
		return err
	}
	t := o.table("WHAT", "FROM", "TO")
	for _, c := range changes {
		row(t, c.What, orDash(c.From), orDash(c.To))
	}
	return t.Flush()
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}
