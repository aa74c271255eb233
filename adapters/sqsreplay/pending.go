package sqsreplay

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"github.com/evercart/evercart/ports"
)

// Pending implements ports.ReplaySink: it counts the messages in the queue of the
// target's consumer, of all its generations, those that a handler has in hand
// included. SQS counts approximately, and takes up to a minute to do so: a queue is
// empty when the count stays 0 for that long.
func (s *Sink) Pending(ctx context.Context, target ports.Target) (int64, error) {
	url, err := s.url(ctx, target)
	if err != nil {
		return 0, s.fault("pending of", target, err)
	}
	pending, err := s.count(ctx, url)
	return pending, s.fault("pending of", target, err)
}

// count counts the messages in a queue.
func (s *Sink) count(ctx context.Context, url string) (int64, error) {
	counted := []types.QueueAttributeName{
		types.QueueAttributeNameApproximateNumberOfMessages,
		types.QueueAttributeNameApproximateNumberOfMessagesNotVisible,
		types.QueueAttributeNameApproximateNumberOfMessagesDelayed,
	}
	answer, err := s.client.GetQueueAttributes(ctx, &sqs.GetQueueAttributesInput{QueueUrl: &url, AttributeNames: counted})
	if err != nil {
		return 0, classify(ctx, err)
	}
	total := int64(0)
	for _, name := range counted {
		text := answer.Attributes[string(name)]
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || n < 0 {
			return 0, fmt.Errorf("attribute %s is %q, want a number", name, text)
		}
		total += n
	}
	return total, nil
}

// url returns the URL of the queue of the target's consumer. It asks until it
// knows it.
func (s *Sink) url(ctx context.Context, target ports.Target) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	s.mu.Lock()
	known := s.urls[target.Consumer]
	s.mu.Unlock()
	if known != "" {
		return known, nil
	}
	name := s.QueueName(target.Consumer)
	answer, err := s.client.GetQueueUrl(ctx, &sqs.GetQueueUrlInput{QueueName: &name})
	if err != nil {
		return "", classify(ctx, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.urls[target.Consumer] = aws.ToString(answer.QueueUrl)
	return s.urls[target.Consumer], nil
}

// pause waits before the next call when so many (1 or more) were in vain: a random
// while of at most 100 ms, which doubles with each, up to 5 s. It returns an error
// at once where ctx would end sooner.
func pause(ctx context.Context, tries int) error { return wait(ctx, rand.N(longest(tries))) }

// WithSpread makes the sink draw its pauses, from 0 up to what spread is given, from
// spread and not from the process's random source. It is called before the sink is
// used.
func (s *Sink) WithSpread(spread func(below time.Duration) time.Duration) *Sink {
	s.pause = func(ctx context.Context, tries int) error { return wait(ctx, spread(longest(tries))) }
	return s
}

// longest is the longest pause after so many calls in vain.
func longest(tries int) time.Duration {
	return min(5*time.Second, 100*time.Millisecond<<min(tries-1, 10))
}

func wait(ctx context.Context, wait time.Duration) error {
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) <= wait {
		return context.DeadlineExceeded
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(wait):
		return nil
	}
}
