package bootstrap

import (
	"context"
	"errors"
	"fmt"

	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/core/cart"
	"github.com/evercart/evercart/ports"
)

// Unpark lets a parked stream, by its ID, go on in every generation of a view in which it is
// parked, or in the consumer that notifies. It is an error if there is none, or if the fault is still there.
func Unpark(ctx context.Context, op *Operator, view, id string) error {
	names := []string{op.Notify.Name()}
	if view == op.Notify.Name() {
		return op.Notify.Unpark(ctx, ports.StreamID{Category: cart.Category, ID: id})
	}
	for _, p := range op.Projectors {
		if p.Name() == view {
			return unpark(ctx, op, p, ports.StreamID{Category: p.Category(), ID: id})
		}
		names = append(names, p.Name())
	}
	return &app.UnknownViewError{View: view, Known: names}
}

func unpark(ctx context.Context, op *Operator, p Projector, stream ports.StreamID) error {
	entry, err := op.Catalog.View(ctx, p.Name())
	if err != nil {
		return err
	}
	unparked := 0
	for _, g := range entry.Generations {
		err := p.Unpark(ctx, ports.Target{Consumer: p.Name(), Generation: g.Number}, stream)
		switch {
		case err == nil:
			unparked++
		case !errors.Is(err, app.ErrNotParked):
			return err
		}
	}
	if unparked == 0 {
		return fmt.Errorf("view %s, stream %s: %w", p.Name(), stream, app.ErrNotParked)
	}
	return nil
}
