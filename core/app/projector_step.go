package app

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/evercart/evercart/core/es"
	"github.com/evercart/evercart/ports"
)

// repairAtOnce is the most missing events that one step reads from the store, so
// that memory does not grow with the gap.
const repairAtOnce = 1000

// step is what one batch does to one stream of one target.
type step[S any] struct {
	run     *run
	before  ports.Version    // of the checkpoint as it was read
	change  ports.ViewChange // what is to be stored
	changed bool             // there is something to store
	again   bool             // more is to be done after that
	fault   error            // why events beyond the checkpoint were not applied
	applied int              // events applied
	skipped int              // deliveries that had been applied before
	repairs int              // of the applied, those read from the store
	held    int              // deliveries acknowledged for a parked stream
}

// failures returns the deliveries that must come again once the change is stored.
func (s *step[S]) failures() []Failure {
	if s.fault == nil || s.change.Checkpoint.Parked != nil {
		return nil
	}
	return s.run.failBeyond(s.change.Checkpoint.Version, s.fault)
}

// advance works out the step of one run from a checkpoint.
func (p *Projector[S, C, E]) advance(ctx context.Context, target ports.Target, cp *ports.Checkpoint, r *run) *step[S] {
	s := &step[S]{run: r, before: cp.Version, change: ports.ViewChange{Checkpoint: *cp}}
	if cp.Parked != nil && !p.due(cp.Parked) {
		s.hold(cp)
		return s
	}
	events := p.plan(ctx, cp, s)
	p.fold(ctx, target, cp, events, s)
	return s
}

// due reports whether a parked stream is to be tried again.
func (p *Projector[S, C, E]) due(parked *ports.Parked) bool {
	return parked.Transient && !p.opt.Now().Before(parked.RetryAt)
}

// hold acknowledges the run for a parked stream.
func (s *step[S]) hold(cp *ports.Checkpoint) {
	for _, d := range s.run.deliveries {
		if d.event.Version > cp.Version {
			s.held++
		}
	}
	if s.held == 0 {
		s.skipped = len(s.run.deliveries)
		return
	}
	parked := *cp.Parked
	parked.Held += int64(s.held)
	s.change.Checkpoint.Parked = &parked
	s.changed = true
}

// plan returns the events to apply after cp, in order and without a hole, and
// notes in s what stopped it.
func (p *Projector[S, C, E]) plan(ctx context.Context, cp *ports.Checkpoint, s *step[S]) []ports.Event {
	var events []ports.Event
	last, lastID := cp.Version, cp.EventID
	for i := range s.run.deliveries {
		e := &s.run.deliveries[i].event.Event
		if e.Version <= last {
			if e.Version == last && e.ID != lastID {
				s.fault = &forkError{Version: e.Version, Have: lastID, Came: e.ID}
				return events
			}
			s.skipped++
			continue
		}
		if e.Version > last+1 {
			missing, err := p.missing(ctx, e.Stream, last+1, e.Version-1)
			events = append(events, missing...)
			s.repairs += len(missing)
			if err != nil {
				s.fault = err
				return events
			}
			if last += ports.Version(len(missing)); last+1 < e.Version {
				s.again = true // the gap is longer than one step closes
				return events
			}
		}
		events = append(events, *e)
		last, lastID = e.Version, e.ID
	}
	return events
}

// missing reads at most repairAtOnce events from a to b from the store.
func (p *Projector[S, C, E]) missing(ctx context.Context, stream ports.StreamID, a, b ports.Version) ([]ports.Event, error) {
	upTo := min(b, a+repairAtOnce-1)
	var events []ports.Event
	for e, err := range p.store.Read(ctx, stream, a, upTo) {
		if err != nil {
			return events, err
		}
		if want := a + ports.Version(len(events)); e.Version != want {
			return events, &ports.CorruptError{What: "stream " + stream.String(), Err: fmt.Errorf("version %d where %d must be", e.Version, want)}
		}
		events = append(events, e.Event)
	}
	if end := a + ports.Version(len(events)); end <= upTo {
		return events, &ports.CorruptError{What: "stream " + stream.String(), Err: fmt.Errorf("the store lacks version %d, though version %d was published", end, b+1)}
	}
	return events, nil
}

// fold applies events to the checkpoint's state and works out the change.
func (p *Projector[S, C, E]) fold(ctx context.Context, target ports.Target, cp *ports.Checkpoint, events []ports.Event, s *step[S]) {
	if len(events) == 0 && s.fault == nil {
		return
	}
	state, err := p.restore(ctx, cp)
	if err != nil {
		s.fault, s.again = err, false
		p.settle(ctx, cp, cp.Version, s)
		return
	}
	old := p.rows(cp.Stream, cp.Version, state)
	for i := range events {
		next, err := p.agg.Apply(state, &events[i])
		if err != nil {
			s.fault, s.again = fmt.Errorf("version %d: %w", events[i].Version, err), false
			events = events[:i]
			break
		}
		state = next
	}
	s.applied = len(events)
	if s.applied > 0 {
		last := &events[s.applied-1]
		put, del := difference(old, p.rows(cp.Stream, last.Version, state))
		if cp.Part > 0 || len(put)+len(del) > p.views.RowsPerChange() {
			p.inParts(ctx, target, cp, events, s)
			return
		}
		s.change.Put, s.change.Delete = put, del
		s.reached(last, p.appendState(state))
	}
	p.settle(ctx, cp, s.change.Checkpoint.Version, s)
}

// reached moves the step's checkpoint to an applied event.
func (s *step[S]) reached(e *ports.Event, state []byte) {
	c := &s.change.Checkpoint
	c.Version, c.EventID, c.State, c.Part = e.Version, e.ID, state, 0
	c.Failures, c.FailingSince, c.Parked = 0, noTime, nil
	s.changed = true
}

func (p *Projector[S, C, E]) rows(stream ports.StreamID, version ports.Version, state S) []ports.Row {
	if version == 0 {
		return nil
	}
	return p.view.Rows(stream, version, state)
}

// restore returns the checkpoint's state; one that cannot be read (another
// snapshot schema) is folded from the store again.
func (p *Projector[S, C, E]) restore(ctx context.Context, cp *ports.Checkpoint) (S, error) {
	if cp.Version == 0 {
		return p.agg.Initial(), nil
	}
	state, _, err := es.ReadSnapshot(p.agg, &ports.Snapshot{Version: cp.Version, Schema: p.agg.SnapshotSchema(), Data: cp.State})
	if err == nil {
		return state, nil
	}
	p.opt.Log.DebugContext(ctx, "a checkpoint's state is folded again", slog.String("stream", cp.Stream.String()), slog.Any("error", err))
	state, version, err := stateAt(ctx, p.agg, p.store, cp.Stream, cp.Version)
	if err == nil && version != cp.Version {
		err = &ports.CorruptError{What: "stream " + cp.Stream.String(), Err: fmt.Errorf("the store ends at version %d, before the checkpoint's %d", version, cp.Version)}
	}
	return state, err
}
