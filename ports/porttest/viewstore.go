package porttest

import (
	"context"
	"slices"

	"github.com/evercart/evercart/ports"
)

// ViewStore returns the promises of ports.ViewStore.
func ViewStore() []Check[ports.ViewStore] {
	return slices.Concat(
		viewCheckpointChecks(), viewApplyChecks(), viewRaceChecks(), viewRowChecks(),
		viewQueryChecks(), viewParkedChecks(), viewListChecks(), viewDropChecks(), viewOwnershipChecks(),
	)
}

func viewOwnershipChecks() []Check[ports.ViewStore] {
	return []Check[ports.ViewStore]{
		{"the store keeps no reference to what apply was given", keepsNoReferenceToChanges},
		{"the caller owns what reads return", givesAwayWhatReadsReturn},
		{"a dead context ends every call of a view store", viewStoreHonoursDeadContexts},
	}
}

func keepsNoReferenceToChanges(ctx context.Context, s ports.ViewStore) error {
	given := fullCheckpoint(viewStream(1))
	change := ports.ViewChange{Checkpoint: given, Put: []ports.Row{row("p", "s", "kept")}}
	if err := applyOne(ctx, s, viewTarget, change); err != nil {
		return err
	}
	given.State[0], given.Parked.Reason, change.Put[0].Value[0] = 'X', "changed", 'X'
	change.Put[0] = row("p", "other", "other")
	want := fullCheckpoint(viewStream(1))
	want.Revision = 1
	if err := expectCheckpoint(ctx, s, viewTarget, want); err != nil {
		return err
	}
	return expectRows(ctx, s, viewTarget, ports.RowQuery{Partition: "p"}, row("p", "s", "kept"))
}

func givesAwayWhatReadsReturn(ctx context.Context, s ports.ViewStore) error {
	change := ports.ViewChange{Checkpoint: fullCheckpoint(viewStream(1)), Put: []ports.Row{row("p", "s", "kept")}}
	if err := applyOne(ctx, s, viewTarget, change); err != nil {
		return err
	}
	want := fullCheckpoint(viewStream(1))
	want.Revision = 1
	checkpoints, err := s.Checkpoints(ctx, viewTarget, []ports.StreamID{want.Stream})
	if err != nil {
		return err
	}
	parked, err := s.Parked(ctx, viewTarget, "", 1)
	if err != nil {
		return err
	}
	listed, err := s.ListCheckpoints(ctx, viewTarget, "", 1)
	if err != nil {
		return err
	}
	for _, c := range slices.Concat(checkpoints, parked, listed) {
		c.State[0], c.Parked.Reason = 'X', "changed"
	}
	queried, err := s.Query(ctx, viewTarget, ports.RowQuery{Partition: "p", Limit: 1})
	if err != nil {
		return err
	}
	fetched, err := s.Rows(ctx, viewTarget, []ports.RowKey{rowKey("p", "s")})
	if err != nil {
		return err
	}
	for _, r := range slices.Concat(queried, fetched) {
		r.Value[0] = 'X'
	}
	if err := expectCheckpoint(ctx, s, viewTarget, want); err != nil {
		return err
	}
	return expectRows(ctx, s, viewTarget, ports.RowQuery{Partition: "p"}, row("p", "s", "kept"))
}

func viewStoreHonoursDeadContexts(ctx context.Context, s ports.ViewStore) error {
	streams := []ports.StreamID{viewStream(1)}
	if err := applyOne(ctx, s, viewTarget, ports.ViewChange{Checkpoint: parkedAt(streams[0])}); err != nil {
		return err
	}
	return honoursDeadContexts(ctx, []portCall{
		{"Checkpoints", func(ctx context.Context) error { _, err := s.Checkpoints(ctx, viewTarget, streams); return err }},
		{"Apply", func(ctx context.Context) error {
			return applyOne(ctx, s, viewTarget, ports.ViewChange{Checkpoint: ports.Checkpoint{Stream: viewStream(2)}})
		}},
		{"Query", func(ctx context.Context) error {
			_, err := s.Query(ctx, viewTarget, ports.RowQuery{Partition: "p", Limit: 1})
			return err
		}},
		{"Rows", func(ctx context.Context) error {
			_, err := s.Rows(ctx, viewTarget, []ports.RowKey{rowKey("p", "s")})
			return err
		}},
		{"Parked", func(ctx context.Context) error { _, err := s.Parked(ctx, viewTarget, "", 1); return err }},
		{"ListCheckpoints", func(ctx context.Context) error {
			_, err := s.ListCheckpoints(ctx, viewTarget, "", 1)
			return err
		}},
		{"Drop", func(ctx context.Context) error { return s.Drop(ctx, viewTarget) }},
	})
}
