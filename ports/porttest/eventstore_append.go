package porttest

import (
	"context"
	"errors"
	"fmt"

	"github.com/evercart/evercart/ports"
)

func appendChecks() []Check[ports.EventStore] {
	return []Check[ports.EventStore]{
		{"an append stores the whole commit and returns its end", appendStoresAll},
		{"a stream grows by commits of every size and form", streamGrows},
		{"streams of like names are apart", streamsAreApart},
	}
}

func conflictChecks() []Check[ports.EventStore] {
	return []Check[ports.EventStore]{
		{"an append at a stale head meets the commit that starts there, and stores nothing", staleHead},
		{"the loser of a conflict goes on from its head", conflictGoesOn},
	}
}

func appendStoresAll(ctx context.Context, store ports.EventStore) error {
	for n := range 6 {
		h, err := Fill(ctx, store, Stream(n), Step{Events: n})
		if err != nil {
			return err
		}
		if err := sameHead(h.End(), ports.HeadOf(&h.Commits[0])); err != nil {
			return fmt.Errorf("append of %d events: %w", n, err)
		}
		if err := holds(ctx, store, &h); err != nil {
			return err
		}
	}
	return nil
}

func streamGrows(ctx context.Context, store ports.EventStore) error {
	h, err := Fill(ctx, store, Stream(1), mixed()...)
	if err != nil {
		return err
	}
	for i := range h.Commits {
		if err := sameHead(h.Heads[i+1], ports.HeadOf(&h.Commits[i])); err != nil {
			return err
		}
	}
	return holds(ctx, store, &h)
}

func streamsAreApart(ctx context.Context, store ports.EventStore) error {
	id := Stream(1).ID
	streams := []ports.StreamID{
		{Category: "cart", ID: id},
		{Category: "order", ID: id},
		{Category: "cart", ID: id + "0"},
		{Category: "cart", ID: "a"},
		{Category: "cart", ID: "A"},
		{Category: "cart", ID: "ta"},
		{Category: "car", ID: "ta"},
		{Category: "cart", ID: "a-b"},
		{Category: "cart-a", ID: "b"},
		{Category: "cart", ID: "a_b"},
		{Category: "cart", ID: "a.b"},
		{Category: "cart", ID: "1"},
		{Category: "cart", ID: "01"},
		{Category: "cart", ID: "1.0"},
	}
	var histories []History
	for i, stream := range streams {
		h, err := Fill(ctx, store, stream, Step{Events: i%5 + 1}, Step{})
		if err != nil {
			return err
		}
		histories = append(histories, h)
	}
	for i := range histories {
		if err := holds(ctx, store, &histories[i]); err != nil {
			return err
		}
	}
	return nil
}

func staleHead(ctx context.Context, store ports.EventStore) error {
	h, err := Fill(ctx, store, Stream(1), mixed()...)
	if err != nil {
		return err
	}
	for i, inTheWay := range h.Commits {
		for n := range 6 {
			late := Step{Events: n}.after(h.Heads[i], "late")
			late.Events[0].ID = sampleUUID("late", i, n) // an older form has no command that tells it apart
			_, err := store.Append(ctx, h.Heads[i], late)
			if err := isConflict(err, &inTheWay); err != nil {
				return fmt.Errorf("append of %d events after version %d: %w", n, h.Heads[i].Version(), err)
			}
		}
	}
	return holds(ctx, store, &h)
}

func conflictGoesOn(ctx context.Context, store ports.EventStore) error {
	h, err := Fill(ctx, store, Stream(1), mixed()...)
	if err != nil {
		return err
	}
	head := h.Heads[0]
	for range h.Commits {
		var conflict *ports.ConflictError
		if _, err := store.Append(ctx, head, Commit(head, "late", 2)); !errors.As(err, &conflict) {
			return fmt.Errorf("append after version %d: %w, want a *ConflictError", head.Version(), orNil(err))
		}
		head = conflict.Head
	}
	late := Commit(head, "late", 2)
	end, err := store.Append(ctx, head, late)
	if err != nil {
		return err
	}
	h.Commits, h.Heads = append(h.Commits, late), append(h.Heads, end)
	return holds(ctx, store, &h)
}

// isConflict returns an error unless err is a *ConflictError that carries inTheWay.
func isConflict(err error, inTheWay *ports.Commit) error {
	var conflict *ports.ConflictError
	if !errors.As(err, &conflict) {
		return fmt.Errorf("%w, want a *ConflictError", orNil(err))
	}
	if conflict.Stream != inTheWay.Stream || conflict.Wanted != inTheWay.First {
		return fmt.Errorf("the conflict is at version %d of %s, want %d of %s",
			conflict.Wanted, conflict.Stream, inTheWay.First, inTheWay.Stream)
	}
	if err := sameCommit(&conflict.Commit, inTheWay); err != nil {
		return fmt.Errorf("the conflict carries: %w", err)
	}
	return sameHead(conflict.Head, ports.HeadOf(inTheWay))
}

var errNone = errors.New("no error")

// orNil returns err, or an error that says that there was none.
func orNil(err error) error {
	if err == nil {
		return errNone
	}
	return err
}
