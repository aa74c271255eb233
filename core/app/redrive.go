package app

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/envelope"
)

// ReplayName is the name under which replays put what they cannot read of the
// archive into the quarantine: the object's key as shard, the line as position.
const ReplayName = "replay"

// Redriver sends records from the quarantine to their consumers again, once what
// made them unreadable is mended. A record leaves the quarantine only when it is
// done with. It is safe for concurrent use.
type Redriver struct {
	Quarantine ports.Quarantine
	Consumers  map[string]Consumer // by name
	Store      ports.EventStore
	Publisher  ports.Publisher
	Archive    ports.Archive
	Source     string // the CloudEvents source of what is published
}

// Redrive handles one item again and, if that succeeds, takes it out of the
// quarantine. An error says why it stays there.
func (r *Redriver) Redrive(ctx context.Context, item ports.Quarantined) error {
	var err error
	switch item.Consumer {
	case RelayName:
		err = r.relay(ctx, item)
	case ReplayName:
		err = r.reread(ctx, item)
	default:
		err = r.consume(ctx, item)
	}
	if err != nil {
		return fmt.Errorf("%s stays in quarantine: %w", item.ID(), err)
	}
	return r.Quarantine.RemoveQuarantined(ctx, item.ID())
}

// consume hands a record to its consumer.
func (r *Redriver) consume(ctx context.Context, item ports.Quarantined) error {
	consumer := r.Consumers[item.Consumer]
	if consumer == nil {
		return fmt.Errorf("there is no consumer %q", item.Consumer)
	}
	if _, err := envelope.ParseWire(string(item.Payload)); err != nil {
		return fmt.Errorf("it still cannot be read: %w", err)
	}
	failures := consumer.Handle(ctx, []ports.Record{{
		Shard: item.Shard, Position: item.Position, Arrival: item.At, Data: item.Payload,
	}})
	if len(failures) > 0 {
		return failures[0].Err
	}
	return nil
}

// relay publishes a stored commit that can be read now.
func (r *Redriver) relay(ctx context.Context, item ports.Quarantined) error {
	stream, first, err := parseCommitPlace(item.Shard)
	if err != nil {
		return err
	}
	var events []ports.Published
	last := first
	for p, err := range r.Store.Read(ctx, stream, first, maxVersion) {
		if err != nil {
			return fmt.Errorf("it still cannot be read: %w", err)
		}
		if len(events) == 0 {
			last = p.CommitLast
		}
		if p.Version > last {
			break
		}
		events = append(events, p)
	}
	commit, err := envelope.Commit(events)
	if err != nil {
		return err
	}
	records, err := Outgoing(&commit, r.Source)
	if err != nil {
		return err
	}
	return r.Publisher.Publish(ctx, records)
}

// reread reads the archive object again, up to its end.
func (r *Redriver) reread(ctx context.Context, item ports.Quarantined) error {
	for line, err := range r.Archive.Lines(ctx, item.Shard) {
		if err == nil {
			_, err = envelope.ParseWire(string(line))
		}
		if err != nil {
			return fmt.Errorf("%s still cannot be read: %w", item.Shard, err)
		}
	}
	return ctx.Err()
}

// CommitPlace says where in the store a commit stands: "category/ID@version", the
// version being that of its first event.
func CommitPlace(stream ports.StreamID, first ports.Version) string {
	return stream.String() + "@" + strconv.FormatInt(int64(first), 10)
}

func parseCommitPlace(place string) (ports.StreamID, ports.Version, error) {
	subject, version, ok := strings.Cut(place, "@")
	stream, err := ports.ParseStreamID(subject)
	first, bad := strconv.ParseInt(version, 10, 64)
	if err = errors.Join(err, bad); !ok || err != nil {
		return ports.StreamID{}, 0, fmt.Errorf("place %q names no commit: %w", place, err)
	}
	return stream, ports.Version(first), nil
}

// AllQuarantined returns every item of the quarantine, in the order of their IDs.
func AllQuarantined(ctx context.Context, quarantine ports.Quarantine) ([]ports.Quarantined, error) {
	const page = 1000
	var all []ports.Quarantined
	for after := ""; ; {
		items, err := quarantine.ListQuarantined(ctx, after, page)
		if err != nil {
			return nil, err
		}
		all = append(all, items...)
		if len(items) < page {
			return all, nil
		}
		after = items[len(items)-1].ID()
	}
}
