package porttest

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/evercart/evercart/ports"
)

// FollowedStore is an event store that can be followed.
type FollowedStore interface {
	ports.EventStore
	ports.ChangeFeed
}

// ChangeFeed returns the promises of ports.ChangeFeed, each to be kept by a store
// without events.
func ChangeFeed() []Check[FollowedStore] {
	return []Check[FollowedStore]{
		{"changes come once each, in the order of storing", changesInOrder},
		{"changes go on after any position", changesFromAnyPosition},
		{"at most limit changes come at a time", changesLimit},
		{"a position of a change fits a file's name", changePositionsFit},
		{"a position of another store is ErrForeignPosition", changesForeign},
		{"the end is the position of the newest change", changesHaveEnd},
		{"the end of a store without changes is the zero position", changesHaveNoEnd},
		{"a change has no snapshot", changesWithoutSnapshots},
		{"a change belongs to its caller", changesGiveAway},
		{"a refused append is no change", changesOfConflicts},
		{"a follower beside 32 writers misses nothing", followerBesideWriters},
		{"a waiting follower sees a commit within 200 ms", changesWake},
		{"all waiting followers see a commit", changesWakeAll},
		{"a waiting follower ends with its context", changesWaitEnds},
		{"changes under an ended context fail with its error", changesEnded},
	}
}

// fillTurns appends commits of every size and form to some streams in turn, and
// returns them in the order of storing.
func fillTurns(ctx context.Context, store ports.EventStore) ([]ports.Commit, error) {
	const streams = 4
	heads := make([]ports.Head, streams)
	for n := range heads {
		loaded, err := store.Load(ctx, Stream(n), 0)
		if err != nil {
			return nil, err
		}
		heads[n] = loaded.Head
	}
	var out []ports.Commit
	for i := range 24 {
		n := i * i % streams
		c := Step{Events: i % 6, Snapshot: i % 2}.after(heads[n], fmt.Sprintf("command-%d", i))
		head, err := store.Append(ctx, heads[n], c.Clone())
		if err != nil {
			return nil, err
		}
		heads[n], out = head, append(out, c)
	}
	return out, nil
}

// follow fetches n changes after a position, at most limit at a time.
func follow(ctx context.Context, store FollowedStore, after ports.Position, n, limit int) ([]ports.Change, error) {
	var out []ports.Change
	for len(out) < n {
		changes, err := soon("Changes", func() ([]ports.Change, error) { return store.Changes(ctx, after, limit) })
		if err != nil {
			return out, err
		}
		if len(changes) == 0 || len(changes) > limit {
			return out, fmt.Errorf("%d changes, want 1 to %d", len(changes), limit)
		}
		out = append(out, changes...)
		after = changes[len(changes)-1].Position
	}
	return out, nil
}

// sameChanges returns an error unless changes are those of want, in order.
func sameChanges(changes []ports.Change, want []ports.Commit) error {
	got := make([]ports.Commit, len(changes))
	for i, change := range changes {
		if change.Err != nil {
			return fmt.Errorf("change %d: %w", i, change.Err)
		}
		got[i] = change.Commit
	}
	return sameCommits(got, want)
}

func changesInOrder(ctx context.Context, store FollowedStore) error {
	commits, err := fillTurns(ctx, store)
	if err != nil {
		return err
	}
	for _, limit := range []int{1, 5, 24, 1000} {
		changes, err := follow(ctx, store, "", len(commits), limit)
		if err != nil {
			return err
		}
		if err := sameChanges(changes, commits); err != nil {
			return fmt.Errorf("%d at a time: %w", limit, err)
		}
	}
	return nil
}

func changesFromAnyPosition(ctx context.Context, store FollowedStore) error {
	commits, err := fillTurns(ctx, store)
	if err != nil {
		return err
	}
	all, err := follow(ctx, store, "", len(commits), 100)
	if err != nil {
		return err
	}
	for i, change := range all[:len(all)-1] {
		rest, err := follow(ctx, store, change.Position, len(all)-i-1, 100)
		if err != nil {
			return err
		}
		if err := sameChanges(rest, commits[i+1:]); err != nil {
			return fmt.Errorf("after %d changes: %w", i+1, err)
		}
		if rest[0].Position != all[i+1].Position {
			return fmt.Errorf("change %d has position %q and then %q", i+2, all[i+1].Position, rest[0].Position)
		}
	}
	return nil
}

