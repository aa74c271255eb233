package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/envelope"
)

// NotifyName is the name of the consumer that tells the outside world.
const NotifyName = "notify"

// Notify tells the outside world of events of some types: at least once each,
// with the event's ID as deduplication key, and in the order of each stream.
// First the effect, then the checkpoint.
//
// An event has an effect only if it does not come from a replay, is not the canary's
// and is not older than the consumer's instant of effects, which is the time of its
// first run: a new consumer does not mail old customers. Events that it reads from the store
// to close a gap are late live ones. Notify is a Consumer.
type Notify struct {
	types    []string
	source   string
	notifier ports.Notifier
	views    ports.ViewStore
	effects  ports.Effects
	now      func() time.Time
	intake   intake
	track    tracker
}

// NewNotify returns a consumer that tells notifier of the events of a category
// whose type is among types. source is the CloudEvents source of events that come
// from the store.
func NewNotify(
	category string, types []string, source string, notifier ports.Notifier, store ports.EventStore,
	views ports.ViewStore, effects ports.Effects, quarantine ports.Quarantine, opt TrackOptions,
) *Notify {
	opt.fill()
	n := &Notify{
		types: types, source: source, notifier: notifier, views: views, effects: effects, now: opt.Now,
		intake: intake{consumer: NotifyName, quarantine: quarantine, now: opt.Now, meter: opt.Meter},
	}
	n.track = tracker{
		name: NotifyName, category: category, store: store, views: views, opt: opt, apply: n.apply,
		targets: func(context.Context) ([]ports.Target, error) { return []ports.Target{NotifyTarget()}, nil },
		rowsOf:  func(context.Context, *ports.Checkpoint) ([]ports.RowKey, error) { return nil, nil },
	}
	return n
}

// NotifyTarget returns the target under which Notify keeps its checkpoints.
func NotifyTarget() ports.Target { return ports.Target{Consumer: NotifyName, Generation: 1} }

// Name returns NotifyName.
func (n *Notify) Name() string { return NotifyName }

// Handle tells the outside world of what the batch brings. Records of a replay are
// done with at once.
func (n *Notify) Handle(ctx context.Context, records []ports.Record) []Failure {
	if _, err := n.from(ctx); err != nil {
		return failAll(len(records), 0, err)
	}
	deliveries, failures := n.intake.read(ctx, records)
	deliveries = slices.DeleteFunc(deliveries, func(d delivery) bool { return records[d.index].Replay != "" })
	return tidy(append(failures, n.track.feed(ctx, NotifyTarget(), n.track.runs(deliveries))...))
}

// Begin sets the instant from which on events have effects to now, unless it was
// set before. A program calls it before it takes its first command, so that a new
// consumer misses nothing of what happens from then on.
func (n *Notify) Begin(ctx context.Context) error {
	_, err := n.from(ctx)
	return err
}

// Unpark lets a parked stream go on from the store; see Projector.Unpark.
func (n *Notify) Unpark(ctx context.Context, stream ports.StreamID) error {
	return n.track.unpark(ctx, NotifyTarget(), stream)
}

// RetryParked tries the streams again that are parked as transient and due.
// It also sets the instant of effects, so that a schedule sets it soon after a
// deployment and not the first event.
func (n *Notify) RetryParked(ctx context.Context) error {
	if err := n.Begin(ctx); err != nil {
		return err
	}
	return n.track.retryParked(ctx)
}

// from returns the instant from which on events have effects, and sets it to now
// at the first run.
func (n *Notify) from(ctx context.Context) (time.Time, error) {
	from, set, err := n.effects.EffectsFrom(ctx, NotifyName)
	if err != nil || set {
		return from, err
	}
	if err := n.effects.SetEffectsFrom(ctx, NotifyName, n.now().UTC().Truncate(time.Microsecond), true); err != nil {
		return time.Time{}, err
	}
	from, _, err = n.effects.EffectsFrom(ctx, NotifyName)
	return from, err
}

// apply is the tracker's: one event after another, each effect before the
// checkpoint that says so.
func (n *Notify) apply(ctx context.Context, target ports.Target, cp *ports.Checkpoint, events []ports.Published, s *step) {
	from, err := n.from(ctx)
	if err != nil {
		s.fault, s.again = storeFault(err), false
		return
	}
	stored := *cp // as it stands in the view store
	for i := range events {
		e := &events[i]
		if !n.wanted(e, from) {
			s.reached(e, nil)
			s.applied++
			continue
		}
		if err := n.tell(ctx, e); err != nil {
			s.fault, s.again = fmt.Errorf("version %d: %w", e.Version, err), false
			return
		}
		s.reached(e, nil)
		s.change.Checkpoint.Revision = stored.Revision
		if err := n.views.Apply(ctx, target, []ports.ViewChange{s.change})[0]; err != nil {
			n.undo(s, &stored, err)
			return
		}
		stored = s.change.Checkpoint
		stored.Revision++
		s.change.Checkpoint, s.changed = stored, false
		s.applied++
	}
}

// undo takes the step back to the stored checkpoint after a write that failed.
func (n *Notify) undo(s *step, stored *ports.Checkpoint, err error) {
	s.change, s.changed = ports.ViewChange{Checkpoint: *stored}, false
	if errors.Is(err, ports.ErrCheckpointMoved) {
		s.fault, s.again = nil, true
		return
	}
	s.fault, s.again = err, false
}

func (n *Notify) wanted(e *ports.Published, from time.Time) bool {
	return slices.Contains(n.types, e.Type) && !e.Time.IsZero() && !e.Time.Before(from) && e.Actor != CanarySubject
}

func (n *Notify) tell(ctx context.Context, e *ports.Published) error {
	p := *e
	if p.Source == "" {
		p.Source = n.source
	}
	wire, err := envelope.AppendWire(nil, &p)
	if err != nil {
		return err
	}
	return n.notifier.Notify(ctx, ports.Notification{
		ID: e.ID, Type: fmt.Sprintf("evercart.%s.%s.v%d", e.Stream.Category, e.Type, e.Schema),
		Time: e.Time, Subject: e.Stream.String(), Wire: wire,
	})
}
