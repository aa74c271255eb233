package porttest

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/evercart/evercart/ports"
)

// besideWriters lets each writer record commits on one of two streams, and judge
// what it reads after each while the others go on.
func besideWriters(ctx context.Context, store ports.EventStore, judge func(acknowledged *ports.Commit) error) error {
	return together(func(i int) error {
		head := ports.NewHead(Stream(i%2), 0, ports.Hash{}, time.Time{})
		for k := range 3 {
			c, err := record(ctx, store, head, fmt.Sprintf("writer-%d-%d", i, k), (i+k)%5+1)
			if err != nil {
				return err
			}
			if err := judge(&c); err != nil {
				return fmt.Errorf("after version %d of %s: %w", c.Last, c.Stream, err)
			}
			head = ports.HeadOf(&c)
		}
		return nil
	})
}

func loadsBesideWriters(ctx context.Context, store ports.EventStore) error {
	return besideWriters(ctx, store, func(c *ports.Commit) error {
		loaded, err := store.Load(ctx, c.Stream, c.SnapshotSchema)
		if err != nil {
			return err
		}
		next := ports.Version(1)
		if loaded.Snapshot != nil {
			next = loaded.Snapshot.Version + 1
		}
		for _, commit := range loaded.Commits {
			if commit.First != next {
				return fmt.Errorf("loaded version %d, want %d", commit.First, next)
			}
			next = commit.Last + 1
		}
		if end := loaded.Head.Version(); end != next-1 || end < c.Last {
			return fmt.Errorf("loaded up to version %d, the head says %d", next-1, end)
		}
		return nil
	})
}

func readsBesideWriters(ctx context.Context, store ports.EventStore) error {
	return besideWriters(ctx, store, func(c *ports.Commit) error {
		next := ports.Version(1)
		for p, err := range store.Read(ctx, c.Stream, 1, math.MaxInt64) {
			if err != nil {
				return err
			}
			if p.Version != next {
				return fmt.Errorf("read version %d, want %d", p.Version, next)
			}
			next++
		}
		if next <= c.Last {
			return fmt.Errorf("read up to version %d", next-1)
		}
		return nil
	})
}
