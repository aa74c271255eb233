package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/evercart/evercart/ports"
)

const (
	// publishBatch and publishBytes bound what is published in one call: what a call
	// to Kinesis takes.
	publishBatch = 500
	publishBytes = 8 << 20
	// publishTries is how often a batch is tried before its fault ends the work.
	publishTries = 8
)

// batchPublisher publishes records in batches. It belongs to one goroutine.
type batchPublisher struct {
	publisher ports.Publisher
	batch     []ports.Outgoing
	bytes     int
	published int64 // records known to be on the feed
}

// add publishes a record, with others, now or later.
func (b *batchPublisher) add(ctx context.Context, record ports.Outgoing) error {
	b.batch = append(b.batch, record)
	b.bytes += len(record.Data)
	if len(b.batch) < publishBatch && b.bytes < publishBytes {
		return nil
	}
	return b.flush(ctx)
}

// flush publishes what waits. Faults that may pass are tried again for a while.
func (b *batchPublisher) flush(ctx context.Context) error {
	for tries := 1; len(b.batch) > 0; tries++ {
		err := b.publisher.Publish(ctx, b.batch)
		if err == nil {
			b.keep(nil)
			return nil
		}
		var rest *ports.UnpublishedError
		if errors.As(err, &rest) {
			b.keep(rest.Indexes)
		}
		if ctx.Err() != nil || !errors.Is(err, ports.ErrUnavailable) || tries == publishTries {
			return fmt.Errorf("publish %d events: %w", len(b.batch), err)
		}
		sleep(ctx, 50*time.Millisecond<<min(tries, 6))
	}
	return nil
}

// keep leaves the records at indexes to be published; the others are.
func (b *batchPublisher) keep(indexes []int) {
	rest := make([]ports.Outgoing, len(indexes), publishBatch)
	b.bytes = 0
	for i, at := range indexes {
		rest[i] = b.batch[at]
		b.bytes += len(rest[i].Data)
	}
	b.published += int64(len(b.batch) - len(rest))
	b.batch = rest
}
