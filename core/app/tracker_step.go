package app

import (
	"context"
	"fmt"
	"time"

	"github.com/evercart/evercart/ports"
)

// repairAtOnce is the most missing events that one step reads from the store, so
// that memory does not grow with the gap.
const repairAtOnce = 1000

// step is what one batch does to one stream of one target.
type step struct {
	run     *run
	from    ports.Checkpoint // as it was read
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
func (s *step) failures() []Failure {
	if s.fault == nil || s.change.Checkpoint.Parked != nil {
		return nil
	}
	return s.run.failBeyond(s.change.Checkpoint.Version, s.fault)
}

// advance works out the step of one run from a checkpoint.
func (t *tracker) advance(ctx context.Context, target ports.Target, cp *ports.Checkpoint, r *run) *step {
	s := &step{run: r, from: *cp, change: ports.ViewChange{Checkpoint: *cp}}
	if cp.Parked != nil {
		// Also one that is due: what was acknowledged for it is not delivered again, so
		// that only the store leads on from here.
		s.hold(cp)
		return s
	}
	events := t.plan(ctx, cp, s)
	if len(events) > 0 {
		t.apply(ctx, target, cp, events, s)
	}
	t.settle(ctx, s)
	return s
}

// hold acknowledges the run for a parked stream.
func (s *step) hold(cp *ports.Checkpoint) {
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
func (t *tracker) plan(ctx context.Context, cp *ports.Checkpoint, s *step) []ports.Published {
	var events []ports.Published
	last, lastID := cp.Version, cp.EventID
	for i := range s.run.deliveries {
		e := &s.run.deliveries[i].event
		if e.Version <= last {
			if e.Version == last && e.ID != lastID {
				s.fault = &forkError{Version: e.Version, Have: lastID, Came: e.ID}
				return events
			}
			s.skipped++
			continue
		}
		if e.Version > last+1 {
			missing, err := t.missing(ctx, e.Stream, last+1, e.Version-1)
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
func (t *tracker) missing(ctx context.Context, stream ports.StreamID, a, b ports.Version) ([]ports.Published, error) {
	upTo := min(b, a+repairAtOnce-1)
	var events []ports.Published
	for e, err := range t.store.Read(ctx, stream, a, upTo) {
		if err != nil {
			return events, storeFault(err)
		}
		if want := a + ports.Version(len(events)); e.Version != want {
			return events, &ports.CorruptError{What: "stream " + stream.String(), Err: fmt.Errorf("version %d where %d must be", e.Version, want)}
		}
		events = append(events, e)
	}
	if end := a + ports.Version(len(events)); end <= upTo {
		return events, &ports.CorruptError{What: "stream " + stream.String(), Err: fmt.Errorf("the store lacks version %d, though version %d was published", end, b+1)}
	}
	return events, nil
}

// reached moves the step's checkpoint to an event that was applied.
func (s *step) reached(e *ports.Published, state []byte) {
	c := &s.change.Checkpoint
	c.Version, c.EventID, c.State, c.Part = e.Version, e.ID, state, 0
	c.Failures, c.FailingSince = 0, time.Time{} // a parked stream stays so until it has all
	s.changed = true
}
