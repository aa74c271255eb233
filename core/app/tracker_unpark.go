package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/evercart/evercart/ports"
)

// ErrNotParked says that a stream to be unparked is not parked.
var ErrNotParked = errors.New("the stream is not parked")

// unpark lets a parked stream of one target go on: it applies from the store
// whatever the target lacks. If the fault is still there, the stream stays
// parked, with the new reason, and that is the error.
func (t *tracker) unpark(ctx context.Context, target ports.Target, stream ports.StreamID) error {
	return t.fromStore(ctx, target, stream, func(cp *ports.Checkpoint) error {
		if cp.Parked == nil {
			return fmt.Errorf("%s, stream %s: %w", target, stream, ErrNotParked)
		}
		return nil
	})
}

// catchUp applies from the store whatever a target lacks of a stream, parked or
// not.
func (t *tracker) catchUp(ctx context.Context, target ports.Target, stream ports.StreamID) error {
	return t.fromStore(ctx, target, stream, func(*ports.Checkpoint) error { return nil })
}

// fromStore brings a stream of a target up to the store's end, if its checkpoint
// passes check.
func (t *tracker) fromStore(ctx context.Context, target ports.Target, stream ports.StreamID, check func(*ports.Checkpoint) error) error {
	for range moveTries {
		checkpoints, err := t.views.Checkpoints(ctx, target, []ports.StreamID{stream})
		if err != nil {
			return err
		}
		cp := &checkpoints[0]
		if err := check(cp); err != nil {
			return err
		}
		err = t.toTheEnd(ctx, target, cp)
		if !errors.Is(err, ports.ErrCheckpointMoved) {
			return err
		}
	}
	return fmt.Errorf("%s, stream %s: %w", target, stream, ports.ErrCheckpointMoved)
}

// toTheEnd applies the stream's events after cp, step by step. A checkpoint that
// moves meanwhile is ports.ErrCheckpointMoved.
func (t *tracker) toTheEnd(ctx context.Context, target ports.Target, cp *ports.Checkpoint) error {
	start, err := t.rewind(ctx, target, cp)
	if err != nil {
		return err
	}
	for {
		events, end, err := t.tail(ctx, start.Stream, start.Version+1)
		if err != nil {
			return err
		}
		s := &step{run: &run{stream: cp.Stream}, from: start, change: ports.ViewChange{Checkpoint: start}}
		if len(events) > 0 {
			t.apply(ctx, target, &start, events, s)
		}
		if s.again { // the checkpoint moved while an effect was applied in parts
			return ports.ErrCheckpointMoved
		}
		t.outcome(s, cp.Parked, end)
		if s.changed {
			if err := t.views.Apply(ctx, target, []ports.ViewChange{s.change})[0]; err != nil {
				return err
			}
			s.change.Checkpoint.Revision++
		}
		s.repairs = s.applied
		t.count(ctx, target, s)
		if s.fault != nil || end {
			return s.fault
		}
		start = s.change.Checkpoint
	}
}

// outcome says in the step's checkpoint whether the stream is parked after it.
func (t *tracker) outcome(s *step, before *ports.Parked, end bool) {
	c := &s.change.Checkpoint
	switch {
	case s.fault != nil && before != nil:
		t.repark(s, before)
	case s.fault != nil: // it was not parked: the live deliveries decide that
	case !end: // it stays parked until it has all
	case before != nil || c.Parked != nil || c.Failures > 0 || !c.FailingSince.IsZero():
		c.Parked, c.Failures, c.FailingSince = nil, 0, time.Time{}
		s.changed = true
	}
}

// tail reads at most repairAtOnce events from version a on; end says that the
// stream has no more.
func (t *tracker) tail(ctx context.Context, stream ports.StreamID, a ports.Version) (events []ports.Published, end bool, err error) {
	for e, err := range t.store.Read(ctx, stream, a, a+repairAtOnce-1) {
		if err != nil {
			return nil, false, err
		}
		events = append(events, e)
	}
	return events, len(events) < repairAtOnce, nil
}

// repark parks the stream again with the new reason, counting on.
func (t *tracker) repark(s *step, before *ports.Parked) {
	parked := *before
	parked.Reason = s.fault.Error()
	parked.Version = s.change.Checkpoint.Version + 1
	if parked.Version != before.Version {
		parked.EventID = ""
	}
	if parked.Transient {
		parked.RetryAt = t.opt.Now().UTC().Add(t.opt.RetryEvery)
	}
	s.change.Checkpoint.Parked = &parked
	s.changed = true
}

// rewind returns the checkpoint to go on from: cp itself, or, where the event
// that cp stands on is not the store's (a fork), an empty one with the same
// revision; the rows of the forked state are deleted first.
func (t *tracker) rewind(ctx context.Context, target ports.Target, cp *ports.Checkpoint) (ports.Checkpoint, error) {
	if cp.Version == 0 {
		return *cp, nil
	}
	for e, err := range t.store.Read(ctx, cp.Stream, cp.Version, cp.Version) {
		if err != nil {
			return ports.Checkpoint{}, err
		}
		if e.ID == cp.EventID {
			return *cp, nil
		}
	}
	del, err := t.rowsOf(ctx, cp)
	if err != nil {
		return ports.Checkpoint{}, err
	}
	at := *cp
	for first := 0; ; first += t.views.RowsPerChange() {
		next := at
		last := first+t.views.RowsPerChange() >= len(del)
		if last {
			next.Version, next.EventID, next.State, next.Part = 0, "", nil, 0
		}
		change := ports.ViewChange{Checkpoint: next}
		_, change.Delete = cut(nil, del, first, t.views.RowsPerChange())
		if err := t.views.Apply(ctx, target, []ports.ViewChange{change})[0]; err != nil {
			return ports.Checkpoint{}, err
		}
		at = next
		at.Revision++
		if last {
			return at, nil
		}
	}
}

// retryParked tries the streams again that are parked as transient and due, in
// all generations, and meters how many stay parked. Lambda calls it on a schedule,
// serve now and then.
func (t *tracker) retryParked(ctx context.Context) error {
	targets, err := t.targets(ctx)
	stay := 0
	for _, target := range targets {
		var n int
		n, err = t.retryIn(ctx, target)
		if stay += n; err != nil {
			break
		}
	}
	if err == nil || stay > 0 { // cut short, it knows of so many at least
		t.opt.Meter.Set(ports.MetricParkedNow, t.name, float64(stay))
	}
	return err
}

// retryIn tries the due streams of one target again, and returns how many of its
// streams stay parked.
func (t *tracker) retryIn(ctx context.Context, target ports.Target) (stay int, err error) {
	const page = 100
	for after := ""; ; {
		parked, err := t.views.Parked(ctx, target, after, page)
		if err != nil {
			return stay, err
		}
		stay += len(parked)
		for i := range parked {
			after = parked[i].Stream.String()
			if !t.due(parked[i].Parked) {
				continue
			}
			switch err := t.unpark(ctx, target, parked[i].Stream); {
			case err == nil, errors.Is(err, ErrNotParked):
				stay--
			case ctx.Err() != nil:
				return stay, err
			}
		}
		if len(parked) < page {
			return stay, nil
		}
	}
}

// due reports whether a parked stream is to be tried again: also where its time is
// further away than any is set, for all that clocks differ, since one was set back.
func (t *tracker) due(parked *ports.Parked) bool {
	wait := parked.RetryAt.Sub(t.opt.Now())
	return parked.Transient && (wait <= 0 || wait > 2*t.opt.RetryEvery)
}
