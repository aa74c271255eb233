package porttest

import (
	"context"
	"errors"
	"fmt"

	"github.com/evercart/evercart/ports"
)

func ownershipChecks() []Check[ports.EventStore] {
	return []Check[ports.EventStore]{
		{"the store keeps no reference to a commit that it was given", keepsNoReference},
		{"what the store returns belongs to its caller", givesAway},
	}
}

// scribble overwrites all memory that c could share.
func scribble(c *ports.Commit) {
	for i := range c.Events {
		c.Events[i].Data, c.Events[i].Type = `{"scribbled":true}`, "Scribbled"
	}
	fillBytes(c.Snapshot)
}

func fillBytes(b []byte) {
	for i := range b {
		b[i] = '#'
	}
}

func keepsNoReference(ctx context.Context, store ports.EventStore) error {
	h, err := Fill(ctx, store, Stream(1))
	if err != nil {
		return err
	}
	head := h.End()
	for i := range 5 {
		c := WithSnapshot(Commit(head, fmt.Sprintf("command-%d", i), i+1), 1)
		h.Commits = append(h.Commits, c.Clone())
		head, err = store.Append(ctx, head, c)
		if err != nil {
			return err
		}
		scribble(&c)
		h.Heads = append(h.Heads, head)
	}
	return unscribbled(ctx, store, &h)
}

func givesAway(ctx context.Context, store ports.EventStore) error {
	h, err := Fill(ctx, store, Stream(1),
		Step{Events: 2, Snapshot: 1}, Step{Events: 3, Snapshot: 2}, Step{}, Step{Events: 5, Snapshot: 1}, Step{Events: 1})
	if err != nil {
		return err
	}
	for _, schema := range []int{0, 1, 2} {
		loaded, err := store.Load(ctx, h.Stream, schema)
		if err != nil {
			return err
		}
		past, err := store.LoadAt(ctx, h.Stream, 6, schema)
		if err != nil {
			return err
		}
		since, _, err := store.Since(ctx, h.Heads[0])
		if err != nil {
			return err
		}
		_, err = store.Append(ctx, h.Heads[0], Commit(h.Heads[0], "late", 1))
		var conflict *ports.ConflictError
		if !errors.As(err, &conflict) {
			return fmt.Errorf("%w, want a *ConflictError", orNil(err))
		}
		for _, c := range append(append(loaded.Commits, since...), conflict.Commit, ports.Commit{Events: past.Events}) {
			scribble(&c)
		}
		for _, s := range []*ports.Snapshot{loaded.Snapshot, past.Snapshot} {
			if s != nil {
				fillBytes(s.Data)
			}
		}
		if err := unscribbled(ctx, store, &h); err != nil {
			return err
		}
	}
	return nil
}

// unscribbled returns an error unless the stream and its snapshots are those of h.
func unscribbled(ctx context.Context, store ports.EventStore, h *History) error {
	if err := holds(ctx, store, h); err != nil {
		return err
	}
	for _, schema := range []int{1, 2} {
		if err := loadsAt(ctx, store, h, 6, schema); err != nil {
			return err
		}
		if err := loadsFrom(ctx, store, h, schema); err != nil {
			return err
		}
	}
	return nil
}
