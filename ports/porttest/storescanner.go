package porttest

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"github.com/evercart/evercart/ports"
)

// ScannedStore is an event store that can be scanned.
type ScannedStore interface {
	ports.EventStore
	ports.StoreScanner
}

// StoreScanner returns the promises of ports.StoreScanner, each to be kept by a
// store without events.
func StoreScanner() []Check[ScannedStore] {
	return []Check[ScannedStore]{
		{"a scan yields every commit of its category once, each stream together and in order", scanAll},
		{"a scanned commit has its snapshot", scanSnapshots},
		{"a scan of a category without commits yields nothing", scanNothing},
		{"every scan beside 32 writers is without a hole, and not older than what was acknowledged", scansBesideWriters},
		{"a scan stops when its consumer does, and holds nothing", scanStops},
		{"a scan lets appends through while it goes on", scanLetsAppendsThrough},
		{"a scanned commit belongs to its caller", scanGivesAway},
		{"a scan under an ended context fails with its error", scanEnded},
	}
}

// fillMany fills some streams of two categories in turn, and returns those of
// "cart".
func fillMany(ctx context.Context, store ports.EventStore) ([]History, error) {
	var carts []History
	for n := range 6 {
		h, err := Fill(ctx, store, Stream(n), mixed()[n:]...)
		if err != nil {
			return nil, err
		}
		carts = append(carts, h)
		order := ports.StreamID{Category: "order", ID: h.Stream.ID}
		if _, err := Fill(ctx, store, order, Step{Events: 1}, Step{}); err != nil {
			return nil, err
		}
	}
	for i := range carts {
		if err := carts[i].add(ctx, store, Step{Events: 2, Snapshot: i + 1}); err != nil {
			return nil, err
		}
	}
	return carts, nil
}

// scanned returns the commits of category cart by stream.
func scanned(ctx context.Context, store ScannedStore) (map[ports.StreamID][]ports.Commit, error) {
	out := map[ports.StreamID][]ports.Commit{}
	last := ports.StreamID{}
	for c, err := range store.Scan(ctx, "cart") {
		if err != nil {
			return out, err
		}
		if c.Stream != last && out[c.Stream] != nil {
			return out, fmt.Errorf("the scan comes back to %s at version %d", c.Stream, c.First)
		}
		out[c.Stream], last = append(out[c.Stream], c), c.Stream
	}
	return out, nil
}

func scanAll(ctx context.Context, store ScannedStore) error {
	carts, err := fillMany(ctx, store)
	if err != nil {
		return err
	}
	got, err := scanned(ctx, store)
	if err != nil {
		return err
	}
	if len(got) != len(carts) {
		return fmt.Errorf("commits of %d streams, want of %d", len(got), len(carts))
	}
	for _, h := range carts {
		if err := sameCommits(got[h.Stream], h.Commits); err != nil {
			return fmt.Errorf("scanned of %s: %w", h.Stream, err)
		}
	}
	return nil
}

func scanSnapshots(ctx context.Context, store ScannedStore) error {
	h, err := Fill(ctx, store, Stream(1), Step{Events: 2, Snapshot: 1}, Step{}, Step{Events: 1, Snapshot: 2}, Step{Events: 1})
	if err != nil {
		return err
	}
	return scansSnapshots(ctx, store, &h)
}

func scansSnapshots(ctx context.Context, store ScannedStore, h *History) error {
	got, err := scanned(ctx, store)
	if err != nil {
		return err
	}
	if err := sameCommits(got[h.Stream], h.Commits); err != nil {
		return err
	}
	for i, c := range got[h.Stream] {
		if want := h.Commits[i]; c.SnapshotSchema != want.SnapshotSchema || !bytes.Equal(c.Snapshot, want.Snapshot) {
			return fmt.Errorf("commit at version %d: snapshot %q of schema %d, want %q of schema %d",
				c.First, c.Snapshot, c.SnapshotSchema, want.Snapshot, want.SnapshotSchema)
		}
	}
	return nil
}

func scanNothing(ctx context.Context, store ScannedStore) error {
	order := ports.StreamID{Category: "order", ID: "1"}
	if _, err := Fill(ctx, store, order, Step{Events: 2}); err != nil {
		return err
	}
	got, err := scanned(ctx, store)
	if err != nil || len(got) > 0 {
		return fmt.Errorf("%d streams of a category without commits, error: %w", len(got), orNil(err))
	}
	return nil
}

func scansBesideWriters(ctx context.Context, store ScannedStore) error {
	return besideWriters(ctx, store, func(c *ports.Commit) error {
		streams, err := scanned(ctx, store)
		if err != nil {
			return err
		}
		for stream, commits := range streams {
			next := ports.Version(1)
			for _, commit := range commits {
				if commit.First != next {
					return fmt.Errorf("scanned version %d of %s, want %d", commit.First, stream, next)
				}
				next = commit.Last + 1
			}
			if stream == c.Stream && next <= c.Last {
				return fmt.Errorf("scanned up to version %d", next-1)
			}
		}
		return nil
	})
}

func scanStops(ctx context.Context, store ScannedStore) error {
	carts, err := fillMany(ctx, store)
	if err != nil {
		return err
	}
	for stop := 1; stop <= 4; stop++ {
		for range writers {
			yielded := 0
			store.Scan(ctx, "cart")(func(ports.Commit, error) bool {
				yielded++
				return yielded < stop
			})
			if yielded != stop {
				return fmt.Errorf("a consumer stopped at commit %d and got %d", stop, yielded)
			}
		}
	}
	_, err = soon("append after scans that were broken off", func() (ports.Head, error) {
		end := carts[0].End()
		return store.Append(ctx, end, Commit(end, "after", 1))
	})
	return err
}

// scanLetsAppendsThrough appends to a stream of another category after each scanned
// commit, which the scan does not see.
func scanLetsAppendsThrough(ctx context.Context, store ScannedStore) error {
	carts, err := fillMany(ctx, store)
	if err != nil {
		return err
	}
	head := ports.NewHead(ports.StreamID{Category: "order", ID: "within"}, 0, ports.Hash{}, time.Time{})
	want, got := 0, 0
	for _, h := range carts {
		want += len(h.Commits)
	}
	for _, err := range store.Scan(ctx, "cart") {
		if err != nil {
			return err
		}
		got++
		head, err = soon("append within a scan", func() (ports.Head, error) {
			return store.Append(ctx, head, Commit(head, "within", 1))
		})
		if err != nil {
			return err
		}
	}
	if got != want {
		return fmt.Errorf("%d commits scanned, want %d", got, want)
	}
	return nil
}

func scanGivesAway(ctx context.Context, store ScannedStore) error {
	h, err := Fill(ctx, store, Stream(1), Step{Events: 2, Snapshot: 1}, Step{Events: 3, Snapshot: 1})
	if err != nil {
		return err
	}
	for c, err := range store.Scan(ctx, "cart") {
		if err != nil {
			return err
		}
		scribble(&c)
	}
	return scansSnapshots(ctx, store, &h)
}

func scanEnded(ctx context.Context, store ScannedStore) error {
	if _, err := Fill(ctx, store, Stream(1), Step{Events: 2}); err != nil {
		return err
	}
	return honoursDeadContexts(ctx, []portCall{{"Scan", func(ctx context.Context) error {
		_, err := collect(store.Scan(ctx, "cart"))
		return err
	}}})
}
