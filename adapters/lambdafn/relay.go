package lambdafn

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/ports"
)

// Relay publishes the commits that a DynamoDB stream brings.
type Relay struct {
	// Decode returns the commit that the record of an insertion brings. Of one that
	// cannot be read it returns the stream and first version as far as it could tell.
	Decode     func(record *events.DynamoDBEventRecord) (ports.Commit, error)
	Publisher  ports.Publisher
	Quarantine ports.Quarantine
	Source     string // the CloudEvents source of what it publishes
	Meter      ports.Meter
	Now        func() time.Time
	Log        *slog.Logger
}

// changeRecord is what is always readable of a record of a DynamoDB stream. Its
// image is read apart, so that one that cannot be read fails for itself.
type changeRecord struct {
	EventName string `json:"eventName"`
	Change    struct {
		Created        float64         `json:"ApproximateCreationDateTime"` // seconds since 1970
		Keys           json.RawMessage `json:"Keys"`
		SequenceNumber string          `json:"SequenceNumber"`
	} `json:"dynamodb"`
}

// failedItem and batchAnswer are what Lambda reads of a batch's answer: what must
// come again (Lambda Developer Guide, "Configuring partial batch response").
type failedItem struct {
	ItemIdentifier string `json:"itemIdentifier"`
}

type batchAnswer struct {
	BatchItemFailures []failedItem `json:"batchItemFailures"`
}

// Handle publishes a batch of the stream. Where some of it could not be published,
// it answers with the lowest sequence number that must come again, so that Lambda
// retries from there on.
func (r *Relay) Handle(ctx context.Context, payload []byte) (any, error) {
	if got := shapeOf(payload); got != shapeDynamoDB {
		return nil, errShape(got, shapeDynamoDB)
	}
	records, err := recordsOf(payload)
	if err != nil {
		return nil, err
	}
	return r.batch(ctx, records), nil
}

// batch publishes records and says from which on they must come again.
func (r *Relay) batch(ctx context.Context, records []json.RawMessage) batchAnswer {
	answer := batchAnswer{BatchItemFailures: []failedItem{}}
	if len(records) == 0 {
		return answer
	}
	b := outgoingBatch{records: records, changes: make([]changeRecord, len(records)), places: make([]string, len(records))}
	upTo := len(records)
	for i := range records {
		if err := r.take(ctx, &b, i); err != nil {
			// It could not even be set aside: what comes before is published, the rest
			// comes again.
			r.notSetAside(ctx, err)
			upTo = i
			break
		}
	}
	lowest := min(upTo, r.publish(ctx, &b))
	oldest := &b.changes[min(lowest, len(records)-1)]
	r.Meter.Set(ports.MetricLag, app.RelayName, age(r.Now(), oldest.Change.Created))
	if lowest < len(records) {
		r.Meter.Add(ports.MetricFailed, app.RelayName, 1)
		answer.BatchItemFailures = append(answer.BatchItemFailures, failedItem{b.changes[lowest].Change.SequenceNumber})
	}
	return answer
}

// outgoingBatch is the events of a batch of changes.
type outgoingBatch struct {
	records []json.RawMessage
	changes []changeRecord // the records as far as they can always be read
	places  []string       // of their commits in the store, as far as they are known
	out     []ports.Outgoing
	from    []int // the change that each of out comes from
}

// take adds the events of one change, or sets it aside. An error says that neither
// could be done.
func (r *Relay) take(ctx context.Context, b *outgoingBatch, i int) error {
	change, raw := &b.changes[i], b.records[i]
	b.places[i] = placeOf(&ports.Commit{})
	if err := json.Unmarshal(raw, change); err != nil {
		return r.setAside(ctx, b, i, err)
	}
	if change.EventName == "MODIFY" || change.EventName == "REMOVE" {
		r.Meter.Add(ports.MetricTampering, "", 1)
		r.Log.ErrorContext(ctx, "a stored item was changed or removed; nothing is published of it",
			slog.String("event_name", change.EventName), slog.String("sequence_number", change.Change.SequenceNumber),
			slog.String("keys", string(change.Change.Keys)))
		return nil
	}
	commit, err := decodeChange(raw, r.Decode)
	b.places[i] = placeOf(&commit)
	if err != nil {
		return r.setAside(ctx, b, i, err)
	}
	records, err := app.Outgoing(&commit, r.Source)
	if err != nil {
		return r.setAside(ctx, b, i, err)
	}
	for range records {
		b.from = append(b.from, i)
	}
	b.out = append(b.out, records...)
	return nil
}

// publish publishes the batch's events and returns the lowest change that must
// come again; one beyond all where none must.
func (r *Relay) publish(ctx context.Context, b *outgoingBatch) int {
	if len(b.out) == 0 {
		return len(b.changes)
	}
	err := r.Publisher.Publish(ctx, b.out)
	published, lowest := len(b.out), len(b.changes)
	if unpublished, ok := errors.AsType[*ports.UnpublishedError](err); ok {
		published -= len(unpublished.Indexes)
		lowest = r.lowest(ctx, b, unpublished)
	} else if err != nil {
		published, lowest = 0, b.from[0]
	}
	if err != nil && lowest < len(b.changes) {
		r.Log.WarnContext(ctx, "some events were not published and come again",
			slog.Int("published", published), slog.Int("events", len(b.out)), slog.Any("error", err))
	}
	r.Meter.Add(ports.MetricPublished, "", int64(published))
	return lowest
}

// lowest returns the lowest change that must come again because its events were not
// published; one beyond all where none must. Changes with an event that can never be
// published are set aside instead, so that they stop no other.
func (r *Relay) lowest(ctx context.Context, b *outgoingBatch, unpublished *ports.UnpublishedError) int {
	aside := map[int]bool{}
	for _, i := range unpublished.Indexes {
		change := b.from[i]
		reason := unpublished.Never[i]
		if reason == nil || aside[change] {
			continue
		}
		if err := r.setAside(ctx, b, change, reason); err != nil {
			r.notSetAside(ctx, err)
			continue
		}
		aside[change] = true
	}
	for _, i := range unpublished.Indexes {
		if !aside[b.from[i]] {
			return b.from[i]
		}
	}
	return len(b.changes)
}

// setAside puts a change that cannot be read or published into the quarantine, under
// the name of its commit's place, where a redrive finds it in the store.
func (r *Relay) setAside(ctx context.Context, b *outgoingBatch, i int, reason error) error {
	err := r.Quarantine.PutQuarantined(ctx, ports.Quarantined{
		Consumer: app.RelayName, Shard: b.places[i], Position: ports.Position(b.changes[i].Change.SequenceNumber),
		Reason: reason.Error(), Payload: b.records[i], At: r.Now().UTC().Truncate(time.Microsecond),
	})
	if err == nil {
		r.Meter.Add(ports.MetricQuarantined, app.RelayName, 1)
		r.Log.ErrorContext(ctx, "a stored item cannot be read or published and is in quarantine", slog.String("commit", b.places[i]), slog.Any("error", reason))
	}
	return err
}

func (r *Relay) notSetAside(ctx context.Context, err error) {
	r.Log.WarnContext(ctx, "a record could not be put into quarantine and comes again", slog.Any("error", err))
}

// age returns the seconds from an instant, in seconds since 1970, to now; 0 for
// the future and for an unknown instant.
func age(now time.Time, since float64) float64 {
	if since <= 0 {
		return 0
	}
	return max(0, float64(now.UnixMilli())/1000-since)
}
