package app

import (
	"context"
	"fmt"
	"log/slog"
	"slices"

	"github.com/evercart/evercart/core/es"
	"github.com/evercart/evercart/ports"
)

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
	track   tracker
}

// NewProjector returns a projector of view over agg's events.
func NewProjector[S, C, E any](
	agg es.Aggregate[S, C, E], view es.View[S], store ports.EventStore,
	views ports.ViewStore, catalog ports.ViewCatalog, quarantine ports.Quarantine, opt TrackOptions,
) *Projector[S, C, E] {
	opt.fill()
	p := &Projector[S, C, E]{
		agg: agg, view: view, store: store, views: views, catalog: catalog,
		intake: intake{consumer: view.Name(), quarantine: quarantine, now: opt.Now, meter: opt.Meter},
	}
	p.track = tracker{
		name: view.Name(), category: agg.Category(), store: store, views: views, opt: opt,
		apply: p.fold, targets: p.Targets, rowsOf: p.rowsOf,
	}
	return p
}

// Name returns the view's name.
func (p *Projector[S, C, E]) Name() string { return p.view.Name() }

// Category returns the category of the streams that the view is folded from.
func (p *Projector[S, C, E]) Category() string { return p.agg.Category() }

// Handle applies the batch to every generation of the view. Events of other
// categories are done with at once.
//
// When all are fed, the list of generations is read again, so that one which began
// meanwhile is fed, too: whoever builds it need only look after events that were
// applied before it began.
func (p *Projector[S, C, E]) Handle(ctx context.Context, records []ports.Record) []Failure {
	deliveries, failures := p.intake.read(ctx, records)
	runs := p.track.runs(deliveries)
	var fed []ports.Target
	for {
		targets, err := p.Targets(ctx)
		if err != nil {
			return failAll(len(records), 0, err)
		}
		targets = slices.DeleteFunc(targets, func(t ports.Target) bool { return slices.Contains(fed, t) })
		if len(targets) == 0 {
			return tidy(failures)
		}
		for _, target := range targets {
			failures = append(failures, p.track.feed(ctx, target, runs)...)
		}
		fed = append(fed, targets...)
	}
}

// HandleFor applies the batch to one target alone. A replay builds a generation by
// it.
func (p *Projector[S, C, E]) HandleFor(ctx context.Context, target ports.Target, records []ports.Record) []Failure {
	deliveries, failures := p.intake.read(ctx, records)
	return tidy(append(failures, p.track.feed(ctx, target, p.track.runs(deliveries))...))
}

// Targets returns the generations that the catalog names, and makes the first one
// where there is none.
func (p *Projector[S, C, E]) Targets(ctx context.Context) ([]ports.Target, error) {
	entry, err := EnsureView(ctx, p.catalog, p.Name(), p.track.opt.Now())
	if err != nil {
		return nil, err
	}
	targets := make([]ports.Target, len(entry.Generations))
	for i, g := range entry.Generations {
		targets[i] = ports.Target{Consumer: p.Name(), Generation: g.Number}
	}
	return targets, nil
}

// Unpark lets a parked stream of one target go on: it applies from the store
// whatever the target lacks. If the fault is still there, the stream stays
// parked, with the new reason, and that is the error.
func (p *Projector[S, C, E]) Unpark(ctx context.Context, target ports.Target, stream ports.StreamID) error {
	return p.track.unpark(ctx, target, stream)
}

// CatchUp applies from the store whatever a target lacks of a stream, parked or
// not.
func (p *Projector[S, C, E]) CatchUp(ctx context.Context, target ports.Target, stream ports.StreamID) error {
	return p.track.catchUp(ctx, target, stream)
}

// RetryParked tries the streams again that are parked as transient and due, in
// all generations. Lambda calls it on a schedule, serve now and then.
func (p *Projector[S, C, E]) RetryParked(ctx context.Context) error { return p.track.retryParked(ctx) }

// fold applies events to the checkpoint's state and works out the change.
func (p *Projector[S, C, E]) fold(ctx context.Context, target ports.Target, cp *ports.Checkpoint, events []ports.Published, s *step) {
	state, err := p.restore(ctx, cp)
	if err != nil {
		s.fault, s.again = err, false
		return
	}
	old := p.rows(cp.Stream, cp.Version, state)
	for i := range events {
		next, err := p.agg.Apply(state, &events[i].Event)
		if err != nil {
			s.fault, s.again = fmt.Errorf("version %d: %w", events[i].Version, err), false
			events = events[:i]
			break
		}
		state = next
	}
	s.applied = len(events)
	if s.applied == 0 {
		return
	}
	last := &events[s.applied-1]
	put, del := difference(old, p.rows(cp.Stream, last.Version, state))
	if cp.Part > 0 || len(put)+len(del) > p.views.RowsPerChange() {
		p.inParts(ctx, target, cp, events, s)
		return
	}
	s.change.Put, s.change.Delete = put, del
	s.reached(last, p.appendState(state))
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
	p.track.opt.Log.DebugContext(ctx, "a checkpoint's state is folded again", slog.String("stream", cp.Stream.String()), slog.Any("error", err))
	state, version, err := stateAt(ctx, p.agg, p.store, cp.Stream, cp.Version)
	if err != nil {
		return state, storeFault(err)
	}
	if version != cp.Version {
		err = &ports.CorruptError{What: "stream " + cp.Stream.String(), Err: fmt.Errorf("the store ends at version %d, before the checkpoint's %d", version, cp.Version)}
	}
	return state, err
}

// rowsOf returns the keys of the rows of a checkpoint's state.
func (p *Projector[S, C, E]) rowsOf(ctx context.Context, cp *ports.Checkpoint) ([]ports.RowKey, error) {
	state, err := p.restore(ctx, cp)
	if err != nil {
		return nil, err
	}
	_, keys := difference(p.rows(cp.Stream, cp.Version, state), nil)
	return keys, nil
}
