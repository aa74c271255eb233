package lambdafn

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/evercart/evercart/ports"
)

// Redrive hands batches that Lambda gave up to their function again, record by
// record, so that one that brings the function down stops no other. What fails once
// more goes into the quarantine. A batch that takes longer than the function has is
// gone on with in another invocation.
type Redrive struct {
	// Fetch returns the content of an object of S3.
	Fetch func(ctx context.Context, bucket, key string) ([]byte, error)
	// Invoke hands an event to a function and returns its answer. A *FunctionError
	// says that the function failed; any other error, that it was not reached.
	Invoke func(ctx context.Context, functionARN string, payload []byte) ([]byte, error)
	// Describe names the consumer behind a function, and where one of its records
	// stands; Reason and At are its caller's.
	Describe func(functionARN string, record json.RawMessage) (ports.Quarantined, error)
	// Continue starts function replay again with payload, without waiting for its end.
	Continue func(ctx context.Context, payload []byte) error
	// Margin is the time kept for that; 0: 10 s, and never more than half of what
	// there is.
	Margin     time.Duration
	Quarantine ports.Quarantine
	Meter      ports.Meter
	Now        func() time.Time
	Log        *slog.Logger
}

// FunctionError says that a function that was invoked failed.
type FunctionError struct {
	Type    string // of the error, as the function reported it; empty: it is not known
	Message string // as the function reported it
}

func (e *FunctionError) Error() string { return "the function failed: " + e.Message }

// errorTypeIn returns the type of the error that a function's answer tells of; empty
// where it cannot be read.
func errorTypeIn(answer []byte) string {
	var said struct {
		Type string `json:"errorType"`
	}
	if json.Unmarshal(answer, &said) != nil {
		return ""
	}
	return said.Type
}

// Redriven is the answer to an event about failure records.
type Redriven struct {
	Records     int  `json:"records"`             // how many were handled
	Quarantined int  `json:"quarantined"`         // how many failed once more
	Continued   bool `json:"continued,omitempty"` // the rest is another invocation's
}

// Handle redrives the batches of an event of S3, or goes on with one,
// {"redrive": {"bucket", "key", "from"?}}. The error joins what could neither be
// handled nor be put into the quarantine: Lambda then tries the whole event again,
// and the objects stay.
func (r *Redrive) Handle(ctx context.Context, payload []byte) (any, error) {
	batches, err := failedBatches(payload)
	if err != nil {
		return nil, err
	}
	work, cancel := endingBefore(ctx, r.Now(), r.Margin)
	defer cancel()
	var done Redriven
	var failures []error
	for i := range batches {
		b := &batches[i]
		err := r.object(work, b, &done)
		if err != nil && work.Err() != nil && ctx.Err() == nil && done.Records+done.Quarantined > 0 {
			err = r.goOn(ctx, b)
			done.Continued = true
		}
		if err != nil {
			failures = append(failures, fmt.Errorf("object %s of bucket %s: %w", b.Key, b.Bucket, err))
		}
	}
	r.Log.InfoContext(ctx, "batches that were given up are redriven",
		slog.Int("records", done.Records), slog.Int("quarantined", done.Quarantined), slog.Bool("continued", done.Continued))
	return done, errors.Join(failures...)
}

// object redrives the records of one batch from b.From on, and moves that behind
// those that are done with.
func (r *Redrive) object(ctx context.Context, b *failedBatch, done *Redriven) error {
	content, err := r.Fetch(ctx, b.Bucket, b.Key)
	if err != nil {
		return err
	}
	function, records, err := failedRecords(content)
	if err != nil {
		return err
	}
	for ; b.From < len(records); b.From++ {
		record := records[b.From]
		err := ctx.Err()
		var reason error
		if err == nil {
			reason, err = r.again(ctx, function, record)
		}
		if err == nil && reason != nil {
			err = r.setAside(ctx, function, record, reason)
		}
		switch {
		case err != nil:
			return fmt.Errorf("record %d of %d: %w", b.From+1, len(records), err)
		case reason != nil:
			done.Quarantined++
		default:
			done.Records++
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
