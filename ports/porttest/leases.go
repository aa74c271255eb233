package porttest

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync/atomic"

	"github.com/evercart/evercart/ports"
)

// Leases returns the promises of ports.Leases.
func Leases() []Check[ports.Leases] {
	return []Check[ports.Leases]{
		{"a lease has one holder", leaseHasOneHolder},
		{"a released lease can be taken again", releasedLeaseIsFree},
		{"leases of other names are leases of their own", leaseNamesAreApart},
		{"a text that is no lease's name is refused", leaseNamesAreChecked},
		{"releasing again does nothing, also when another holds the lease", releaseTwice},
		{"of 32 who try at once exactly one gets the lease", oneOfManyGetsTheLease},
		{"32 who take turns are never two at once", turnsNeverOverlap},
		{"a dead context ends the try for a lease", leasesHonourDeadContexts},
	}
}

func take(ctx context.Context, l ports.Leases, name string) (ports.Lease, error) {
	lease, err := l.TryLease(ctx, name)
	if err != nil {
		return nil, fmt.Errorf("try the free lease %s: %w", name, err)
	}
	return lease, nil
}

func expectTaken(ctx context.Context, l ports.Leases, name string) error {
	lease, err := l.TryLease(ctx, name)
	switch {
	case err == nil:
		return errors.Join(fmt.Errorf("the taken lease %s was given again", name), release(lease))
	case !errors.Is(err, ports.ErrLeaseTaken):
		return fmt.Errorf("try the taken lease %s: got %w, want ErrLeaseTaken", name, err)
	}
	return nil
}

func release(lease ports.Lease) error {
	if err := lease.Release(); err != nil {
		return fmt.Errorf("release: %w", err)
	}
	return nil
}

func leaseHasOneHolder(ctx context.Context, l ports.Leases) error {
	lease, err := take(ctx, l, "pipeline")
	if err != nil {
		return err
	}
	return errors.Join(expectTaken(ctx, l, "pipeline"), expectTaken(ctx, l, "pipeline"), release(lease))
}

func releasedLeaseIsFree(ctx context.Context, l ports.Leases) error {
	for range 3 {
		lease, err := take(ctx, l, "pipeline")
		if err != nil {
			return err
		}
		if err := errors.Join(expectTaken(ctx, l, "pipeline"), release(lease)); err != nil {
			return err
		}
	}
	return nil
}

func leaseNamesAreApart(ctx context.Context, l ports.Leases) error {
	names := []string{"pipeline", "pipeline-2", "p", strings.Repeat("p", 32)}
	held := make([]ports.Lease, len(names))
	for i, name := range names {
		lease, err := take(ctx, l, name)
		if err != nil {
			return err
		}
		held[i] = lease
	}
	if err := release(held[0]); err != nil {
		return err
	}
	for _, name := range names[1:] {
		if err := expectTaken(ctx, l, name); err != nil {
			return err
		}
	}
	return errors.Join(release(held[1]), release(held[2]), release(held[3]))
}

func leaseNamesAreChecked(ctx context.Context, l ports.Leases) error {
	for _, name := range []string{"", "Pipeline", "-p", "pipe/line", "..", strings.Repeat("p", 33)} {
		switch lease, err := l.TryLease(ctx, name); {
		case err == nil:
			return errors.Join(fmt.Errorf("the lease %q was given", name), release(lease))
		case errors.Is(err, ports.ErrLeaseTaken):
			return fmt.Errorf("the lease %q is said to be taken", name)
		}
	}
	return nil
}

func releaseTwice(ctx context.Context, l ports.Leases) error {
	first, err := take(ctx, l, "pipeline")
	if err != nil {
		return err
	}
	if err := errors.Join(release(first), release(first)); err != nil {
		return err
	}
	second, err := take(ctx, l, "pipeline")
	if err != nil {
		return err
	}
	return errors.Join(release(first), expectTaken(ctx, l, "pipeline"), release(second))
}

func oneOfManyGetsTheLease(ctx context.Context, l ports.Leases) error {
	leases := make([]ports.Lease, racers)
	winner, err := oneWinner(race(racers, func(i int) (err error) {
		leases[i], err = l.TryLease(ctx, "pipeline")
		return err
	}), ports.ErrLeaseTaken)
	if err != nil {
		return err
	}
	return release(leases[winner])
}

func turnsNeverOverlap(ctx context.Context, l ports.Leases) error {
	var holders atomic.Int32
	return errors.Join(race(racers, func(i int) error {
		for {
			lease, err := l.TryLease(ctx, "pipeline")
			if errors.Is(err, ports.ErrLeaseTaken) {
				runtime.Gosched()
				continue
			}
			if err != nil {
				return fmt.Errorf("racer %d: try: %w", i, err)
			}
			n := holders.Add(1)
			second := expectTaken(ctx, l, "pipeline")
			holders.Add(-1)
			if n != 1 {
				second = fmt.Errorf("racer %d is one of %d who hold the lease at once", i, n)
			}
			return errors.Join(second, release(lease))
		}
	})...)
}

func leasesHonourDeadContexts(ctx context.Context, l ports.Leases) error {
	return honoursDeadContexts(ctx, []portCall{
		{"TryLease", func(ctx context.Context) error { _, err := l.TryLease(ctx, "pipeline"); return err }},
	})
}
