package app

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"slices"
	"time"

	"github.com/evercart/evercart/core/es"
	"github.com/evercart/evercart/ports"
)

// ProjectorOptions are the parts of a Projector that a program may choose.
type ProjectorOptions struct {
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

func (o *ProjectorOptions) fill() {
	if o.Meter == nil {
		o.Meter = ports.NoMeter{}
	}
	o.ParkAfter = cmp.Or(o.ParkAfter, 3)
	o.TransientAfter = cmp.Or(o.TransientAfter, 5*time.Minute)
	o.RetryEvery = cmp.Or(o.RetryEvery, time.Minute)
}

// Projector folds the events of one category into one view, in all generations
// that the catalog names. Delivery is at least once and in any order; the effect
// is exactly once: rows and the stream's checkpoint change in one transaction,
// and missing events are read from the store.
//
// A stream whose event cannot be applied is parked and holds up no other. A
// Projector is a Consumer.
type Projector[S, C, E any] struct {
	agg     es.Aggregate[S, C, E]
	view    es.View[S]
	store   ports.EventStore
	views   ports.ViewStore
	catalog ports.ViewCatalog
	intake  intake
	opt     ProjectorOptions
}

// NewProjector returns a projector of view over agg's events.
func NewProjector[S, C, E any](
	agg es.Aggregate[S, C, E], view es.View[S], store ports.EventStore,
	views ports.ViewStore, catalog ports.ViewCatalog, quarantine ports.Quarantine, opt ProjectorOptions,
) *Projector[S, C, E] {
	opt.fill()
	return &Projector[S, C, E]{
		agg: agg, view: view, store: store, views: views, catalog: catalog, opt: opt,
		intake: intake{consumer: view.Name(), quarantine: quarantine, now: opt.Now, meter: opt.Meter},
	}
}

// Name returns the view's name.
func (p *Projector[S, C, E]) Name() string { return p.view.Name() }

// Handle applies the batch to every generation of the view. Events of other
// categories are done with at once.
func (p *Projector[S, C, E]) Handle(ctx context.Context, records []ports.Record) []Failure {
	deliveries, failures := p.intake.read(ctx, records)
	entry, err := EnsureView(ctx, p.catalog, p.Name(), p.opt.Now())
	if err != nil {
		return failAll(len(records), 0, err)
	}
	runs := p.runs(deliveries)
	for _, g := range entry.Generations {
		target := ports.Target{Consumer: p.Name(), Generation: g.Number}
		failures = append(failures, p.feed(ctx, target, runs)...)
	}
	return tidy(failures)
}

// run is the deliveries of one stream in a batch, in order.
type run struct {
	stream     ports.StreamID
	deliveries []delivery
}

func (p *Projector[S, C, E]) runs(deliveries []delivery) []*run {
	var runs []*run
	byStream := map[ports.StreamID]*run{}
	for _, d := range deliveries {
		stream := d.event.Stream
		if stream.Category != p.agg.Category() {
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
func (p *Projector[S, C, E]) feed(ctx context.Context, target ports.Target, runs []*run) []Failure {
	var failures []Failure
	for moves := 0; len(runs) > 0; {
		streams := make([]ports.StreamID, len(runs))
		for i, r := range runs {
			streams[i] = r.stream
		}
		checkpoints, err := p.views.Checkpoints(ctx, target, streams)
		if err != nil {
			return append(failures, failRuns(runs, err)...)
		}
		var again []*run
		var steps []*step[S]
		for i, r := range runs {
			s := p.advance(ctx, target, &checkpoints[i], r)
			switch {
			case s.changed:
				steps = append(steps, s)
			case s.again:
				again = append(again, r)
				moves++
			default:
				p.count(ctx, target, s)
				failures = append(failures, s.failures()...)
			}
		}
		moved, more, lost := p.write(ctx, target, steps)
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
func (p *Projector[S, C, E]) write(ctx context.Context, target ports.Target, steps []*step[S]) (moved, more []*run, failures []Failure) {
	if len(steps) == 0 {
		return nil, nil, nil
	}
	changes := make([]ports.ViewChange, len(steps))
	for i, s := range steps {
		changes[i] = s.change
	}
	for i, err := range p.views.Apply(ctx, target, changes) {
		s := steps[i]
		switch {
		case errors.Is(err, ports.ErrCheckpointMoved):
			moved = append(moved, s.run)
		case err != nil:
			failures = append(failures, s.run.failBeyond(s.before, err)...)
		default:
			p.count(ctx, target, s)
			failures = append(failures, s.failures()...)
			if s.again {
				more = append(more, s.run)
			}
		}
	}
	return moved, more, failures
}
