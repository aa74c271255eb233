package porttest

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/evercart/evercart/ports"
)

// EventStoreFacts says what an event store honestly cannot do.
type EventStoreFacts struct {
	// MaxCommitBytes is the most that one stored commit takes, its snapshot
	// included; 0 for a store without a limit of its own.
	MaxCommitBytes int
}

// EventStore returns the promises of ports.EventStore, each to be kept by a
// store without events.
func EventStore(facts EventStoreFacts) []Check[ports.EventStore] {
	return slices.Concat(
		appendChecks(), conflictChecks(), retryChecks(), invalidChecks(), sizeChecks(facts), writerChecks(),
		loadChecks(), pastChecks(), sinceChecks(), readChecks(),
		fidelityChecks(), ownershipChecks(), contextChecks(),
	)
}

// mixed is a history of every commit size and both forms.
func mixed() []Step {
	return []Step{{Events: 1}, {}, {Events: 2}, {Events: 3}, {}, {}, {Events: 4}, {Events: 5}, {Events: 1}}
}

// holds returns an error unless a stream is exactly h.
func holds(ctx context.Context, store ports.EventStore, h *History) error {
	loaded, err := store.Load(ctx, h.Stream, 0)
	if err != nil {
		return err
	}
	if err := sameCommits(loaded.Commits, h.Commits); err != nil {
		return fmt.Errorf("stored in %s: %w", h.Stream, err)
	}
	want := ports.NewHead(h.Stream, 0, ports.Hash{}, time.Time{})
	if n := len(h.Commits); n > 0 {
		want = ports.HeadOf(&h.Commits[n-1])
	}
	return sameHead(loaded.Head, want)
}
