package porttest

import (
	"context"
	"fmt"

	"github.com/evercart/evercart/ports"
)

func viewDropChecks() []Check[ports.ViewStore] {
	return []Check[ports.ViewStore]{
		{"drop deletes all rows and checkpoints of its target", dropDeletesTarget},
		{"drop leaves other targets alone", dropLeavesOthers},
		{"drop may be called again, and for a target that never was", dropTwice},
	}
}

// build writes 250 rows and, under a stream of its own, a parked checkpoint.
func build(ctx context.Context, s ports.ViewStore, to ports.Target) error {
	if err := fill(ctx, s, to, viewStream(1), numberedRows(250)); err != nil {
		return err
	}
	return applyOne(ctx, s, to, ports.ViewChange{Checkpoint: parkedAt(viewStream(2))})
}

// expectBuilt returns an error unless target has what build wrote.
func expectBuilt(ctx context.Context, s ports.ViewStore, of ports.Target) error {
	parked := parkedAt(viewStream(2))
	parked.Revision = 1
	if err := expectParked(ctx, s, of, "", 10, []ports.Checkpoint{parked}); err != nil {
		return err
	}
	return expectRows(ctx, s, of, ports.RowQuery{Partition: "p"}, numberedRows(250)...)
}

// expectNothing returns an error unless target has nothing that build wrote.
func expectNothing(ctx context.Context, s ports.ViewStore, of ports.Target) error {
	for _, n := range []int{1, 2} {
		if err := expectCheckpoint(ctx, s, of, ports.Checkpoint{Stream: viewStream(n)}); err != nil {
			return err
		}
	}
	if err := expectParked(ctx, s, of, "", 10, nil); err != nil {
		return err
	}
	if err := expectListed(ctx, s, of, "", 10, nil); err != nil {
		return err
	}
	if err := expectFetched(ctx, s, of, keysOf(numberedRows(250)), nil); err != nil {
		return err
	}
	return expectRows(ctx, s, of, ports.RowQuery{Partition: "p"})
}

func dropDeletesTarget(ctx context.Context, s ports.ViewStore) error {
	if err := build(ctx, s, viewTarget); err != nil {
		return err
	}
	if err := s.Drop(ctx, viewTarget); err != nil {
		return fmt.Errorf("drop: %w", err)
	}
	if err := expectNothing(ctx, s, viewTarget); err != nil {
		return err
	}
	if err := build(ctx, s, viewTarget); err != nil {
		return fmt.Errorf("build anew: %w", err)
	}
	return expectBuilt(ctx, s, viewTarget)
}

func dropLeavesOthers(ctx context.Context, s ports.ViewStore) error {
	others := []ports.Target{{Consumer: "carts", Generation: 2}, {Consumer: "carts", Generation: 11}, {Consumer: "carts-1", Generation: 1}, {Consumer: "related", Generation: 1}}
	for _, to := range append(others, viewTarget) {
		if err := build(ctx, s, to); err != nil {
			return err
		}
	}
	if err := s.Drop(ctx, viewTarget); err != nil {
		return fmt.Errorf("drop: %w", err)
	}
	for _, of := range others {
		if err := expectBuilt(ctx, s, of); err != nil {
			return err
		}
	}
	return nil
}

func dropTwice(ctx context.Context, s ports.ViewStore) error {
	if err := s.Drop(ctx, viewTarget); err != nil {
		return fmt.Errorf("drop of a target that never was: %w", err)
	}
	if err := build(ctx, s, viewTarget); err != nil {
		return err
	}
	for range 2 {
		if err := s.Drop(ctx, viewTarget); err != nil {
			return fmt.Errorf("drop: %w", err)
		}
		if err := expectNothing(ctx, s, viewTarget); err != nil {
			return err
		}
	}
	return nil
}
