package porttest

import (
	"context"
	"fmt"
	"time"

	"github.com/evercart/evercart/ports"
)

func viewCheckpointChecks() []Check[ports.ViewStore] {
	return []Check[ports.ViewStore]{
		{"a stream without a checkpoint has one of revision 0", absentCheckpointIsRevisionZero},
		{"hundreds of checkpoints come in the order asked", checkpointsComeInOrder},
		{"every field of a checkpoint is read back as written", checkpointRoundTrips},
		{"the times of a checkpoint are kept in UTC to the microsecond", checkpointTimesAreUTCMicroseconds},
		{"each write replaces the checkpoint and adds one to its revision", checkpointIsReplaced},
		{"streams and targets have checkpoints of their own", checkpointsAreApart},
	}
}

func absentCheckpointIsRevisionZero(ctx context.Context, s ports.ViewStore) error {
	if err := expectCheckpoint(ctx, s, viewTarget, ports.Checkpoint{Stream: viewStream(1)}); err != nil {
		return err
	}
	if err := applyOne(ctx, s, viewTarget, ports.ViewChange{Checkpoint: fullCheckpoint(viewStream(1))}); err != nil {
		return err
	}
	return expectCheckpoint(ctx, s, viewTarget, ports.Checkpoint{Stream: viewStream(2)})
}

func checkpointsComeInOrder(ctx context.Context, s ports.ViewStore) error {
	const n = 250
	var changes []ports.ViewChange
	for i := range n { // every third stream has none
		if i%3 != 0 {
			changes = append(changes, ports.ViewChange{Checkpoint: ports.Checkpoint{Stream: viewStream(i), Version: ports.Version(i)}})
		}
	}
	if err := applyAll(ctx, s, viewTarget, changes); err != nil {
		return err
	}
	asked := []ports.StreamID{viewStream(7)} // asked for again below
	for i := range n {
		asked = append(asked, viewStream((i*97+13)%n)) // every stream once, in no order
	}
	got, err := s.Checkpoints(ctx, viewTarget, asked)
	if err != nil {
		return fmt.Errorf("checkpoints: %w", err)
	}
	if len(got) != len(asked) {
		return fmt.Errorf("checkpoints of %d streams: got %d", len(asked), len(got))
	}
	for i, stream := range asked {
		want := ports.Checkpoint{Stream: stream}
		var number int
		if _, err := fmt.Sscanf(stream.ID, "view-%d", &number); err != nil {
			return err
		}
		if number%3 != 0 {
			want.Revision, want.Version = 1, ports.Version(number)
		}
		if err := sameText(fmt.Sprintf("checkpoint %d of %d", i, len(asked)), checkpointText(got[i]), checkpointText(want)); err != nil {
			return err
		}
	}
	return nil
}

func checkpointRoundTrips(ctx context.Context, s ports.ViewStore) error {
	full := fullCheckpoint(viewStream(1))
	lasting := fullCheckpoint(viewStream(2))
	lasting.Parked.Transient, lasting.Parked.RetryAt = false, time.Time{}
	healthy := fullCheckpoint(viewStream(3))
	healthy.Parked, healthy.Failures, healthy.FailingSince = nil, 0, time.Time{}
	bare := ports.Checkpoint{Stream: viewStream(4)}
	barelyParked := ports.Checkpoint{Stream: viewStream(5), Parked: &ports.Parked{}}
	large := fullCheckpoint(viewStream(6))
	large.State = make([]byte, 64<<10)
	for _, want := range []ports.Checkpoint{full, lasting, healthy, bare, barelyParked, large} {
		if err := applyOne(ctx, s, viewTarget, ports.ViewChange{Checkpoint: want}); err != nil {
			return err
		}
		want.Revision = 1
		if err := expectCheckpoint(ctx, s, viewTarget, want); err != nil {
			return err
		}
	}
	return nil
}

func checkpointTimesAreUTCMicroseconds(ctx context.Context, s ports.ViewStore) error {
	at := time.Date(2026, 12, 31, 23, 59, 59, 999_999_999, time.FixedZone("west", -8*3600))
	given := fullCheckpoint(viewStream(1))
	given.FailingSince, given.Parked.Since, given.Parked.RetryAt = at, at, at
	if err := applyOne(ctx, s, viewTarget, ports.ViewChange{Checkpoint: given}); err != nil {
		return err
	}
	want := fullCheckpoint(viewStream(1))
	kept := time.Date(2027, 1, 1, 7, 59, 59, 999_999_000, time.UTC)
	want.Revision, want.FailingSince, want.Parked.Since, want.Parked.RetryAt = 1, kept, kept, kept
	return expectCheckpoint(ctx, s, viewTarget, want)
}

func checkpointIsReplaced(ctx context.Context, s ports.ViewStore) error {
	values := []ports.Checkpoint{
		fullCheckpoint(viewStream(1)),
		{Stream: viewStream(1), Version: 42, EventID: "0190-event-42"},
		{Stream: viewStream(1)},
		fullCheckpoint(viewStream(1)),
	}
	for i, want := range values {
		want.Revision = int64(i)
		if err := applyOne(ctx, s, viewTarget, ports.ViewChange{Checkpoint: want}); err != nil {
			return err
		}
		want.Revision++
		if err := expectCheckpoint(ctx, s, viewTarget, want); err != nil {
			return err
		}
	}
	return nil
}

func checkpointsAreApart(ctx context.Context, s ports.ViewStore) error {
	targets := []ports.Target{viewTarget, {Consumer: "carts", Generation: 11}, {Consumer: "carts-1", Generation: 1}, {Consumer: "cart", Generation: 1}}
	streams := []ports.StreamID{{Category: "cart", ID: "x"}, {Category: "cart", ID: "X"}, {Category: "cart-x", ID: "x"}, {Category: "c", ID: "art-x"}}
	var stored int
	each := func(do func(ports.Target, ports.Checkpoint) error) error {
		stored = 0
		for _, to := range targets {
			for _, stream := range streams {
				stored++
				if err := do(to, ports.Checkpoint{Stream: stream, Version: ports.Version(stored)}); err != nil {
					return err
				}
			}
		}
		return nil
	}
	err := each(func(to ports.Target, c ports.Checkpoint) error {
		return applyOne(ctx, s, to, ports.ViewChange{Checkpoint: c})
	})
	if err != nil {
		return err
	}
	return each(func(of ports.Target, c ports.Checkpoint) error {
		c.Revision = 1
		return expectCheckpoint(ctx, s, of, c)
	})
}
