package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/envelope"
)

// RelayName is the relay's name as a follower and in the quarantine.
const RelayName = "relay"

const (
	relayBatch   = 500                    // commits that the relay takes at once
	relayBackoff = 100 * time.Millisecond // its first wait after a failure
)

// Relay takes commits from a store's change feed and publishes their events to
// the feed, one by one, in the order of each stream. Delivery is at least once.
type Relay struct {
	Changes    ports.ChangeFeed
	Publisher  ports.Publisher
	Positions  ports.Positions
	Quarantine ports.Quarantine
	Source     string // the CloudEvents source of what it publishes
	Meter      ports.Meter
	Now        func() time.Time
	Log        *slog.Logger
}

// Run relays until ctx ends, which is its only way to stop and no error.
func (r *Relay) Run(ctx context.Context) {
	repeat(ctx, relayBackoff, r.step, func(inARow int, err error) {
		r.Log.WarnContext(ctx, "relaying failed and is tried again", slog.Int("failures", inARow), slog.Any("error", err))
		r.Meter.Add(ports.MetricFailed, RelayName, 1)
	})
}

// step relays one batch of commits.
func (r *Relay) step(ctx context.Context) error {
	bookmark, err := r.Positions.Position(ctx, RelayName)
	if err != nil {
		return err
	}
	changes, err := r.Changes.Changes(ctx, bookmark.Position, relayBatch)
	if errors.Is(err, ports.ErrForeignPosition) {
		r.Log.WarnContext(ctx, "the store is another one than before; relaying from its first commit")
		return r.Positions.SavePosition(ctx, RelayName, ports.Bookmark{})
	}
	if err != nil {
		return err
	}
	if err := r.publish(ctx, changes); err != nil {
		return err
	}
	save, cancel := context.WithTimeout(context.WithoutCancel(ctx), saveTimeout)
	defer cancel()
	return r.Positions.SavePosition(save, RelayName, ports.Bookmark{Position: changes[len(changes)-1].Position, Arrival: r.Now().UTC()})
}

// publish publishes the events of changes, in their order. A change that cannot be
// read, or has an event that the feed can never take, is set aside instead.
func (r *Relay) publish(ctx context.Context, changes []ports.Change) error {
	var out []ports.Outgoing
	var from []*ports.Change // what each of out comes from
	for i := range changes {
		change := &changes[i]
		records, err := []ports.Outgoing(nil), change.Err
		if err == nil {
			records, err = Outgoing(&change.Commit, r.Source)
		}
		if err != nil {
			if err := r.setAside(ctx, change, err); err != nil {
				return err
			}
			continue
		}
		out = append(out, records...)
		from = append(from, slices.Repeat([]*ports.Change{change}, len(records))...)
	}
	for len(out) > 0 {
		rest, err := r.publishOnce(ctx, out, from)
		if err != nil {
			return err
		}
		for i, at := range rest { // rest ascends, so that none is overwritten before it is moved
			out[i], from[i] = out[at], from[at]
		}
		out, from = out[:len(rest)], from[:len(rest)]
	}
	return nil
}

// publishOnce publishes events in one call. Changes of which an event can never be
// published are set aside; it returns the indexes of what they held back, which another
// call publishes.
func (r *Relay) publishOnce(ctx context.Context, out []ports.Outgoing, from []*ports.Change) ([]int, error) {
	err := r.Publisher.Publish(ctx, out)
	if err == nil {
		r.Meter.Add(ports.MetricPublished, "", int64(len(out)))
		return nil, nil
	}
	unpublished, ok := errors.AsType[*ports.UnpublishedError](err)
	if !ok || len(unpublished.Never) == 0 {
		return nil, fmt.Errorf("publish %d events: %w", len(out), err)
	}
	aside := map[*ports.Change]bool{}
	for _, i := range unpublished.Indexes {
		if reason := unpublished.Never[i]; reason != nil && !aside[from[i]] {
			if err := r.setAside(ctx, from[i], reason); err != nil {
				return nil, err
			}
			aside[from[i]] = true
		}
	}
	r.Meter.Add(ports.MetricPublished, "", int64(len(out)-len(unpublished.Indexes)))
	return slices.DeleteFunc(slices.Clone(unpublished.Indexes), func(i int) bool { return aside[from[i]] }), nil
}

// setAside keeps a stored commit that cannot be read or published, so that it stops no
// other. Consumers find a gap in its stream, and read it from the store.
func (r *Relay) setAside(ctx context.Context, change *ports.Change, reason error) error {
	place := CommitPlace(change.Commit.Stream, change.Commit.First)
	err := r.Quarantine.PutQuarantined(ctx, ports.Quarantined{
		Consumer: RelayName, Shard: place, Position: change.Position,
		Reason: reason.Error(), Payload: change.Raw, At: r.Now().UTC().Truncate(time.Microsecond),
	})
	if err == nil {
		r.Meter.Add(ports.MetricQuarantined, RelayName, 1)
		r.Log.ErrorContext(ctx, "a stored commit cannot be read or published and is in quarantine", slog.String("commit", place), slog.Any("error", reason))
	}
	return err
}

// Outgoing returns the events of a commit as the feed takes them.
func Outgoing(commit *ports.Commit, source string) ([]ports.Outgoing, error) {
	key := commit.Stream.String()
	events := commit.Published(source)
	out := make([]ports.Outgoing, len(events))
	for i := range events {
		data, err := envelope.AppendWire(nil, &events[i])
		if err != nil {
			return nil, err
		}
		out[i] = ports.Outgoing{Key: key, Data: data}
	}
	return out, nil
}
