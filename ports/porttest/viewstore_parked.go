package porttest

import (
	"context"
	"fmt"
	"slices"

	"github.com/evercart/evercart/ports"
)

func viewParkedChecks() []Check[ports.ViewStore] {
	return []Check[ports.ViewStore]{
		{"parked checkpoints come in the order of their streams' names", parkedAreOrdered},
		{"parked checkpoints are listed whole, and no others", parkedAreWhole},
		{"parked checkpoints come in pages", parkedArePaged},
		{"an unparked stream is listed no more", unparkedIsNotListed},
	}
}

func expectParked(ctx context.Context, s ports.ViewStore, of ports.Target, after string, limit int, want []ports.Checkpoint) error {
	got, err := s.Parked(ctx, of, after, limit)
	if err != nil {
		return fmt.Errorf("parked after %q: %w", after, err)
	}
	return sameText(fmt.Sprintf("parked of %s after %q, at most %d", of, after, limit), checkpointsText(got), checkpointsText(want))
}

// orderedStreams returns streams in the order of their names: '-' is less than
// the '/' between category and ID, digits are greater.
func orderedStreams() []ports.StreamID {
	return []ports.StreamID{
		{Category: "cart-x", ID: "a"},
		{Category: "cart", ID: "-"},
		{Category: "cart", ID: "10"},
		{Category: "cart", ID: "9"},
		{Category: "cart", ID: "A"},
		{Category: "cart", ID: "B"},
		{Category: "cart", ID: "a"},
		{Category: "cart", ID: "a-b"},
		{Category: "cart", ID: "b"},
		{Category: "cart0", ID: "a"},
		{Category: "z", ID: "a"},
	}
}

func checkpointsText(checkpoints []ports.Checkpoint) string {
	text := fmt.Sprintf("%d checkpoints", len(checkpoints))
	for _, c := range checkpoints {
		text += "\n\t" + checkpointText(c)
	}
	return text
}

// parkMany parks streams, given in the order of their names, and returns their
// checkpoints in that order. It writes them in another order.
func parkMany(ctx context.Context, s ports.ViewStore, to ports.Target, streams []ports.StreamID) ([]ports.Checkpoint, error) {
	changes := make([]ports.ViewChange, len(streams))
	stored := make([]ports.Checkpoint, len(streams))
	for i, stream := range streams {
		changes[i].Checkpoint = parkedAt(stream)
		stored[i] = parkedAt(stream)
		stored[i].Revision = 1
	}
	slices.Reverse(changes)
	return stored, applyAll(ctx, s, to, changes)
}

func parkedAreOrdered(ctx context.Context, s ports.ViewStore) error {
	want, err := parkMany(ctx, s, viewTarget, orderedStreams())
	if err != nil {
		return err
	}
	for after := range want {
		if err := expectParked(ctx, s, viewTarget, want[after].Stream.String(), 100, want[after+1:]); err != nil {
			return err
		}
	}
	return expectParked(ctx, s, viewTarget, "", 100, want)
}

func parkedAreWhole(ctx context.Context, s ports.ViewStore) error {
	if err := expectParked(ctx, s, viewTarget, "", 10, nil); err != nil {
		return err
	}
	failing := fullCheckpoint(viewStream(2))
	failing.Parked = nil
	err := applyAll(ctx, s, viewTarget, []ports.ViewChange{
		{Checkpoint: fullCheckpoint(viewStream(1))}, {Checkpoint: failing}, {Checkpoint: fullCheckpoint(viewStream(3))},
	})
	if err != nil {
		return err
	}
	other := ports.Target{Consumer: "carts", Generation: 2}
	if err := applyOne(ctx, s, other, ports.ViewChange{Checkpoint: parkedAt(viewStream(4))}); err != nil {
		return err
	}
	want := []ports.Checkpoint{fullCheckpoint(viewStream(1)), fullCheckpoint(viewStream(3))}
	want[0].Revision, want[1].Revision = 1, 1
	return expectParked(ctx, s, viewTarget, "", 10, want)
}

func parkedArePaged(ctx context.Context, s ports.ViewStore) error {
	streams := make([]ports.StreamID, 250)
	for i := range streams {
		streams[i] = viewStream(i)
	}
	want, err := parkMany(ctx, s, viewTarget, streams)
	if err != nil {
		return err
	}
	after := ""
	for page := range slices.Chunk(want, 40) {
		if err := expectParked(ctx, s, viewTarget, after, 40, page); err != nil {
			return err
		}
		after = page[len(page)-1].Stream.String()
	}
	if err := expectParked(ctx, s, viewTarget, after, 40, nil); err != nil {
		return err
	}
	return expectParked(ctx, s, viewTarget, viewStream(3).String()+"-not-there", 2, want[4:6])
}

func unparkedIsNotListed(ctx context.Context, s ports.ViewStore) error {
	want, err := parkMany(ctx, s, viewTarget, []ports.StreamID{viewStream(1), viewStream(2), viewStream(3)})
	if err != nil {
		return err
	}
	unparked := want[1]
	unparked.Parked = nil
	if err := applyOne(ctx, s, viewTarget, ports.ViewChange{Checkpoint: unparked}); err != nil {
		return err
	}
	if err := expectParked(ctx, s, viewTarget, "", 10, []ports.Checkpoint{want[0], want[2]}); err != nil {
		return err
	}
	again := want[1]
	again.Revision = 2
	if err := applyOne(ctx, s, viewTarget, ports.ViewChange{Checkpoint: again}); err != nil {
		return err
	}
	want[1].Revision = 3
	return expectParked(ctx, s, viewTarget, "", 10, want)
}
