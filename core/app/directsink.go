package app

import (
	"context"
	"fmt"
	"time"

	"github.com/evercart/evercart/ports"
)

// ReplayTarget handles the records of a replay for one target. It returns those
// that must come again, as Consumer.Handle does.
type ReplayTarget func(ctx context.Context, target ports.Target, records []ports.Record) []Failure

// DirectSink is a ports.ReplaySink without a queue: it hands records to their
// target in this process and returns when all are handled. Records that fail come
// again at once, some times; what fails on is ports.ErrUnavailable.
type DirectSink struct {
	// Targets are the handlers by the name of the target's consumer.
	Targets map[string]ReplayTarget
	// Backoff is the wait after a failure, doubled each time; 0: 100 ms.
	Backoff time.Duration
}

var _ ports.ReplaySink = (*DirectSink)(nil)

// deliveryTries is how often one call of Deliver hands over a record: more often
// than a consumer is willing to try an event that it cannot apply.
const deliveryTries = 5

// Knows reports whether there is a handler for target.
func (d *DirectSink) Knows(target ports.Target) bool { return d.Targets[target.Consumer] != nil }

// Deliver hands records to the target.
func (d *DirectSink) Deliver(ctx context.Context, target ports.Target, records []ports.Record) error {
	handle := d.Targets[target.Consumer]
	if handle == nil {
		return fmt.Errorf("there is no replay target %q here", target.Consumer)
	}
	backoff := d.Backoff
	if backoff == 0 {
		backoff = 100 * time.Millisecond
	}
	for tries := 1; ; tries++ {
		failures := handle(ctx, target, records)
		if len(failures) == 0 {
			return nil
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		first := &failures[0]
		records = records[first.Index:]
		if tries == deliveryTries {
			return fmt.Errorf("record %s of replay %s: %w: %w", records[0].Position, records[0].Replay, ports.ErrUnavailable, first.Err)
		}
		sleep(ctx, backoff<<(tries-1))
	}
}

// Pending returns 0: what is delivered is handled.
func (d *DirectSink) Pending(ctx context.Context, _ ports.Target) (int64, error) { return 0, ctx.Err() }
