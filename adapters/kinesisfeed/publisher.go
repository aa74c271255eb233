package kinesisfeed

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"

	"github.com/evercart/evercart/ports"
)

const (
	// maxTries is how many calls may follow each other that put nothing on the feed.
	maxTries = 10
	// tryTimeout bounds one call.
	tryTimeout = 10 * time.Second
)

// Publisher is a ports.Publisher on one Kinesis stream. It is safe for concurrent
// use; the order of a key is kept within each Publish.
type Publisher struct {
	client *kinesis.Client
	stream string
	margin time.Duration
	pause  func(ctx context.Context, tries int) error
}

// NewPublisher returns a publisher on the Kinesis stream of that name. Publish
// stops so long before its context's deadline as margin (0 or more) says, so that
// its caller has time left to report what was not sent.
func NewPublisher(client *kinesis.Client, stream string, margin time.Duration) *Publisher {
	return &Publisher{client: client, stream: stream, margin: margin, pause: pause}
}

// Publish implements ports.Publisher. A call sends at most 500 records and 5 MiB,
// no two of one key. What fails is sent again after a pause that grows, with the
// later records of its key held back; after ten calls without any record put on
// the feed, an error that will not pass, or close to the context's deadline,
// Publish gives up. A record over 1 MiB with its key is a *ports.TooLargeError.
func (p *Publisher) Publish(ctx context.Context, records []ports.Outgoing) error {
	ctx, cancel := p.beforeDeadline(ctx)
	defer cancel()
	s := newSending(records)
	tries := 0
	for wave := s.wave(); len(wave) > 0; wave = s.wave() {
		sent, err := p.put(ctx, records, wave)
		s.done(sent)
		if err == nil {
			tries = 0
			continue
		}
		if len(sent) > 0 {
			tries = 0
		}
		tries++
		if tries == maxTries || !errors.Is(err, ports.ErrUnavailable) {
			s.fail(err)
			break
		}
		if end := p.pause(ctx, tries); end != nil {
			s.fail(fmt.Errorf("%w, after: %w", end, err))
			break
		}
	}
	return s.outcome(p.stream)
}

// beforeDeadline returns ctx with its deadline, if it has one, drawn nearer by the
// margin.
func (p *Publisher) beforeDeadline(ctx context.Context) (context.Context, context.CancelFunc) {
	deadline, ok := ctx.Deadline()
	if !ok {
		return context.WithCancel(ctx)
	}
	return context.WithDeadline(ctx, deadline.Add(-p.margin))
}

// put sends the records at the indexes of wave in one call. It returns the indexes
// of those that are on the feed, and an error unless that is all.
func (p *Publisher) put(ctx context.Context, records []ports.Outgoing, wave []int) (sent []int, err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	entries := make([]types.PutRecordsRequestEntry, len(wave))
	for i, index := range wave {
		entries[i] = types.PutRecordsRequestEntry{Data: records[index].Data, PartitionKey: &records[index].Key}
	}
	try, cancel := context.WithTimeout(ctx, tryTimeout)
	defer cancel()
	answer, err := p.client.PutRecords(try, &kinesis.PutRecordsInput{StreamName: &p.stream, Records: entries}, triedOnce)
	if err != nil {
		return nil, classify(ctx, err)
	}
	if len(answer.Records) != len(wave) {
		return nil, fmt.Errorf("%w: it answered for %d of %d records", ports.ErrUnavailable, len(answer.Records), len(wave))
	}
	for i := range answer.Records {
		result := &answer.Records[i]
		switch {
		case result.ErrorCode == nil && result.SequenceNumber != nil:
			sent = append(sent, wave[i])
		case err == nil: // throttling of the shard or an internal failure, says Kinesis
			err = fmt.Errorf("%w: %s: %s", ports.ErrUnavailable, aws.ToString(result.ErrorCode), aws.ToString(result.ErrorMessage))
		}
	}
	return sent, err
}

// triedOnce keeps the SDK from trying again by itself: Publish does, with what
// failed only.
func triedOnce(o *kinesis.Options) { o.Retryer = aws.NopRetryer{} }
