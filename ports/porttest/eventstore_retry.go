package porttest

import (
	"context"
	"fmt"

	"github.com/evercart/evercart/ports"
)

func retryChecks() []Check[ports.EventStore] {
	return []Check[ports.EventStore]{
		{"a commit appended again after a lost answer succeeds with the same end", retrySucceeds},
		{"a commit appended again succeeds when others followed it", retryAfterOthers},
		{"another command's commit is a conflict, whatever its events", otherCommand},
		{"the same command's commit of other events is a conflict", otherEvents},
	}
}

func retrySucceeds(ctx context.Context, store ports.EventStore) error {
	for n := range 6 {
		h, err := Fill(ctx, store, Stream(n), Step{Events: 2}, Step{Events: n})
		if err != nil {
			return err
		}
		end, err := store.Append(ctx, h.Heads[1], h.Commits[1].Clone())
		if err != nil {
			return fmt.Errorf("the same commit of %d events again: %w", n, err)
		}
		if err := sameHead(end, h.End()); err != nil {
			return err
		}
		if err := holds(ctx, store, &h); err != nil {
			return err
		}
	}
	return nil
}

func retryAfterOthers(ctx context.Context, store ports.EventStore) error {
	h, err := Fill(ctx, store, Stream(1), mixed()...)
	if err != nil {
		return err
	}
	for i := range h.Commits {
		end, err := store.Append(ctx, h.Heads[i], h.Commits[i].Clone())
		if err != nil {
			return fmt.Errorf("the commit at version %d again: %w", h.Commits[i].First, err)
		}
		if err := sameHead(end, ports.HeadOf(&h.Commits[i])); err != nil {
			return err
		}
	}
	return holds(ctx, store, &h)
}

func otherCommand(ctx context.Context, store ports.EventStore) error {
	h, err := Fill(ctx, store, Stream(1), Step{Events: 2})
	if err != nil {
		return err
	}
	other := h.Commits[0].Clone()
	other.CommandID = "another"
	for i := range other.Events {
		other.Events[i].CommandID = "another"
	}
	_, err = store.Append(ctx, h.Heads[0], other)
	if err := isConflict(err, &h.Commits[0]); err != nil {
		return err
	}
	return holds(ctx, store, &h)
}

func otherEvents(ctx context.Context, store ports.EventStore) error {
	h, err := Fill(ctx, store, Stream(1), Step{Events: 3})
	if err != nil {
		return err
	}
	stored := h.Commits[0]
	lastDiffers := stored.Clone()
	lastDiffers.Events[2].ID = sampleUUID("another")
	for _, other := range []ports.Commit{
		lastDiffers,
		Commit(h.Heads[0], stored.CommandID, 2),
		Commit(h.Heads[0], stored.CommandID, 4),
	} {
		_, err = store.Append(ctx, h.Heads[0], other)
		if err := isConflict(err, &stored); err != nil {
			return fmt.Errorf("the same command with %d events: %w", len(other.Events), err)
		}
	}
	return holds(ctx, store, &h)
}
