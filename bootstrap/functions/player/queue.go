package player

import (
	"context"
	"encoding/json"
	"log/slog"
	"strconv"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

// queueMapping is an event source mapping of an SQS FIFO queue, with
// ReportBatchItemFailures. The queue itself keeps the order of each group: while
// some of its messages are in flight, it gives out none of the later ones.
type queueMapping struct {
	client *sqs.Client
	name   string
	invoke func(ctx context.Context, payload []byte) ([]byte, error)
	poll   time.Duration
}

const (
	// queueBatch is the most messages of a batch of a FIFO queue ("Creating and
	// configuring an Amazon SQS event source mapping").
	queueBatch = 10
	// queuePollers is how many batches are under way at most ("Configuring scaling
	// behavior for SQS event source mappings": on a FIFO queue one a group, and the
	// maximum concurrency).
	queuePollers = 2
)

// follow hands over the queue's messages until ctx ends.
func (q *queueMapping) follow(ctx context.Context, log *slog.Logger) {
	var running sync.WaitGroup
	defer running.Wait()
	for range queuePollers {
		running.Go(func() {
			for ctx.Err() == nil {
				if err := q.next(ctx); err != nil && ctx.Err() == nil {
					log.WarnContext(ctx, "a queue cannot be read just now", "queue", q.name, "error", err)
					_ = wait(ctx, q.poll) // its end ends the loop
				}
			}
		})
	}
}

// next receives a batch, has it handled, and deletes the messages that were. What
// failed stays hidden until its visibility timeout ends; where the function failed,
// or its answer cannot be read, that is the whole batch ("Handling errors for an
// SQS event source in Lambda").
func (q *queueMapping) next(ctx context.Context) error {
	where, err := q.client.GetQueueUrl(ctx, &sqs.GetQueueUrlInput{QueueName: &q.name})
	if err != nil {
		return err
	}
	got, err := q.client.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{
		QueueUrl: where.QueueUrl, MaxNumberOfMessages: queueBatch, MessageAttributeNames: []string{"All"},
		WaitTimeSeconds: int32(max(1, q.poll/time.Second)), MessageSystemAttributeNames: []types.MessageSystemAttributeName{types.MessageSystemAttributeNameAll},
	})
	if err != nil || len(got.Messages) == 0 {
		return err
	}
	payload, err := q.event(got.Messages)
	if err != nil {
		return err
	}
	answer, err := q.invoke(ctx, payload)
	if err != nil {
		return ctx.Err() // the function failed, which it has logged
	}
	handled := handledMessages(answer, got.Messages)
	if len(handled) == 0 {
		return nil
	}
	_, err = q.client.DeleteMessageBatch(ctx, &sqs.DeleteMessageBatchInput{QueueUrl: where.QueueUrl, Entries: handled})
	return err
}

// handledMessages returns the messages that a function's answer does not name. One
// that names what is not in the batch fails all of it.
func handledMessages(answer []byte, messages []types.Message) (handled []types.DeleteMessageBatchRequestEntry) {
	identifiers, ok := failuresIn(answer)
	failed := map[string]bool{}
	for _, id := range identifiers {
		failed[id] = true
	}
	for i := range messages {
		id := aws.ToString(messages[i].MessageId)
		if failed[id] {
			delete(failed, id)
			continue
		}
		handled = append(handled, types.DeleteMessageBatchRequestEntry{Id: aws.String(strconv.Itoa(i)), ReceiptHandle: messages[i].ReceiptHandle})
	}
	if !ok || len(failed) > 0 {
		return nil
	}
	return handled
}

// event returns messages as Lambda hands them over ("Using Lambda with Amazon SQS",
// the example of an event of a FIFO queue).
func (q *queueMapping) event(messages []types.Message) ([]byte, error) {
	records := make([]map[string]any, len(messages))
	for i := range messages {
		m := &messages[i]
		given := map[string]any{}
		for name, a := range m.MessageAttributes {
			given[name] = map[string]any{
				"stringValue": a.StringValue, "binaryValue": a.BinaryValue, "dataType": a.DataType, "stringListValues": []string{}, "binaryListValues": []string{},
			}
		}
		records[i] = map[string]any{
			"messageId": m.MessageId, "receiptHandle": m.ReceiptHandle, "body": m.Body, "md5OfBody": m.MD5OfBody, "attributes": m.Attributes,
			"messageAttributes": given, "eventSource": "aws:sqs", "eventSourceARN": "arn:aws:sqs:" + Region + ":" + Account + ":" + q.name, "awsRegion": Region,
		}
	}
	return json.Marshal(map[string]any{"Records": records})
}
