package porttest

import (
	"context"
	"fmt"
	"iter"
	"math"

	"github.com/evercart/evercart/ports"
)

func readChecks() []Check[ports.EventStore] {
	return []Check[ports.EventStore]{
		{"a read yields every range in order, trimming the commits that span its ends", readEveryRange},
		{"a read of a stream without events yields nothing", readNothing},
		{"a read begins when it is ranged over, each time anew", readBeginsLate},
		{"a read stops when its consumer does, and holds nothing", readStops},
		{"a read lets appends through while it goes on", readLetsAppendsThrough},
	}
}

// collect returns what seq yields, up to its error.
func collect[T any](seq iter.Seq2[T, error]) ([]T, error) {
	var out []T
	for item, err := range seq {
		if err != nil {
			return out, err
		}
		out = append(out, item)
	}
	return out, nil
}

func readEveryRange(ctx context.Context, store ports.EventStore) error {
	histories := [][]Step{mixed(), {{Events: 5}}, {{Events: 4}, {}}, {{}, {Events: 3}}, {{Events: 2}, {Events: 2}}}
	for n, steps := range histories {
		h, err := Fill(ctx, store, Stream(n), steps...)
		if err != nil {
			return err
		}
		end := h.End().Version()
		for a := ports.Version(1); a <= end+2; a++ {
			for b := a - 1; b <= end+2; b++ {
				if err := readsRange(ctx, store, &h, a, b); err != nil {
					return err
				}
			}
			if err := readsRange(ctx, store, &h, a, math.MaxInt64); err != nil {
				return err
			}
		}
	}
	return nil
}

func readsRange(ctx context.Context, store ports.EventStore, h *History, a, b ports.Version) error {
	events, err := collect(store.Read(ctx, h.Stream, a, b))
	if err != nil {
		return err
	}
	if err := samePublished(events, h.Published(a, b)); err != nil {
		return fmt.Errorf("read from version %d to %d of %d: %w", a, b, h.End().Version(), err)
	}
	return nil
}

func readNothing(ctx context.Context, store ports.EventStore) error {
	if _, err := Fill(ctx, store, Stream(1), Step{Events: 2}); err != nil {
		return err
	}
	empty, err := Fill(ctx, store, Stream(2))
	if err != nil {
		return err
	}
	return readsRange(ctx, store, &empty, 1, math.MaxInt64)
}

func readBeginsLate(ctx context.Context, store ports.EventStore) error {
	h, err := Fill(ctx, store, Stream(1), Step{Events: 2})
	if err != nil {
		return err
	}
	seq := store.Read(ctx, h.Stream, 1, math.MaxInt64)
	for i := range 2 {
		events, err := collect(seq)
		if err != nil {
			return err
		}
		if err := samePublished(events, h.Published(1, math.MaxInt64)); err != nil {
			return fmt.Errorf("ranged over for the %d. time: %w", i+1, err)
		}
		c := Commit(h.End(), "later", 3)
		end, err := store.Append(ctx, h.End(), c.Clone())
		if err != nil {
			return err
		}
		h.Commits, h.Heads = append(h.Commits, c), append(h.Heads, end)
	}
	return nil
}

func readStops(ctx context.Context, store ports.EventStore) error {
	h, err := Fill(ctx, store, Stream(1), mixed()...)
	if err != nil {
		return err
	}
	for stop := 1; stop <= 4; stop++ {
		for range writers {
			yielded := 0
			store.Read(ctx, h.Stream, 2, 9)(func(ports.Published, error) bool {
				yielded++
				return yielded < stop
			})
			if yielded != stop {
				return fmt.Errorf("a consumer stopped at event %d and got %d", stop, yielded)
			}
		}
	}
	_, err = soon("append after reads that were broken off", func() (ports.Head, error) {
		return store.Append(ctx, h.End(), Commit(h.End(), "after", 1))
	})
	return err
}

func readLetsAppendsThrough(ctx context.Context, store ports.EventStore) error {
	h, err := Fill(ctx, store, Stream(1), mixed()...)
	if err != nil {
		return err
	}
	head := h.End()
	var events []ports.Published
	for e, err := range store.Read(ctx, h.Stream, 1, head.Version()) {
		if err != nil {
			return err
		}
		events = append(events, e)
		head, err = soon("append within a read", func() (ports.Head, error) {
			return store.Append(ctx, head, Commit(head, "within", 1))
		})
		if err != nil {
			return err
		}
	}
	return samePublished(events, h.Published(1, math.MaxInt64))
}
