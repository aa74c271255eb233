package porttest

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/evercart/evercart/ports"
)

func contextChecks() []Check[ports.EventStore] {
	return []Check[ports.EventStore]{
		{"an append under an ended context stores nothing", appendEnded},
		{"an append whose context ends on the way is stored whole or not at all, and can be tried again", appendEndsOnTheWay},
		{"a reading call under an ended context fails with its error", readEnded},
		{"a read ends soon after its context", readEndsSoon},
	}
}

func appendEnded(ctx context.Context, store ports.EventStore) error {
	h, err := Fill(ctx, store, Stream(1), Step{Events: 2})
	if err != nil {
		return err
	}
	err = honoursDeadContexts(ctx, []portCall{{"Append", func(ctx context.Context) error {
		_, err := store.Append(ctx, h.End(), Commit(h.End(), "too late", 2))
		return err
	}}})
	if err != nil {
		return err
	}
	return holds(ctx, store, &h)
}

func appendEndsOnTheWay(ctx context.Context, store ports.EventStore) error {
	h, err := Fill(ctx, store, Stream(1), Step{Events: 2})
	if err != nil {
		return err
	}
	for i := range writers {
		c := Commit(h.End(), fmt.Sprintf("hasty-%d", i), i%5+1)
		short, cancel := context.WithTimeout(ctx, time.Duration(i)*50*time.Microsecond)
		_, err := store.Append(short, h.End(), c.Clone())
		cancel()
		if err != nil {
			if err := matches(err, context.DeadlineExceeded); err != nil {
				return err
			}
		}
		end, err := store.Append(ctx, h.End(), c.Clone())
		if err != nil {
			return fmt.Errorf("the same commit again: %w", err)
		}
		h.Commits, h.Heads = append(h.Commits, c), append(h.Heads, end)
	}
	return holds(ctx, store, &h)
}

func readEnded(ctx context.Context, store ports.EventStore) error {
	h, err := Fill(ctx, store, Stream(1), Step{Events: 2})
	if err != nil {
		return err
	}
	return honoursDeadContexts(ctx, everyRead(store, h.End()))
}

// readEndsSoon allows a page of events to come after the end of the context.
func readEndsSoon(ctx context.Context, store ports.EventStore) error {
	const commits, each, page = 120, 10, 512
	steps := make([]Step, commits)
	for i := range steps {
		steps[i].Events = each
	}
	h, err := Fill(ctx, store, Stream(1), steps...)
	if err != nil {
		return err
	}
	over, cancel := context.WithCancel(ctx)
	defer cancel()
	yielded := 0
	for _, err := range store.Read(over, h.Stream, 1, math.MaxInt64) {
		if err != nil {
			return matches(err, context.Canceled)
		}
		cancel()
		if yielded++; yielded > page {
			return fmt.Errorf("%d events came after the context ended", yielded-1)
		}
	}
	return fmt.Errorf("the read ended without an error after %d events of %d", yielded, commits*each)
}
