package app

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"slices"
	"time"

	"github.com/evercart/evercart/ports"
)

// TrackOptions are the parts of a consumer with checkpoints that a program may
// choose.
type TrackOptions struct {
	Now   func() time.Time // the clock; required
	Log   *slog.Logger     // required
	Meter ports.Meter      // nil: none
	// ParkAfter is how many deliveries of an event that cannot be applied park its
	// stream; 0: 3.
	ParkAfter int
	// TransientAfter is how long a stream may fail in a way that may pass before it
	// is parked as transient; 0: 5 minutes.
	TransientAfter time.Duration
	// RetryEvery is how long a stream parked as transient waits until it is tried
	// again; 0: 1 minute.
	RetryEvery time.Duration
}

func (o *TrackOptions) fill() {
	if o.Meter == nil {
		o.Meter = ports.NoMeter{}
	}
	o.ParkAfter = cmp.Or(o.ParkAfter, 3)
	o.TransientAfter = cmp.Or(o.TransientAfter, 5*time.Minute)
	o.RetryEvery = cmp.Or(o.RetryEvery, time.Minute)
}

// tracker keeps the checkpoints of one consumer: it finds the events that each
// stream of a target lacks, has them applied, and parks the streams that cannot
// go on. It is safe for concurrent use.
type tracker struct {
	name     string // the consumer's
	category string // of its streams
	store    ports.EventStore
	views    ports.ViewStore
	opt      TrackOptions
	// apply applies events, which follow cp without a hole, to a stream of a target.
	// It moves s's checkpoint to the last event that it applied, and notes in s what
	// stopped it.
	apply func(ctx context.Context, target ports.Target, cp *ports.Checkpoint, events []ports.Published, s *step)
	// targets returns the targets that are fed.
	targets func(ctx context.Context) ([]ports.Target, error)
	// rowsOf returns the keys of all rows that a checkpoint's state stands for.
	rowsOf func(ctx context.Context, cp *ports.Checkpoint) ([]ports.RowKey, error)
}

// run is the deliveries of one stream in a batch, in order.
type run struct {
	stream     ports.StreamID
	deliveries []delivery
}

// runs sorts deliveries by stream; those of other categories are left out.
func (t *tracker) runs(deliveries []delivery) []*run {
	var runs []*run
	byStream := map[ports.StreamID]*run{}
	for _, d := range deliveries {
		stream := d.event.Stream
		if stream.Category != t.category {
			continue
		}
		r := byStream[stream]
		if r == nil {
			r = &run{stream: stream}
			byStream[stream] = r
			runs = append(runs, r)
		}
		r.deliveries = append(r.deliveries, d)
	}
	return runs
}

// failBeyond fails the run's deliveries that the target has not reached.
func (r *run) failBeyond(reached ports.Version, err error) []Failure {
	var failures []Failure
	for _, d := range r.deliveries {
		if d.event.Version > reached {
			failures = append(failures, Failure{Index: d.index, Err: err})
		}
	}
	return failures
}

// tidy orders failures by index and keeps one of each.
func tidy(failures []Failure) []Failure {
	slices.SortStableFunc(failures, func(a, b Failure) int { return cmp.Compare(a.Index, b.Index) })
	return slices.CompactFunc(failures, func(a, b Failure) bool { return a.Index == b.Index })
}

// moveTries is how often a batch reads a checkpoint again that another writer
// moved.
const moveTries = 8

// feed applies runs to one target.
func (t *tracker) feed(ctx context.Context, target ports.Target, runs []*run) []Failure {
	var failures []Failure
	for moves := 0; len(runs) > 0; {
		streams := make([]ports.StreamID, len(runs))
		for i, r := range runs {
			streams[i] = r.stream
		}
		checkpoints, err := t.views.Checkpoints(ctx, target, streams)
		if err != nil {
			return append(failures, failRuns(runs, err)...)
		}
		var again []*run
		var steps []*step
		for i, r := range runs {
			s := t.advance(ctx, target, &checkpoints[i], r)
			switch {
			case s.changed:
				steps = append(steps, s)
			case s.again:
				again = append(again, r)
				moves++
			default:
				t.count(ctx, target, s)
				failures = append(failures, s.failures()...)
			}
		}
		moved, more, lost := t.write(ctx, target, steps)
		failures = append(failures, lost...)
		again = append(append(again, moved...), more...)
		if len(moved) > 0 {
			moves++
		}
		if moves >= moveTries {
			return append(failures, failRuns(again, ports.ErrCheckpointMoved)...)
		}
		runs = again
	}
	return failures
}

func failRuns(runs []*run, err error) []Failure {
	var failures []Failure
	for _, r := range runs {
		failures = append(failures, r.failBeyond(-1, err)...)
	}
	return failures
}

// write stores the steps' changes. It returns the runs whose checkpoint moved,
// those of which more is to be done, and the failures of the others.
func (t *tracker) write(ctx context.Context, target ports.Target, steps []*step) (moved, more []*run, failures []Failure) {
	if len(steps) == 0 {
		return nil, nil, nil
	}
	changes := make([]ports.ViewChange, len(steps))
	for i, s := range steps {
		changes[i] = s.change
	}
	for i, err := range t.views.Apply(ctx, target, changes) {
		s := steps[i]
		switch {
		case errors.Is(err, ports.ErrCheckpointMoved):
			moved = append(moved, s.run)
		case err != nil:
			failures = append(failures, t.unstored(ctx, target, s, err)...)
		default:
			t.count(ctx, target, s)
			failures = append(failures, s.failures()...)
			if s.again {
				more = append(more, s.run)
			}
		}
	}
	return moved, more, failures
}
