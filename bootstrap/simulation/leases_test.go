package simulation_test

import (
	"context"

	"github.com/evercart/evercart/ports"
)

// leases are those of the table of views: one is free when it was given back, or its
// holder's process is gone.
type leases struct {
	w    *world
	held map[string]*lease // by name
}

type lease struct {
	of   *leases
	name string
	life context.Context // its holder's
}

// TryLease implements ports.Leases.
func (l *leases) TryLease(ctx context.Context, name string) (ports.Lease, error) {
	taken := &lease{of: l, name: name, life: ctx}
	err := ask(ctx, l.w, "dynamodb", "lease "+name, func() error {
		if held := l.held[name]; held != nil && held.life.Err() == nil {
			return ports.ErrLeaseTaken
		}
		l.held[name] = taken
		return nil
	})
	if err != nil {
		return nil, err
	}
	return taken, nil
}

// Release implements ports.Lease. A later holder's is left alone.
func (l *lease) Release() error {
	if l.of.held[l.name] == l {
		delete(l.of.held, l.name)
	}
	return nil
}
