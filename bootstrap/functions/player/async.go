package player

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

// asyncRetries is how often an asynchronous invocation that failed is tried again.
const asyncRetries = 2

// asynchronously has a function handle an event without waiting for it. An event
// whose function fails is tried twice more, and then goes to the queue of dead
// letters ("How Lambda handles errors and retries with asynchronous invocation",
// "Adding a dead-letter queue").
func (r *Running) asynchronously(f *function, event []byte) {
	r.begin(func() {
		pause := or(r.stack.Tempo.Again, time.Minute)
		for retries := 0; ; retries++ {
			_, err := f.invoke(r.ctx, "async", event)
			if err == nil || r.ctx.Err() != nil {
				return
			}
			if retries == asyncRetries {
				r.bury(r.ctx, f.program, event, err)
				return
			}
			if wait(r.ctx, pause<<retries) != nil {
				return
			}
		}
	})
}

// bury puts an event that was given up into the queue of dead letters.
func (r *Running) bury(ctx context.Context, program string, event []byte, reason error) {
	r.log.ErrorContext(ctx, "an asynchronous invocation is given up", "function", program, "error", reason)
	queues := r.clients.queues
	where, err := queues.GetQueueUrl(ctx, &sqs.GetQueueUrlInput{QueueName: aws.String(r.stack.DeadLetters())})
	if err == nil {
		text := func(value string) types.MessageAttributeValue {
			return types.MessageAttributeValue{DataType: aws.String("String"), StringValue: &value}
		}
		_, err = queues.SendMessage(ctx, &sqs.SendMessageInput{
			QueueUrl: where.QueueUrl, MessageBody: aws.String(string(event)),
			MessageAttributes: map[string]types.MessageAttributeValue{"ErrorCode": text("200"), "ErrorMessage": text(reason.Error()[:min(len(reason.Error()), 1024)])},
		})
	}
	if err != nil && ctx.Err() == nil {
		r.log.ErrorContext(ctx, "a dead letter is lost", "function", program, "error", err)
	}
}
