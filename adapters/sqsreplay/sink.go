package sqsreplay

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"github.com/evercart/evercart/ports"
)

const (
	// senders is how many calls of one Deliver run side by side.
	senders = 8
	// maxTries is how often one message is tried.
	maxTries = 10
	// tryTimeout bounds one call.
	tryTimeout = 10 * time.Second
)

// EnoughPending is how many messages may wait in a target's queue before a replay
// waits for the target: enough for all its functions to be busy, few enough to
// pause within minutes.
const EnoughPending = 20_000

// Sink is a ports.ReplaySink over SQS FIFO queues. It is safe for concurrent use;
// the order of a stream is kept within each Deliver, and from one to the next that
// begins when it has returned.
type Sink struct {
	client     *sqs.Client
	prefix     string
	maxPending int64
	pause      func(ctx context.Context, tries int) error

	mu   sync.Mutex
	urls map[string]string // of the queues, by consumer
}

// New returns a sink to the queues "<prefix>-replay-<consumer>.fifo". Deliver waits
// while a queue holds maxPending messages or more, so that a replay does not run
// ahead of its target by more than that and one batch; 0: it never waits.
func New(client *sqs.Client, prefix string, maxPending int64) *Sink {
	return &Sink{client: client, prefix: prefix, maxPending: maxPending, pause: pause, urls: map[string]string{}}
}

// QueueName returns the name of a consumer's queue.
func (s *Sink) QueueName(consumer string) string { return s.prefix + "-replay-" + consumer + ".fifo" }

// Deliver implements ports.ReplaySink. What fails is sent again after a pause that
// grows, with the later events of its stream held back; after ten tries of one
// message, or an error that will not pass, Deliver gives up.
func (s *Sink) Deliver(ctx context.Context, target ports.Target, records []ports.Record) error {
	if err := ctx.Err(); err != nil {
		return s.fault("deliver to", target, err)
	}
	messages, err := newMessages(target, records)
	if err != nil || len(messages) == 0 {
		return s.fault("deliver to", target, err)
	}
	url, err := s.room(ctx, target)
	if err != nil {
		return s.fault("deliver to", target, err)
	}
	o := newOutbox(target, messages)
	var running sync.WaitGroup
	for range min(senders, len(messages)) {
		running.Go(func() { s.sendAll(ctx, o, url) })
	}
	running.Wait()
	return s.fault("deliver to", target, o.err)
}

// room waits until the target's queue has room, and returns its URL.
func (s *Sink) room(ctx context.Context, target ports.Target) (url string, err error) {
	if url, err = s.url(ctx, target); err != nil || s.maxPending == 0 {
		return url, err
	}
	for looks := 1; ; looks++ {
		pending, err := s.count(ctx, url)
		if err != nil || pending < s.maxPending {
			return url, err
		}
		if err := s.pause(ctx, looks); err != nil {
			return "", fmt.Errorf("%w, with %d messages in the queue", err, pending)
		}
	}
}

// sendAll sends messages until there is none left to send.
func (s *Sink) sendAll(ctx context.Context, o *outbox, url string) {
	for taken := o.take(); len(taken) > 0; taken = o.take() {
		sent, unsent, err := s.send(ctx, o, url, taken)
		o.done(sent)
		if err == nil {
			continue
		}
		tries := 0
		for _, i := range unsent { // they are this sender's until it gives them back
			o.messages[i].tries++
			tries = max(tries, o.messages[i].tries)
		}
		if tries >= maxTries || !errors.Is(err, ports.ErrUnavailable) {
			o.stop(err)
		} else if end := s.pause(ctx, tries); end != nil {
			o.stop(fmt.Errorf("%w, after: %w", end, err))
		}
		o.back(unsent)
	}
}

// send sends the messages at the indexes of taken in one call. It returns those
// that are in the queue and those that are not known to be, and an error where
// there are such.
func (s *Sink) send(ctx context.Context, o *outbox, url string, taken []int) (sent, unsent []int, err error) {
	input := &sqs.SendMessageBatchInput{QueueUrl: &url}
	for _, i := range taken {
		input.Entries = append(input.Entries, o.messages[i].entry(strconv.Itoa(i), o.target))
	}
	try, cancel := context.WithTimeout(ctx, tryTimeout)
	defer cancel()
	answer, err := s.client.SendMessageBatch(try, input, triedOnce)
	if err != nil {
		return nil, taken, classify(ctx, err)
	}
	in := make(map[string]bool, len(taken))
	for i := range answer.Successful {
		in[aws.ToString(answer.Successful[i].Id)] = true
	}
	for _, i := range taken {
		if in[strconv.Itoa(i)] {
			sent = append(sent, i)
		} else {
			unsent = append(unsent, i)
		}
	}
	if len(unsent) > 0 {
		err = fmt.Errorf("%w: it did not answer for all messages", ports.ErrUnavailable)
	}
	for i := range answer.Failed {
		if fault := entryFault(&answer.Failed[i]); i == 0 || !errors.Is(fault, ports.ErrUnavailable) {
			err = fault
		}
	}
	return sent, unsent, err
}

// triedOnce keeps the SDK from trying again by itself: the sender does, with what
// failed only.
func triedOnce(o *sqs.Options) { o.Retryer = aws.NopRetryer{} }

func (s *Sink) fault(doing string, target ports.Target, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("sqsreplay: %s %s, queue %s: %w", doing, target, s.QueueName(target.Consumer), err)
}
