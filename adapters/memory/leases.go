package memory

import (
	"context"
	"fmt"
	"sync"

	"github.com/evercart/evercart/ports"
)

// Leases is a ports.Leases between the goroutines of this process.
type Leases struct {
	mu      sync.Mutex
	holders map[string]*lease
}

// NewLeases returns leases of which none is taken.
func NewLeases() *Leases {
	return &Leases{holders: map[string]*lease{}}
}

// TryLease implements ports.Leases.
func (l *Leases) TryLease(ctx context.Context, name string) (ports.Lease, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := ports.CheckLeaseName(name); err != nil {
		return nil, fmt.Errorf("memory: %w", err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.holders[name] != nil {
		return nil, ports.ErrLeaseTaken
	}
	taken := &lease{of: l, name: name}
	l.holders[name] = taken
	return taken, nil
}

type lease struct {
	of   *Leases
	name string
}

// Release implements ports.Lease. A lease that was given back before leaves a
// later holder's alone.
func (l *lease) Release() error {
	l.of.mu.Lock()
	defer l.of.mu.Unlock()
	if l.of.holders[l.name] == l {
		delete(l.of.holders, l.name)
	}
	return nil
}
