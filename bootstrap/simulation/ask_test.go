package simulation_test

import (
	"context"
	"fmt"

	"github.com/evercart/evercart/ports"
)

// errSimulated is a fault that may pass, as adapters report it.
var errSimulated = fmt.Errorf("%w: simulated", ports.ErrUnavailable)

// ask is a call of something whose adapter is not simulated: faults come as the
// ports speak of them.
func ask(ctx context.Context, w *world, service, what string, effect func() error) error {
	var err error
	f, ended := w.call(ctx, service, what, func() { err = effect() })
	switch {
	case ended != nil:
		return ended
	case f.failed():
		return errSimulated
	}
	return err
}
