package lambdafn

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"

	"github.com/aws/aws-lambda-go/events"
)

// Fetch returns the content of an object of S3.
type Fetch func(ctx context.Context, bucket, key string) ([]byte, error)

// Redriven is the answer to an event about failure records.
type Redriven struct {
	Records     int `json:"records"`     // how many were handled
	Quarantined int `json:"quarantined"` // how many failed again
}

// failureRecord is what an event source mapping leaves in S3 of a batch that it
// gave up (Lambda Developer Guide, "Retaining discarded batch records": S3
// destinations hold the whole batch).
type failureRecord struct {
	Payload json.RawMessage `json:"payload"` // the event, as JSON or as a string of it
}

// redriving is how a function handles batches again that Lambda gave up.
type redriving struct {
	fetch Fetch
	// again handles one record.
	again func(ctx context.Context, record json.RawMessage) error
	// setAside puts a record into the quarantine that cannot be handled.
	setAside func(ctx context.Context, record json.RawMessage, reason error) error
}

// handle hands over every record of the batches that an event of S3 tells of, one
// by one, so that one that brings the function down stops no other. What fails
// again goes into the quarantine. The error joins what could not even go there, or
// not be read: Lambda then tries the whole event again, and the object stays.
func (r *redriving) handle(ctx context.Context, payload []byte) (Redriven, error) {
	var event events.S3Event
	if err := json.Unmarshal(payload, &event); err != nil {
		return Redriven{}, fmt.Errorf("event of S3: %w", err)
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
	return done, errors.Join(failures...)
}

func (r *redriving) object(ctx context.Context, bucket, key string, done *Redriven) error {
	content, err := r.fetch(ctx, bucket, key)
	if err != nil {
		return err
	}
	records, err := failedRecords(content)
	if err != nil {
		return err
	}
	var failures []error
	for n, record := range records {
		reason := guarded(func() error { return r.again(ctx, record) })
		if reason == nil {
			done.Records++
			continue
		}
		err := ctx.Err() // the record is not to blame
		if err == nil {
			err = r.setAside(ctx, record, reason)
		}
		if err != nil {
			failures = append(failures, fmt.Errorf("record %d: %w", n+1, errors.Join(reason, err)))
			continue
		}
		done.Quarantined++
	}
	return errors.Join(failures...)
}

// failedRecords returns the records of the batch in a failure record.
func failedRecords(content []byte) ([]json.RawMessage, error) {
	var failure failureRecord
	if err := json.Unmarshal(content, &failure); err != nil {
		return nil, fmt.Errorf("it is no failure record: %w", err)
	}
	batch := []byte(failure.Payload)
	if len(batch) > 0 && batch[0] == '"' {
		var text string
		if err := json.Unmarshal(batch, &text); err != nil {
			return nil, fmt.Errorf("its payload cannot be read: %w", err)
		}
		batch = []byte(text)
	}
	records, err := recordsOf(batch)
	if err == nil && len(records) == 0 {
		err = errors.New("it has no payload with records")
	}
	return records, err
}
