package porttest

import (
	"context"
	"fmt"
	"math"

	"github.com/evercart/evercart/ports"
)

func loadChecks() []Check[ports.EventStore] {
	return []Check[ports.EventStore]{
		{"a stream without events loads as version 0", loadNothing},
		{"a load takes the newest snapshot of its schema, the commits after it and the head", loadFromSnapshot},
		{"a load with snapshot schema 0 returns every commit", loadWithoutSnapshot},
	}
}

func pastChecks() []Check[ports.EventStore] {
	return []Check[ports.EventStore]{
		{"a load at any version takes a snapshot that ends at or before it, and the events after", loadAtEveryVersion},
		{"a load at a version beyond the end returns what there is", loadBeyondTheEnd},
	}
}

func sinceChecks() []Check[ports.EventStore] {
	return []Check[ports.EventStore]{
		{"the commits since every head are those after it, up to the new head", sinceEveryHead},
	}
}

// placements are the snapshots of histories of seven commits: their schemas, 0
// for a commit without one.
var placements = [][7]int{
	{},
	{1},
	{0, 0, 1},
	{0, 0, 0, 0, 0, 0, 1},
	{1, 1, 1, 1, 1, 1, 1},
	{2, 2, 1, 2, 2, 2, 2},
	{1, 2, 1, 2, 1, 2, 1},
	{0, 1, 0, 0, 2, 0, 0},
	{3, 0, 0, 3, 0, 0, 3},
}

// schemas are what the checks load with: none, three that placements hold, and
// one that no commit carries.
var schemas = []int{0, 1, 2, 3, 9}

// fillPlacements fills a stream for each placement. Commits have 1 to 5 events; those
// at index 1 and 5 are in the older form where they carry no snapshot.
func fillPlacements(ctx context.Context, store ports.EventStore) ([]History, error) {
	var out []History
	for n, placement := range placements {
		steps := []Step{{Events: 1}, {Events: 2}, {Events: 3}, {Events: 1}, {Events: 4}, {Events: 2}, {Events: 5}}
		for i, schema := range placement {
			steps[i].Snapshot = schema
			if schema == 0 && (i == 1 || i == 5) {
				steps[i].Events = 0
			}
		}
		h, err := Fill(ctx, store, Stream(n), steps...)
		if err != nil {
			return nil, err
		}
		out = append(out, h)
	}
	return out, nil
}

// newest returns the index of the newest commit that ends at or before at and
// carries a snapshot of schema, or -1.
func (h *History) newest(at ports.Version, schema int) int {
	found := -1
	for i, c := range h.Commits {
		if schema != 0 && c.SnapshotSchema == schema && c.Last <= at {
			found = i
		}
	}
	return found
}

// carrier returns commit i, or nil for -1.
func (h *History) carrier(i int) *ports.Commit {
	if i < 0 {
		return nil
	}
	return &h.Commits[i]
}

func loadNothing(ctx context.Context, store ports.EventStore) error {
	if _, err := Fill(ctx, store, Stream(1), Step{Events: 2, Snapshot: 1}); err != nil {
		return err
	}
	empty := History{Stream: Stream(2)}
	if err := holds(ctx, store, &empty); err != nil {
		return err
	}
	past, err := store.LoadAt(ctx, Stream(2), 1, 1)
	if err != nil {
		return err
	}
	if past.Snapshot != nil || len(past.Events) > 0 {
		return fmt.Errorf("the past of a stream without events is %+v", past)
	}
	return nil
}

func loadFromSnapshot(ctx context.Context, store ports.EventStore) error {
	histories, err := fillPlacements(ctx, store)
	if err != nil {
		return err
	}
	for n, h := range histories {
		for _, schema := range schemas {
			if err := loadsFrom(ctx, store, &h, schema); err != nil {
				return fmt.Errorf("snapshots %v, load with schema %d: %w", placements[n], schema, err)
			}
		}
	}
	return nil
}

func loadsFrom(ctx context.Context, store ports.EventStore, h *History, schema int) error {
	loaded, err := store.Load(ctx, h.Stream, schema)
	if err != nil {
		return err
	}
	i := h.newest(math.MaxInt64, schema)
	if err := sameSnapshot(loaded.Snapshot, h.carrier(i)); err != nil {
		return err
	}
	if err := sameCommits(loaded.Commits, h.Commits[i+1:]); err != nil {
		return err
	}
	return sameHead(loaded.Head, h.End())
}

func loadWithoutSnapshot(ctx context.Context, store ports.EventStore) error {
	h, err := Fill(ctx, store, Stream(1), Step{Events: 2, Snapshot: 1}, Step{Events: 3, Snapshot: 2})
	if err != nil {
		return err
	}
	return loadsFrom(ctx, store, &h, 0)
}

func loadAtEveryVersion(ctx context.Context, store ports.EventStore) error {
	histories, err := fillPlacements(ctx, store)
	if err != nil {
		return err
	}
	for n, h := range histories {
		for at := ports.Version(1); at <= h.End().Version(); at++ {
			for _, schema := range schemas {
				if err := loadsAt(ctx, store, &h, at, schema); err != nil {
					return fmt.Errorf("snapshots %v, load at version %d with schema %d: %w", placements[n], at, schema, err)
				}
			}
		}
	}
	return nil
}

func loadBeyondTheEnd(ctx context.Context, store ports.EventStore) error {
	h, err := Fill(ctx, store, Stream(1), Step{Events: 2, Snapshot: 1}, Step{Events: 3})
	if err != nil {
		return err
	}
	for _, at := range []ports.Version{6, 7, 100, math.MaxInt64} {
		for _, schema := range []int{0, 1} {
			if err := loadsAt(ctx, store, &h, at, schema); err != nil {
				return fmt.Errorf("load at version %d of 5 with schema %d: %w", at, schema, err)
			}
		}
	}
	return nil
}

func loadsAt(ctx context.Context, store ports.EventStore, h *History, at ports.Version, schema int) error {
	past, err := store.LoadAt(ctx, h.Stream, at, schema)
	if err != nil {
		return err
	}
	carrier := h.carrier(h.newest(at, schema))
	if err := sameSnapshot(past.Snapshot, carrier); err != nil {
		return err
	}
	from := ports.Version(1)
	if carrier != nil {
		from = carrier.Last + 1
	}
	return sameEvents(past.Events, h.Events(from, at))
}

func sinceEveryHead(ctx context.Context, store ports.EventStore) error {
	full, err := Fill(ctx, store, Stream(1), mixed()...)
	if err != nil {
		return err
	}
	empty, err := Fill(ctx, store, Stream(2))
	if err != nil {
		return err
	}
	for _, h := range []History{full, empty} {
		for i, head := range h.Heads {
			commits, end, err := store.Since(ctx, head)
			if err != nil {
				return err
			}
			if err := sameCommits(commits, h.Commits[i:]); err != nil {
				return fmt.Errorf("since version %d: %w", head.Version(), err)
			}
			if err := sameHead(end, h.End()); err != nil {
				return fmt.Errorf("since version %d: %w", head.Version(), err)
			}
		}
	}
	return nil
}
