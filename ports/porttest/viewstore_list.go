package porttest

import (
	"context"
	"fmt"
	"slices"

	"github.com/evercart/evercart/ports"
)

func viewListChecks() []Check[ports.ViewStore] {
	return []Check[ports.ViewStore]{
		{"checkpoints are listed in the order of their streams' names", listedAreOrdered},
		{"checkpoints are listed whole, parked or not, of one target", listedAreWhole},
		{"listed checkpoints come in pages", listedArePaged},
	}
}

func expectListed(ctx context.Context, s ports.ViewStore, of ports.Target, after string, limit int, want []ports.Checkpoint) error {
	got, err := s.ListCheckpoints(ctx, of, after, limit)
	if err != nil {
		return fmt.Errorf("list checkpoints after %q: %w", after, err)
	}
	return sameText(fmt.Sprintf("checkpoints of %s after %q, at most %d", of, after, limit), checkpointsText(got), checkpointsText(want))
}

// storeMany stores a checkpoint of each stream, the last first, and returns them
// as they are then, in the order of streams.
func storeMany(ctx context.Context, s ports.ViewStore, to ports.Target, streams []ports.StreamID) ([]ports.Checkpoint, error) {
	changes := make([]ports.ViewChange, len(streams))
	stored := make([]ports.Checkpoint, len(streams))
	for i, stream := range streams {
		stored[i] = ports.Checkpoint{Stream: stream, Version: ports.Version(i), EventID: "e"}
		changes[i].Checkpoint = stored[i]
		stored[i].Revision = 1
	}
	slices.Reverse(changes)
	return stored, applyAll(ctx, s, to, changes)
}

func listedAreOrdered(ctx context.Context, s ports.ViewStore) error {
	want, err := storeMany(ctx, s, viewTarget, orderedStreams())
	if err != nil {
		return err
	}
	for after := range want {
		if err := expectListed(ctx, s, viewTarget, want[after].Stream.String(), 100, want[after+1:]); err != nil {
			return err
		}
	}
	return expectListed(ctx, s, viewTarget, "", 100, want)
}

func listedAreWhole(ctx context.Context, s ports.ViewStore) error {
	if err := expectListed(ctx, s, viewTarget, "", 10, nil); err != nil {
		return err
	}
	want := []ports.Checkpoint{fullCheckpoint(viewStream(1)), fullCheckpoint(viewStream(2)), {Stream: viewStream(3)}}
	want[1].Parked = nil
	for i := range want {
		if err := applyOne(ctx, s, viewTarget, ports.ViewChange{Checkpoint: want[i]}); err != nil {
			return err
		}
		want[i].Revision = 1
	}
	other := ports.Target{Consumer: "carts", Generation: 2}
	if _, err := storeMany(ctx, s, other, []ports.StreamID{viewStream(2), viewStream(4)}); err != nil {
		return err
	}
	return expectListed(ctx, s, viewTarget, "", 10, want)
}

func listedArePaged(ctx context.Context, s ports.ViewStore) error {
	streams := make([]ports.StreamID, 250)
	for i := range streams {
		streams[i] = viewStream(i)
	}
	want, err := storeMany(ctx, s, viewTarget, streams)
	if err != nil {
		return err
	}
	after := ""
	for page := range slices.Chunk(want, 40) {
		if err := expectListed(ctx, s, viewTarget, after, 40, page); err != nil {
			return err
		}
		after = page[len(page)-1].Stream.String()
	}
	if err := expectListed(ctx, s, viewTarget, after, 40, nil); err != nil {
		return err
	}
	return expectListed(ctx, s, viewTarget, viewStream(3).String()+"-not-there", 2, want[4:6])
}
