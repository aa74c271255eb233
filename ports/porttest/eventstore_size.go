package porttest

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/evercart/evercart/ports"
)

// sizeChecks returns the promises about large commits that facts call for.
func sizeChecks(facts EventStoreFacts) []Check[ports.EventStore] {
	if facts.MaxCommitBytes == 0 {
		return []Check[ports.EventStore]{
			{"a commit of a megabyte is stored whole, its snapshot too", func(ctx context.Context, store ports.EventStore) error {
				return storesLarge(ctx, store, 1<<20, 1<<20)
			}},
		}
	}
	limit := facts.MaxCommitBytes
	return []Check[ports.EventStore]{
		{"a commit of half the limit is stored whole, with a small snapshot", func(ctx context.Context, store ports.EventStore) error {
			return storesLarge(ctx, store, limit/2, 1000)
		}},
		{"a commit over the limit is a *TooLargeError and stores nothing", func(ctx context.Context, store ports.EventStore) error {
			return refusesTooLarge(ctx, store, limit)
		}},
		{"a snapshot that does not fit is left out", func(ctx context.Context, store ports.EventStore) error {
			return leavesSnapshotOut(ctx, store, limit)
		}},
	}
}

// large returns a commit of three events whose data has size bytes in all, and a
// snapshot of snapshotSize bytes.
func large(head ports.Head, size, snapshotSize int) ports.Commit {
	c := Commit(head, "large", 3)
	for i := range c.Events {
		c.Events[i].Data = `{"text":"` + strings.Repeat("x", max(size/3-11, 1)) + `"}`
	}
	c.Snapshot, c.SnapshotSchema = []byte(strings.Repeat("s", snapshotSize)), 1
	return c
}

func storesLarge(ctx context.Context, store ports.EventStore, size, snapshotSize int) error {
	h, err := Fill(ctx, store, Stream(1), Step{Events: 1})
	if err != nil {
		return err
	}
	c := large(h.End(), size, snapshotSize)
	end, err := store.Append(ctx, h.End(), c.Clone())
	if err != nil {
		return err
	}
	h.Commits, h.Heads = append(h.Commits, c), append(h.Heads, end)
	if err := holds(ctx, store, &h); err != nil {
		return fmt.Errorf("after a commit of %d bytes: %w", size, errShort(err))
	}
	loaded, err := store.Load(ctx, h.Stream, 1)
	if err != nil {
		return err
	}
	return errShort(sameSnapshot(loaded.Snapshot, &c))
}

func refusesTooLarge(ctx context.Context, store ports.EventStore, limit int) error {
	h, err := Fill(ctx, store, Stream(1), Step{Events: 1})
	if err != nil {
		return err
	}
	_, err = store.Append(ctx, h.End(), large(h.End(), limit+3000, 1))
	var tooLarge *ports.TooLargeError
	switch {
	case !errors.As(err, &tooLarge):
		return fmt.Errorf("a commit over %d bytes: %w, want a *TooLargeError", limit, errShort(orNil(err)))
	case tooLarge.Size <= tooLarge.Max || tooLarge.Max <= 0 || tooLarge.Max > limit:
		return fmt.Errorf("the error says %d of at most %d bytes, the limit is %d", tooLarge.Size, tooLarge.Max, limit)
	}
	return holds(ctx, store, &h)
}

func leavesSnapshotOut(ctx context.Context, store ports.EventStore, limit int) error {
	h, err := Fill(ctx, store, Stream(1), Step{Events: 1, Snapshot: 1})
	if err != nil {
		return err
	}
	c := large(h.End(), limit/2, limit)
	end, err := store.Append(ctx, h.End(), c.Clone())
	if err != nil {
		return errShort(err)
	}
	h.Commits, h.Heads = append(h.Commits, c), append(h.Heads, end)
	if err := holds(ctx, store, &h); err != nil {
		return errShort(err)
	}
	loaded, err := store.Load(ctx, h.Stream, 1)
	if err != nil {
		return err
	}
	return errShort(sameSnapshot(loaded.Snapshot, &h.Commits[0]))
}

// errShort returns err with a text that fits a screen.
func errShort(err error) error {
	if err == nil || len(err.Error()) < 500 {
		return err
	}
	return fmt.Errorf("%.500s…", err.Error())
}
