package app

import (
	"context"
	"errors"
	"fmt"

	"github.com/evercart/evercart/ports"
)

// ErrNotParked says that a stream to be unparked is not parked.
var ErrNotParked = errors.New("the stream is not parked")

// Unpark lets a parked stream of one target go on: it applies from the store
// whatever the target lacks. If the fault is still there, the stream stays
// parked, with the new reason, and that is the error.
func (p *Projector[S, C, E]) Unpark(ctx context.Context, target ports.Target, stream ports.StreamID) error {
	for range moveTries {
		checkpoints, err := p.views.Checkpoints(ctx, target, []ports.StreamID{stream})
		if err != nil {
			return err
		}
		cp := &checkpoints[0]
		if cp.Parked == nil {
			return fmt.Errorf("%s, stream %s: %w", target, stream, ErrNotParked)
		}
		done, err := p.unparkStep(ctx, target, cp)
		if done || (err != nil && !errors.Is(err, ports.ErrCheckpointMoved)) {
			return err
		}
	}
	return fmt.Errorf("%s, stream %s: %w", target, stream, ports.ErrCheckpointMoved)
}

// unparkStep applies from the store up to the stream's end and stores the
// outcome; done unless the checkpoint moved meanwhile.
func (p *Projector[S, C, E]) unparkStep(ctx context.Context, target ports.Target, cp *ports.Checkpoint) (done bool, err error) {
	start, err := p.rewind(ctx, target, cp)
	if err != nil {
		return false, err
	}
	for {
		s := &step[S]{run: &run{stream: cp.Stream}, before: start.Version, change: ports.ViewChange{Checkpoint: start}}
		events, end, err := p.tail(ctx, start.Stream, start.Version+1)
		if err != nil {
			return false, err
		}
		p.fold(ctx, target, &start, events, s)
		if s.fault != nil {
			p.repark(s, cp.Parked)
		} else if end {
			s.change.Checkpoint.Parked, s.change.Checkpoint.Failures, s.change.Checkpoint.FailingSince = nil, 0, noTime
		} else {
			s.change.Checkpoint.Parked = cp.Parked
		}
		if err := p.views.Apply(ctx, target, []ports.ViewChange{s.change})[0]; err != nil {
			return false, err
		}
		s.repairs = s.applied
		p.count(ctx, target, s)
		if s.fault != nil || end {
			return true, s.fault
		}
		start = s.change.Checkpoint
		start.Revision++
	}
}

// tail reads at most repairAtOnce events from version a on; end says that the
// stream has no more.
func (p *Projector[S, C, E]) tail(ctx context.Context, stream ports.StreamID, a ports.Version) (events []ports.Event, end bool, err error) {
	for e, err := range p.store.Read(ctx, stream, a, a+repairAtOnce-1) {
		if err != nil {
			return nil, false, err
		}
		events = append(events, e.Event)
	}
	return events, len(events) < repairAtOnce, nil
}

// repark parks the stream again with the new reason, counting on.
func (p *Projector[S, C, E]) repark(s *step[S], before *ports.Parked) {
	parked := *before
	parked.Reason = s.fault.Error()
	parked.Version = s.change.Checkpoint.Version + 1
	if parked.Version != before.Version {
		parked.EventID = ""
	}
	if parked.Transient {
		parked.RetryAt = p.opt.Now().UTC().Add(p.opt.RetryEvery)
	}
	s.change.Checkpoint.Parked = &parked
	s.changed = true
}

// rewind returns the checkpoint to go on from: cp itself, or, where the event
// that cp stands on is not the store's (a fork), an empty one with the same
// revision; the rows of the forked state are deleted first.
func (p *Projector[S, C, E]) rewind(ctx context.Context, target ports.Target, cp *ports.Checkpoint) (ports.Checkpoint, error) {
	if cp.Version == 0 {
		return *cp, nil
	}
	for e, err := range p.store.Read(ctx, cp.Stream, cp.Version, cp.Version) {
		if err != nil {
			return ports.Checkpoint{}, err
		}
		if e.ID == cp.EventID {
			return *cp, nil
		}
	}
	state, err := p.restore(ctx, cp)
	if err != nil {
		return ports.Checkpoint{}, err
	}
	_, del := difference(p.rows(cp.Stream, cp.Version, state), nil)
	at := *cp
	for first := 0; ; first += p.views.RowsPerChange() {
		next := at
		last := first+p.views.RowsPerChange() >= len(del)
		if last {
			next.Version, next.EventID, next.State, next.Part = 0, "", nil, 0
		}
		change := ports.ViewChange{Checkpoint: next}
		_, change.Delete = cut(nil, del, first, p.views.RowsPerChange())
		if err := p.views.Apply(ctx, target, []ports.ViewChange{change})[0]; err != nil {
			return ports.Checkpoint{}, err
		}
		at = next
		at.Revision++
		if last {
			return at, nil
		}
	}
}

// RetryParked tries the streams again that are parked as transient and due, in
// all generations. Lambda calls it on a schedule, serve now and then.
func (p *Projector[S, C, E]) RetryParked(ctx context.Context) error {
	entry, err := EnsureView(ctx, p.catalog, p.Name(), p.opt.Now())
	if err != nil {
		return err
	}
	for _, g := range entry.Generations {
		target := ports.Target{Consumer: p.Name(), Generation: g.Number}
		for after := ""; ; {
			parked, err := p.views.Parked(ctx, target, after, 100)
			if err != nil {
				return err
			}
			for i := range parked {
				after = parked[i].Stream.String()
				if !p.due(parked[i].Parked) {
					continue
				}
				if err := p.Unpark(ctx, target, parked[i].Stream); err != nil && ctx.Err() != nil {
					return err
				}
			}
			if len(parked) < 100 {
				break
			}
		}
	}
	return nil
}