func changesLimit(ctx context.Context, store FollowedStore) error {
	commits, err := fillTurns(ctx, store)
	if err != nil {
		return err
	}
	for limit := 1; limit <= len(commits); limit++ {
		if _, err := follow(ctx, store, "", limit, limit); err != nil {
			return err
		}
	}
	return nil
}

func changePositionsFit(ctx context.Context, store FollowedStore) error {
	commits, err := fillTurns(ctx, store)
	if err != nil {
		return err
	}
	changes, err := follow(ctx, store, "", len(commits), 100)
	if err != nil {
		return err
	}
	seen := map[ports.Position]bool{}
	for _, change := range changes {
		if err := fits(change.Position); err != nil {
			return err
		}
		if seen[change.Position] {
			return fmt.Errorf("two changes have position %q", change.Position)
		}
		seen[change.Position] = true
	}
	return nil
}

func changesForeign(ctx context.Context, store FollowedStore) error {
	commits, err := fillTurns(ctx, store)
	if err != nil {
		return err
	}
	changes, err := follow(ctx, store, "", len(commits), 100)
	if err != nil {
		return err
	}
	for _, p := range foreign(changes[0].Position) {
		_, err := soon("Changes", func() ([]ports.Change, error) { return store.Changes(ctx, p, 1) })
		if !errors.Is(err, ports.ErrForeignPosition) {
			return fmt.Errorf("after position %q: %w, want ErrForeignPosition", p, orNil(err))
		}
	}
	return nil
}

func changesHaveEnd(ctx context.Context, store FollowedStore) error {
	h, err := Fill(ctx, store, Stream(1))
	if err != nil {
		return err
	}
	for n := 1; n <= 3; n++ {
		if err := h.add(ctx, store, Step{Events: n}); err != nil {
			return err
		}
		changes, err := follow(ctx, store, "", n, 10)
		if err != nil {
			return err
		}
		end, err := store.End(ctx)
		if newest := changes[n-1].Position; err != nil || end != newest {
			return fmt.Errorf("the end is %q, the newest change %q, error: %w", end, newest, orNil(err))
		}
	}
	return nil
}

func changesHaveNoEnd(ctx context.Context, store FollowedStore) error {
	if end, err := store.End(ctx); err != nil || end != "" {
		return fmt.Errorf("the end is %q, want the zero position, error: %w", end, orNil(err))
	}
	return nil
}

func changesWithoutSnapshots(ctx context.Context, store FollowedStore) error {
	if _, err := Fill(ctx, store, Stream(1), Step{Events: 2, Snapshot: 1}, Step{Events: 1, Snapshot: 2}); err != nil {
		return err
	}
	changes, err := follow(ctx, store, "", 2, 10)
	if err != nil {
		return err
	}
	for _, change := range changes {
		if change.Commit.Snapshot != nil || change.Commit.SnapshotSchema != 0 {
			return fmt.Errorf("the change at version %d carries a snapshot of schema %d", change.Commit.First, change.Commit.SnapshotSchema)
		}
	}
	return nil
}

func changesGiveAway(ctx context.Context, store FollowedStore) error {
	h, err := Fill(ctx, store, Stream(1), Step{Events: 2, Snapshot: 1}, Step{Events: 3})
	if err != nil {
		return err
	}
	changes, err := follow(ctx, store, "", 2, 10)
	if err != nil {
		return err
	}
	for _, change := range changes {
		scribble(&change.Commit)
	}
	if changes, err = follow(ctx, store, "", 2, 10); err != nil {
		return err
	}
	return errors.Join(sameChanges(changes, h.Commits), holds(ctx, store, &h))
}

func changesOfConflicts(ctx context.Context, store FollowedStore) error {
	h, err := Fill(ctx, store, Stream(1), Step{Events: 2}, Step{Events: 1})
	if err != nil {
		return err
	}
	_, err = store.Append(ctx, h.Heads[0], Commit(h.Heads[0], "late", 1))
	if err := isConflict(err, &h.Commits[0]); err != nil {
		return err
	}
	if _, err := store.Append(ctx, h.Heads[1], h.Commits[1].Clone()); err != nil {
		return fmt.Errorf("the same commit again: %w", err)
	}
	last, err := Fill(ctx, store, Stream(2), Step{Events: 1})
	if err != nil {
		return err
	}
	changes, err := follow(ctx, store, "", 3, 10)
	if err != nil {
		return err
	}
	return sameChanges(changes, slices.Concat(h.Commits, last.Commits))
}
