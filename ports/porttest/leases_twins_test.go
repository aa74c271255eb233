package porttest_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/evercart/evercart/adapters/memory"
	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/porttest"
)

// leasesDouble is memory leases whose calls can be replaced.
type leasesDouble struct {
	*memory.Leases
	try     func(context.Context, string) (ports.Lease, error)
	release func(context.Context, string, ports.Lease) error
}

func newLeasesDouble(breakIt func(*leasesDouble)) ports.Leases {
	l := memory.NewLeases()
	d := &leasesDouble{Leases: l, try: l.TryLease, release: func(_ context.Context, _ string, l ports.Lease) error { return l.Release() }}
	breakIt(d)
	return d
}

func (d *leasesDouble) TryLease(ctx context.Context, name string) (ports.Lease, error) {
	lease, err := d.try(ctx, name)
	if err != nil {
		return nil, err
	}
	return &leaseDouble{lease, func() error { return d.release(ctx, name, lease) }}, nil
}

type leaseDouble struct {
	ports.Lease
	release func() error
}

func (l *leaseDouble) Release() error { return l.release() }

// free is a lease that nobody else is kept from.
type free struct{}

func (free) Release() error { return nil }

const (
	oneHolder      = "a lease has one holder"
	releasedIsFree = "a released lease can be taken again"
	leaseNames     = "leases of other names are leases of their own"
	leaseNameForms = "a text that is no lease's name is refused"
	releasedTwice  = "releasing again does nothing, also when another holds the lease"
	oneOfMany      = "of 32 who try at once exactly one gets the lease"
	takingTurns    = "32 who take turns are never two at once"
	leaseContexts  = "a dead context ends the try for a lease"
)

func TestLeasesChecksBite(t *testing.T) {
	t.Parallel()
	bites(t, porttest.Leases(), newLeasesDouble, []twin[leasesDouble]{
		{"gives a lease to everybody", func(d *leasesDouble) {
			d.try = func(context.Context, string) (ports.Lease, error) { return free{}, nil }
		}, []string{oneHolder, releasedIsFree, leaseNames, leaseNameForms, releasedTwice, oneOfMany}},
		{"says of any name that it is taken", func(d *leasesDouble) {
			d.try = func(ctx context.Context, name string) (ports.Lease, error) {
				if ports.CheckLeaseName(name) != nil {
					return nil, ports.ErrLeaseTaken
				}
				return d.Leases.TryLease(ctx, name)
			}
		}, []string{leaseNameForms}},
		{"gives a lease to two", func(d *leasesDouble) {
			var twice atomic.Bool
			d.try = func(ctx context.Context, name string) (ports.Lease, error) {
				lease, err := d.Leases.TryLease(ctx, name)
				if err != nil && twice.CompareAndSwap(false, true) {
					return free{}, nil
				}
				return lease, err
			}
		}, []string{oneHolder, oneOfMany}},
		{"loses the lease of its second holder", loseAfter, []string{takingTurns}},
		{"calls a taken lease another fault", func(d *leasesDouble) {
			d.try = func(ctx context.Context, name string) (ports.Lease, error) {
				lease, err := d.Leases.TryLease(ctx, name)
				if err != nil {
					return nil, errTwin
				}
				return lease, nil
			}
		}, []string{oneHolder, oneOfMany}},
		{"gives the lease to nobody", func(d *leasesDouble) {
			d.try = func(context.Context, string) (ports.Lease, error) { return nil, ports.ErrLeaseTaken }
		}, []string{oneHolder, oneOfMany}},
		{"keeps a lease for good", func(d *leasesDouble) {
			d.release = func(context.Context, string, ports.Lease) error { return nil }
		}, []string{releasedIsFree, releasedTwice}},
		{"has one lease for all names", func(d *leasesDouble) {
			d.try = func(ctx context.Context, _ string) (ports.Lease, error) { return d.Leases.TryLease(ctx, "any") }
		}, []string{leaseNames}},
		{"tells leases by the beginning of their names", func(d *leasesDouble) {
			d.try = func(ctx context.Context, name string) (ports.Lease, error) { return d.Leases.TryLease(ctx, name[:1]) }
		}, []string{leaseNames}},
		{"refuses to release again", func(d *leasesDouble) {
			released := map[ports.Lease]bool{}
			d.release = func(_ context.Context, _ string, l ports.Lease) error {
				if released[l] {
					return errTwin
				}
				released[l] = true
				return l.Release()
			}
		}, []string{releasedTwice}},
		{"releases by name", releaseByName, []string{releasedTwice}},
		{"ignores the context", func(d *leasesDouble) {
			d.try = func(ctx context.Context, name string) (ports.Lease, error) {
				return d.Leases.TryLease(context.WithoutCancel(ctx), name)
			}
		}, []string{leaseContexts}},
	})
}

// releaseByName frees a name whoever holds it.
func releaseByName(d *leasesDouble) {
	var mu sync.Mutex
	holders := map[string]ports.Lease{}
	d.try = func(ctx context.Context, name string) (ports.Lease, error) {
		mu.Lock()
		defer mu.Unlock()
		lease, err := d.Leases.TryLease(ctx, name)
		if err == nil {
			holders[name] = lease
		}
		return lease, err
	}
	d.release = func(_ context.Context, name string, _ ports.Lease) error {
		mu.Lock()
		defer mu.Unlock()
		return holders[name].Release()
	}
}

// loseAfter loses a lease, without a word, while its second holder has it.
func loseAfter(d *leasesDouble) {
	var tries atomic.Int32
	d.try = func(ctx context.Context, name string) (ports.Lease, error) {
		lease, err := d.Leases.TryLease(ctx, name)
		if err == nil && tries.Add(1) == 2 {
			return lease, lease.Release()
		}
		return lease, err
	}
}
