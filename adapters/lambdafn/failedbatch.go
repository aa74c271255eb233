package lambdafn

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"

	"github.com/aws/aws-lambda-go/events"
)

// failedBatch is an object of the bucket of failed batches, and how much of it is
// done with.
type failedBatch struct {
	Bucket string `json:"bucket"`
	Key    string `json:"key"`
	From   int    `json:"from,omitempty"` // the first record that is not, from 0
}

// goingOn is the event that names one batch.
type goingOn struct {
	Redrive *failedBatch `json:"redrive"`
}

// failedBatches returns the batches that an event is about.
func failedBatches(payload []byte) ([]failedBatch, error) {
	if shapeOf(payload) != shapeS3 {
		var in goingOn
		if err := readQuery(payload, &in); err != nil {
			return nil, err
		}
		if in.Redrive == nil || in.Redrive.Bucket == "" || in.Redrive.Key == "" || in.Redrive.From < 0 {
			return nil, ErrMalformed.With(`the event names no batch; want {"redrive": {"bucket": …, "key": …}}`)
		}
		return []failedBatch{*in.Redrive}, nil
	}
	var event events.S3Event
	if err := json.Unmarshal(payload, &event); err != nil {
		return nil, fmt.Errorf("event of S3: %w", err)
	}
	batches := make([]failedBatch, len(event.Records))
	for i := range event.Records {
		s3 := &event.Records[i].S3
		key, err := url.QueryUnescape(s3.Object.Key) // S3 encodes it as a form does
		if err != nil {
			return nil, fmt.Errorf("event of S3: object %s of bucket %s: %w", s3.Object.Key, s3.Bucket.Name, err)
		}
		batches[i] = failedBatch{Bucket: s3.Bucket.Name, Key: key}
	}
	return batches, nil
}

// goOn has another invocation go on with a batch.
func (r *Redrive) goOn(ctx context.Context, b *failedBatch) error {
	payload, err := encode(goingOn{b})
	if err != nil {
		return err
	}
	return r.Continue(ctx, payload)
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
