package lambdafn

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/evercart/evercart/ports"
)

// Redrive hands batches that Lambda gave up to their function again, record by
// record, so that one that brings the function down stops no other. What fails once
// more goes into the quarantine.
type Redrive struct {
	// Fetch returns the content of an object of S3.
	Fetch func(ctx context.Context, bucket, key string) ([]byte, error)
	// Invoke hands an event to a function and returns its answer. A *FunctionError
	// says that the function failed; any other error, that it was not reached.
	Invoke func(ctx context.Context, functionARN string, payload []byte) ([]byte, error)
	// Describe names the consumer behind a function, and where one of its records
	// stands; Reason and At are its caller's.
	Describe   func(functionARN string, record json.RawMessage) (ports.Quarantined, error)
	Quarantine ports.Quarantine
	Meter      ports.Meter
	Now        func() time.Time
	Log        *slog.Logger
}

// FunctionError says that a function that was invoked failed.
type FunctionError struct {
	Message string // as the function reported it
}

func (e *FunctionError) Error() string { return "the function failed: " + e.Message }

// Redriven is the answer to an event about failure records.
type Redriven struct {
	Records     int `json:"records"`     // how many were handled
	Quarantined int `json:"quarantined"` // how many failed once more
}

// Handle redrives the batches of an event of S3. The error joins what could neither
// be handled nor be put into the quarantine: Lambda then tries the whole event
// again, and the objects stay.
func (r *Redrive) Handle(ctx context.Context, payload []byte) (any, error) {
	var event events.S3Event
	if err := json.Unmarshal(payload, &event); err != nil {
		return nil, fmt.Errorf("event of S3: %w", err)
	}
	var done Redriven
	var failures []error
	for i := range event.Records {
		s3 := &event.Records[i].S3
		key, err := url.QueryUnescape(s3.Object.Key) // S3 encodes it as a form does
		if err == nil {
			err = r.object(ctx, s3.Bucket.Name, key, &done)
		}
		if err != nil {
			failures = append(failures, fmt.Errorf("object %s of bucket %s: %w", key, s3.Bucket.Name, err))
		}
	}
	r.Log.InfoContext(ctx, "batches that were given up are redriven", slog.Int("records", done.Records), slog.Int("quarantined", done.Quarantined))
	return done, errors.Join(failures...)
}

func (r *Redrive) object(ctx context.Context, bucket, key string, done *Redriven) error {
	content, err := r.Fetch(ctx, bucket, key)
	if err != nil {
		return err
	}
	function, records, err := failedRecords(content)
	if err != nil {
		return err
	}
	for i, record := range records {
		reason, err := r.again(ctx, function, record)
		if err == nil && reason != nil {
			done.Quarantined++
			err = r.setAside(ctx, function, record, reason)
		} else if err == nil {
			done.Records++
		}
		if err != nil {
			return fmt.Errorf("record %d of %d: %w", i+1, len(records), err)
		}
	}
	return nil
}

// again hands one record to the function. It returns the reason for which the
// record failed once more, or an error if the function was not reached.
func (r *Redrive) again(ctx context.Context, function string, record json.RawMessage) (reason, err error) {
	event, err := encode(map[string][]json.RawMessage{"Records": {record}})
	if err != nil {
		return nil, err
	}
	answer, err := r.Invoke(ctx, function, event)
	if failed, ok := errors.AsType[*FunctionError](err); ok {
		return failed, nil
	}
	if err != nil {
		return nil, err
	}
	var batch batchAnswer
	if err := json.Unmarshal(answer, &batch); err != nil {
		return fmt.Errorf("the function's answer to a batch cannot be read: %w", err), nil
	}
	if len(batch.BatchItemFailures) > 0 {
		return errors.New("the function could not handle it; its log says why"), nil
	}
	return nil, nil
}

func (r *Redrive) setAside(ctx context.Context, function string, record json.RawMessage, reason error) error {
	item, err := r.Describe(function, record)
	if err != nil {
		return err
	}
	item.Reason, item.At = reason.Error(), r.Now().UTC().Truncate(time.Microsecond)
	if err := r.Quarantine.PutQuarantined(ctx, item); err != nil {
		return err
	}
	r.Meter.Add(ports.MetricQuarantined, item.Consumer, 1)
	r.Log.ErrorContext(ctx, "a record failed once more and is in quarantine", slog.String("id", item.ID()), slog.Any("error", reason))
	return nil
}

// failedRecords returns the function and the records of a failure record: what an
// event source mapping leaves in S3 of a batch that it gave up (Lambda Developer
// Guide, "Retaining discarded batch records": S3 holds the whole event).
func failedRecords(content []byte) (function string, records []json.RawMessage, err error) {
	var failure struct {
		RequestContext struct {
			FunctionARN string `json:"functionArn"`
		} `json:"requestContext"`
		Payload json.RawMessage `json:"payload"` // the event, as JSON or as a string of it
	}
	if err := json.Unmarshal(content, &failure); err != nil {
		return "", nil, fmt.Errorf("it is no failure record: %w", err)
	}
	batch := []byte(failure.Payload)
	if len(batch) > 0 && batch[0] == '"' {
		var text string
		if err := json.Unmarshal(batch, &text); err != nil {
			return "", nil, fmt.Errorf("its payload cannot be read: %w", err)
		}
		batch = []byte(text)
	}
	if failure.RequestContext.FunctionARN == "" || len(batch) == 0 {
		return "", nil, errors.New("it is no failure record: it names no function, or has no payload")
	}
	records, err = recordsOf(batch)
	if err == nil && len(records) == 0 {
		err = errors.New("its payload has no records")
	}
	return failure.RequestContext.FunctionARN, records, err
}
