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
// again, until they are handled, or parked, or the context ends.
type DirectSink struct {
	// Targets are the handlers by the name of the target's consumer.
	Targets map[string]ReplayTarget
	// Backoff is the wait after a failure, doubled up to 32 times as much; 0: 100 ms.
	Backoff time.Duration
}

var _ ports.ReplaySink = (*DirectSink)(nil)

// Deliver hands records to the target.
func (d *DirectSink) Deliver(ctx context.Context, target ports.Target, records []ports.Record) error {
	handle := d.Targets[target.Consumer]
	if handle == nil {
		return fmt.Errorf("there is no replay target %q", target.Consumer)
	}
	backoff := d.Backoff
	if backoff == 0 {
		backoff = 100 * time.Millisecond
	}
	for failed := 0; ; failed++ {
		failures := handle(ctx, target, records)
		if len(failures) == 0 {
			return ctx.Err()
		}
		records = records[failures[0].Index:]
		sleep(ctx, backoff<<min(failed, 5))
		if err := ctx.Err(); err != nil {
			return err
		}
	}
}

// Pending returns 0: what is delivered is handled.
func (d *DirectSink) Pending(context.Context, ports.Target) (int64, error) { return 0, nil }
