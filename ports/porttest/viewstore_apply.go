package porttest

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/evercart/evercart/ports"
)

// largestRowsPerChange is the greatest bound that the suite can go beyond.
const largestRowsPerChange = 100_000

func viewApplyChecks() []Check[ports.ViewStore] {
	return []Check[ports.ViewStore]{
		{"a change over another revision than the stored one is refused and changes nothing", movedCheckpointChangesNothing},
		{"a refused change leaves the others of its call alone", refusedChangeStandsAlone},
		{"more rows than one change takes are refused and change nothing", tooManyRowsChangeNothing},
		{"a change takes as many rows as the store says", fullChangeIsTaken},
		{"one call carries out hundreds of changes", manyChangesInOneCall},
		{"no changes give no errors", noChangesNoErrors},
	}
}

func movedCheckpointChangesNothing(ctx context.Context, s ports.ViewStore) error {
	stream, absent := viewStream(1), viewStream(2)
	kept := row("p", "kept", "kept")
	for revision := range int64(2) {
		stored := ports.Checkpoint{Stream: stream, Revision: revision, Version: 5, EventID: "e5"}
		if err := applyOne(ctx, s, viewTarget, ports.ViewChange{Checkpoint: stored, Put: []ports.Row{kept}}); err != nil {
			return err
		}
	}
	for _, late := range []ports.Checkpoint{
		{Stream: stream, Revision: 0}, {Stream: stream, Revision: 1}, {Stream: stream, Revision: 3}, {Stream: absent, Revision: 1},
	} {
		late.Version, late.EventID = 6, "e6"
		change := ports.ViewChange{
			Checkpoint: late,
			Put:        []ports.Row{row("p", "late", "late")}, Delete: []ports.RowKey{kept.RowKey},
		}
		if err := applyOne(ctx, s, viewTarget, change); !errors.Is(err, ports.ErrCheckpointMoved) {
			return fmt.Errorf("%s at revision %d: got %v, want ErrCheckpointMoved", late.Stream, late.Revision, err)
		}
		if err := expectRows(ctx, s, viewTarget, ports.RowQuery{Partition: "p"}, kept); err != nil {
			return err
		}
	}
	if err := expectCheckpoint(ctx, s, viewTarget, ports.Checkpoint{Stream: absent}); err != nil {
		return err
	}
	return expectCheckpoint(ctx, s, viewTarget, ports.Checkpoint{Stream: stream, Revision: 2, Version: 5, EventID: "e5"})
}

func refusedChangeStandsAlone(ctx context.Context, s ports.ViewStore) error {
	if err := applyOne(ctx, s, viewTarget, ports.ViewChange{Checkpoint: ports.Checkpoint{Stream: viewStream(1)}}); err != nil {
		return err
	}
	changes := make([]ports.ViewChange, 3)
	for i := range changes {
		changes[i] = ports.ViewChange{
			Checkpoint: ports.Checkpoint{Stream: viewStream(i), Version: 1},
			Put:        []ports.Row{row("p", strconv.Itoa(i), "")},
		}
	}
	errs := s.Apply(ctx, viewTarget, changes)
	if len(errs) != 3 || errs[0] != nil || !errors.Is(errs[1], ports.ErrCheckpointMoved) || errs[2] != nil {
		return fmt.Errorf("apply: got errors %v, want ErrCheckpointMoved at index 1 alone", errs)
	}
	if err := expectCheckpoint(ctx, s, viewTarget, ports.Checkpoint{Stream: viewStream(1), Revision: 1}); err != nil {
		return err
	}
	return expectRows(ctx, s, viewTarget, ports.RowQuery{Partition: "p"}, row("p", "0", ""), row("p", "2", ""))
}

func numberedRows(n int) []ports.Row {
	rows := make([]ports.Row, n)
	for i := range rows {
		rows[i] = row("p", fmt.Sprintf("%06d", i), "")
	}
	return rows
}

func tooManyRowsChangeNothing(ctx context.Context, s ports.ViewStore) error {
	limit := s.RowsPerChange()
	if limit < 1 || limit > largestRowsPerChange {
		return fmt.Errorf("RowsPerChange is %d, want 1 to %d", limit, largestRowsPerChange)
	}
	rows := numberedRows(limit + 1)
	for _, change := range []ports.ViewChange{
		{Put: rows},
		{Put: rows[:limit], Delete: []ports.RowKey{rows[limit].RowKey}},
	} {
		change.Checkpoint.Stream = viewStream(1)
		errs := s.Apply(ctx, viewTarget, []ports.ViewChange{change, {Checkpoint: ports.Checkpoint{Stream: viewStream(2)}}})
		var tooLarge *ports.TooLargeError
		if len(errs) != 2 || !errors.As(errs[0], &tooLarge) {
			return fmt.Errorf("apply %d rows of at most %d: got errors %v, want a *TooLargeError at index 0", limit+1, limit, errs)
		}
		if errs[1] != nil && !errors.Is(errs[1], ports.ErrCheckpointMoved) {
			return fmt.Errorf("apply: the change beside the one too large: %w", errs[1])
		}
	}
	if err := expectRows(ctx, s, viewTarget, ports.RowQuery{Partition: "p"}); err != nil {
		return err
	}
	if err := expectCheckpoint(ctx, s, viewTarget, ports.Checkpoint{Stream: viewStream(1)}); err != nil {
		return err
	}
	return expectCheckpoint(ctx, s, viewTarget, ports.Checkpoint{Stream: viewStream(2), Revision: 1})
}

func fullChangeIsTaken(ctx context.Context, s ports.ViewStore) error {
	rows := numberedRows(s.RowsPerChange())
	change := ports.ViewChange{Checkpoint: ports.Checkpoint{Stream: viewStream(1)}, Put: rows}
	if err := applyOne(ctx, s, viewTarget, change); err != nil {
		return fmt.Errorf("put %d rows: %w", len(rows), err)
	}
	if err := expectRows(ctx, s, viewTarget, ports.RowQuery{Partition: "p"}, rows...); err != nil {
		return err
	}
	half := len(rows) / 2
	change.Checkpoint.Revision, change.Put = 1, rows[:half]
	for _, r := range rows[half:] {
		change.Delete = append(change.Delete, r.RowKey)
	}
	if err := applyOne(ctx, s, viewTarget, change); err != nil {
		return fmt.Errorf("put %d rows and delete %d: %w", half, len(rows)-half, err)
	}
	return expectRows(ctx, s, viewTarget, ports.RowQuery{Partition: "p"}, rows[:half]...)
}

func manyChangesInOneCall(ctx context.Context, s ports.ViewStore) error {
	rows := numberedRows(300)
	changes := make([]ports.ViewChange, len(rows))
	for i := range changes {
		changes[i] = ports.ViewChange{Checkpoint: ports.Checkpoint{Stream: viewStream(i), Version: ports.Version(i)}, Put: rows[i : i+1]}
	}
	if err := applyAll(ctx, s, viewTarget, changes); err != nil {
		return err
	}
	for i := range changes {
		if err := expectCheckpoint(ctx, s, viewTarget, ports.Checkpoint{Stream: viewStream(i), Version: ports.Version(i), Revision: 1}); err != nil {
			return err
		}
	}
	return expectRows(ctx, s, viewTarget, ports.RowQuery{Partition: "p"}, rows...)
}

func noChangesNoErrors(ctx context.Context, s ports.ViewStore) error {
	if errs := s.Apply(ctx, viewTarget, nil); len(errs) != 0 {
		return fmt.Errorf("apply of no changes: got %v", errs)
	}
	return nil
}
