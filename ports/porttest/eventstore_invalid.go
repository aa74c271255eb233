package porttest

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/evercart/evercart/ports"
)

func invalidChecks() []Check[ports.EventStore] {
	return []Check[ports.EventStore]{
		{"a commit that breaks a rule is an *InvalidCommitError and stores nothing", brokenCommit},
		{"a commit with a gap or an overlap to its head is an *InvalidCommitError", gap},
		{"a commit of another stream than its head's is an *InvalidCommitError", foreignHead},
		{"a stream without a name is refused by every call", namelessStream},
	}
}

func brokenCommit(ctx context.Context, store ports.EventStore) error {
	h, err := Fill(ctx, store, Stream(1), Step{Events: 2})
	if err != nil {
		return err
	}
	faults := map[string]func(c *ports.Commit){
		"no events":                     func(c *ports.Commit) { c.Events, c.Last = nil, c.First-1 },
		"one event too few":             func(c *ports.Commit) { c.Events = c.Events[:2] },
		"a swapped pair":                func(c *ports.Commit) { slices.Reverse(c.Events[:2]) },
		"an event of another stream":    func(c *ports.Commit) { c.Events[1].Stream = Stream(2) },
		"an event of another command":   func(c *ports.Commit) { c.Events[1].CommandID = "other" },
		"an event without an ID":        func(c *ports.Commit) { c.Events[1].ID = "" },
		"an event without a type":       func(c *ports.Commit) { c.Events[1].Type = "" },
		"an event of schema 0":          func(c *ports.Commit) { c.Events[1].Schema = 0 },
		"a snapshot without schema":     func(c *ports.Commit) { c.Snapshot = []byte("state") },
		"a schema without snapshot":     func(c *ports.Commit) { c.SnapshotSchema = 1 },
		"no hash though three events":   func(c *ports.Commit) { c.Hash = ports.Hash{} },
		"a category in upper case":      func(c *ports.Commit) { c.Stream.Category = "Cart" },
		"a stream ID that holds spaces": func(c *ports.Commit) { c.Stream.ID = "a b" },
	}
	for name, breakIt := range faults {
		c := Commit(h.End(), "broken", 3)
		breakIt(&c)
		if _, err := store.Append(ctx, h.End(), c); !isInvalid(err) {
			return fmt.Errorf("a commit with %s: %w, want an *InvalidCommitError", name, orNil(err))
		}
	}
	return holds(ctx, store, &h)
}

func gap(ctx context.Context, store ports.EventStore) error {
	h, err := Fill(ctx, store, Stream(1), Step{Events: 2}, Step{Events: 3})
	if err != nil {
		return err
	}
	for built := range h.Heads {
		for given := range h.Heads {
			if built == given {
				continue
			}
			c := Commit(h.Heads[built], "misplaced", 1)
			if _, err := store.Append(ctx, h.Heads[given], c); !isInvalid(err) {
				return fmt.Errorf("version %d after head version %d: %w, want an *InvalidCommitError",
					c.First, h.Heads[given].Version(), orNil(err))
			}
		}
	}
	return holds(ctx, store, &h)
}

func foreignHead(ctx context.Context, store ports.EventStore) error {
	ours, err := Fill(ctx, store, Stream(1), Step{Events: 2})
	if err != nil {
		return err
	}
	theirs, err := Fill(ctx, store, Stream(2), Step{Events: 2})
	if err != nil {
		return err
	}
	for _, head := range []ports.Head{theirs.End(), {}} {
		if _, err := store.Append(ctx, head, Commit(ours.End(), "foreign", 1)); !isInvalid(err) {
			return fmt.Errorf("a commit of %s after the head of %s: %w, want an *InvalidCommitError",
				ours.Stream, head.Stream(), orNil(err))
		}
	}
	if err := holds(ctx, store, &ours); err != nil {
		return err
	}
	return holds(ctx, store, &theirs)
}

func namelessStream(ctx context.Context, store ports.EventStore) error {
	for _, call := range everyRead(store, ports.Head{}) {
		switch err := call.run(ctx); {
		case err == nil:
			return fmt.Errorf("%s of a stream without a name: no error", call.method)
		case errors.Is(err, ports.ErrUnavailable):
			return fmt.Errorf("%s of a stream without a name: %w, want an error that does not pass", call.method, err)
		}
	}
	return nil
}

// everyRead returns each reading call on head's stream.
func everyRead(store ports.EventStore, head ports.Head) []portCall {
	stream := head.Stream()
	return []portCall{
		{"Load", func(ctx context.Context) error { _, err := store.Load(ctx, stream, 1); return err }},
		{"LoadAt", func(ctx context.Context) error { _, err := store.LoadAt(ctx, stream, 1, 1); return err }},
		{"Since", func(ctx context.Context) error { _, _, err := store.Since(ctx, head); return err }},
		{"Read", func(ctx context.Context) error { _, err := collect(store.Read(ctx, stream, 1, 1)); return err }},
	}
}

func isInvalid(err error) bool {
	var invalid *ports.InvalidCommitError
	return errors.As(err, &invalid)
}
