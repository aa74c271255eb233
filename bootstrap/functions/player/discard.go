package player

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/google/uuid"
)

// discarded is a batch that a mapping gave up.
type discarded struct {
	source    source
	shard     string
	records   []record
	condition string // "RetryAttemptsExhausted", "RecordAgeExceeded"
	invokes   int
	crashed   bool // the function failed, rather than to report failures
	at        time.Time
}

// failureRecord returns what the mapping of a function leaves in S3: the context of
// the batch and, in S3 alone, the whole event ("Retain discarded batch records for
// a Kinesis Data Streams event source in Lambda using destinations", and the same
// for DynamoDB).
func (d *discarded) failureRecord(functionARN string) ([]byte, error) {
	first, last := &d.records[0], &d.records[len(d.records)-1]
	response := map[string]any{"statusCode": 200, "executedVersion": "$LATEST", "functionError": nil}
	if d.crashed {
		response["functionError"] = "Unhandled"
	}
	const form = "2006-01-02T15:04:05.000Z"
	return json.Marshal(map[string]any{
		"requestContext": map[string]any{
			"requestId": uuid.NewString(), "functionArn": functionARN, "condition": d.condition, "approximateInvokeCount": d.invokes,
		},
		"responseContext": response, "version": "1.0", "timestamp": d.at.UTC().Format(form),
		d.source.infoName(): map[string]any{
			"shardId": d.shard, "startSequenceNumber": first.sequence, "endSequenceNumber": last.sequence, "batchSize": len(d.records),
			"approximateArrivalOfFirstRecord": first.arrival.UTC().Format(form), "approximateArrivalOfLastRecord": last.arrival.UTC().Format(form),
			"streamArn": d.source.arn(),
		},
		"payload": string(payloadOf(d.records)),
	})
}

// key returns the object's key, which the same page gives.
func (d *discarded) key(mapping string) string {
	at := d.at.UTC()
	return fmt.Sprintf("aws/lambda/%s/%s/%s/%s-%s", mapping, d.shard, at.Format("2006/01/02"), at.Format("2006-01-02T15.04.05"), uuid.NewString())
}

// keep puts what a function's mapping gave up into the bucket of failures, and
// tells function replay of it, as S3 does of a new object ("Process Amazon S3 event
// notifications with Lambda").
func (r *Running) keep(ctx context.Context, program, mapping string, d *discarded) error {
	content, err := d.failureRecord(r.stack.FunctionARN(program))
	if err != nil {
		return err
	}
	bucket, key := r.stack.FailureBucket(), d.key(mapping)
	if _, err := r.clients.objects.PutObject(ctx, &s3.PutObjectInput{Bucket: &bucket, Key: &key, Body: bytes.NewReader(content)}); err != nil {
		return fmt.Errorf("player: keep what %s gave up: %w", program, err)
	}
	r.log.WarnContext(ctx, "a batch is given up", "function", program, "condition", d.condition, "records", len(d.records), "object", key)
	event, err := objectCreated(bucket, key, len(content), d.at)
	if err != nil {
		return err
	}
	if replay := r.functions["replay"]; replay != nil {
		r.asynchronously(replay, event)
	}
	return nil
}

// objectCreated returns the event that S3 sends of a new object (Amazon S3 User
// Guide, "Event message structure").
func objectCreated(bucket, key string, size int, at time.Time) ([]byte, error) {
	return json.Marshal(map[string]any{"Records": []any{map[string]any{
		"eventVersion": "2.1", "eventSource": "aws:s3", "awsRegion": Region, "eventTime": at.UTC().Format(time.RFC3339), "eventName": "ObjectCreated:Put",
		"s3": map[string]any{
			"s3SchemaVersion": "1.0", "configurationId": "failures",
			"bucket": map[string]any{"name": bucket, "arn": "arn:aws:s3:::" + bucket},
			"object": map[string]any{"key": url.QueryEscape(key), "size": size},
		},
	}}})
}
