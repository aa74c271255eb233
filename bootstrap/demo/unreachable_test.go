package demo_test

import (
	"context"

	"github.com/evercart/evercart/adapters/memory"
	"github.com/evercart/evercart/ports"
)

// unreachable is a store that cannot be loaded from.
type unreachable struct{ *memory.EventStore }

func (unreachable) Load(context.Context, ports.StreamID, int) (ports.Loaded, error) {
	return ports.Loaded{}, ports.ErrUnavailable
}
