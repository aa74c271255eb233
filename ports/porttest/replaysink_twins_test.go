package porttest_test

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/evercart/evercart/adapters/memory"
	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/porttest"
)

// sinkDouble is a memory sink whose calls can be replaced one by one.
type sinkDouble struct {
	*memory.ReplaySink
	handle  porttest.SinkHandler
	deliver func(context.Context, ports.Target, []ports.Record) error
	pending func(context.Context, ports.Target) (int64, error)
}

func newSinkDouble(breakIt func(*sinkDouble)) porttest.SinkTo {
	return func(handle porttest.SinkHandler) ports.ReplaySink {
		s := memory.NewReplaySink(handle)
		d := &sinkDouble{ReplaySink: s, handle: handle, deliver: s.Deliver, pending: s.Pending}
		breakIt(d)
		return d
	}
}

func (d *sinkDouble) Deliver(ctx context.Context, target ports.Target, records []ports.Record) error {
	return d.deliver(ctx, target, records)
}

func (d *sinkDouble) Pending(ctx context.Context, target ports.Target) (int64, error) {
	return d.pending(ctx, target)
}

// delivers changes what is delivered.
func (d *sinkDouble) delivers(change func(target ports.Target, records []ports.Record) (ports.Target, []ports.Record)) {
	d.deliver = func(ctx context.Context, target ports.Target, records []ports.Record) error {
		target, records = change(target, slices.Clone(records))
		return d.ReplaySink.Deliver(ctx, target, records)
	}
}

// later makes d a sink with a queue, whose records are handled a moment after they
// were delivered, and again until they are. It breaks nothing.
func later(d *sinkDouble) {
	queued(d, func(records []ports.Record) []ports.Record { return cloned(records) })
}

// queued is later with what becomes of records on their way into the queue.
func queued(d *sinkDouble, enter func([]ports.Record) []ports.Record) {
	var turns sync.Mutex
	var waiting atomic.Int64
	d.deliver = func(ctx context.Context, target ports.Target, records []ports.Record) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		records = enter(records)
		waiting.Add(int64(len(records)))
		before := make(chan struct{})
		go func() {
			turns.Lock()
			defer turns.Unlock()
			close(before)
			<-time.After(10 * time.Millisecond)
			for d.handle(context.WithoutCancel(ctx), target, records) != nil {
				<-time.After(time.Millisecond)
			}
			waiting.Add(-int64(len(records)))
		}()
		<-before
		return nil
	}
	d.pending = func(ctx context.Context, _ ports.Target) (int64, error) { return waiting.Load(), ctx.Err() }
}

// cloned returns records that share no memory with those given.
func cloned(records []ports.Record) []ports.Record {
	records = slices.Clone(records)
	for i := range records {
		records[i].Data = slices.Clone(records[i].Data)
	}
	return records
}

const (
	sinkHandsOver = "a delivered record is handled as it is, with its replay, for its target"
	sinkOrder     = "the records of one stream are handled in the order given"
	sinkAgain     = "a batch that could not be handled is handled when it comes again, each stream in order"
	sinkOfMany    = "what 32 deliver at once is handled"
	sinkNone      = "an empty batch is delivered"
	sinkIdle      = "nothing is pending before the first delivery and after the last is handled"
	sinkReference = "the sink keeps no reference to records that it was given"
	sinkEnded     = "a dead context ends every call of a replay sink"
)

func TestReplaySinkChecksBite(t *testing.T) {
	t.Parallel()
	t.Run("a sink with a queue passes", func(t *testing.T) {
		t.Parallel()
		porttest.Run(t, func(*testing.T) porttest.SinkTo { return newSinkDouble(later) }, porttest.ReplaySink())
	})
	bites(t, porttest.ReplaySink(), newSinkDouble, slices.Concat(handOverTwins(), sinkFaultTwins(), sinkCallTwins()))
}

func handOverTwins() []twin[sinkDouble] {
	each := func(change func(*ports.Record)) func(*sinkDouble) {
		return func(d *sinkDouble) {
			d.delivers(func(target ports.Target, records []ports.Record) (ports.Target, []ports.Record) {
				for i := range records {
					change(&records[i])
				}
				return target, records
			})
		}
	}
	return []twin[sinkDouble]{
		{"changes a record's data", each(func(r *ports.Record) { r.Data = append(slices.Clone(r.Data), '\n') }), []string{sinkHandsOver}},
		{"marks records with a replay of its own", each(func(r *ports.Record) { r.Replay = "replay" }), []string{sinkHandsOver}},
		{"delivers to the first generation", func(d *sinkDouble) {
			d.delivers(func(target ports.Target, records []ports.Record) (ports.Target, []ports.Record) {
				target.Generation = 1
				return target, records
			})
		}, []string{sinkHandsOver, sinkOrder}},
		{"delivers to all targets that it knows", func(d *sinkDouble) {
			known := map[ports.Target]bool{}
			d.deliver = func(ctx context.Context, target ports.Target, records []ports.Record) error {
				known[target] = true
				for target := range known {
					if err := d.ReplaySink.Deliver(ctx, target, records); err != nil {
						return err
					}
				}
				return nil
			}
		}, []string{sinkHandsOver}},
		{"loses the last record of a batch", func(d *sinkDouble) {
			d.delivers(func(target ports.Target, records []ports.Record) (ports.Target, []ports.Record) {
				return target, records[:max(0, len(records)-1)]
			})
		}, []string{sinkHandsOver, sinkOrder, sinkOfMany}},
		{"swallows the second of two equal streams' records", func(d *sinkDouble) {
			seen := map[string]bool{}
			d.delivers(func(target ports.Target, records []ports.Record) (ports.Target, []ports.Record) {
				return target, slices.DeleteFunc(records, func(r ports.Record) bool {
					again := seen[string(r.Position)]
					seen[string(r.Position)] = true
					return again
				})
			})
		}, []string{sinkOrder, sinkHandsOver}},
		{"hands a batch over backwards", func(d *sinkDouble) {
			d.delivers(func(target ports.Target, records []ports.Record) (ports.Target, []ports.Record) {
				return target, reversed(records)
			})
		}, []string{sinkOrder, sinkOfMany}},
		{"handles batches in any order", func(d *sinkDouble) {
			var batches atomic.Int64
			d.deliver = func(ctx context.Context, target ports.Target, records []ports.Record) error {
				records = cloned(records)
				wait := time.Duration(1+batches.Add(1)%2) * 10 * time.Millisecond
				go func() {
					<-time.After(wait)
					_ = d.handle(context.WithoutCancel(ctx), target, records)
				}()
				return nil
			}
		}, []string{sinkOrder, sinkOfMany}},
	}
}

func sinkFaultTwins() []twin[sinkDouble] {
	return []twin[sinkDouble]{
		{"swallows the handler's error", func(d *sinkDouble) {
			d.deliver = func(ctx context.Context, target ports.Target, records []ports.Record) error {
				_ = d.ReplaySink.Deliver(ctx, target, records)
				return ctx.Err()
			}
		}, []string{sinkAgain}},
		{"drops what failed twice", func(d *sinkDouble) {
			failed := 0
			d.deliver = func(ctx context.Context, target ports.Target, records []ports.Record) error {
				if failed > 1 {
					failed = 0
					return nil
				}
				err := d.ReplaySink.Deliver(ctx, target, records)
				if err != nil {
					failed++
				}
				return err
			}
		}, []string{sinkAgain}},
		{"hands over the rest of a batch that failed", func(d *sinkDouble) {
			d.deliver = func(ctx context.Context, target ports.Target, records []ports.Record) error {
				err := d.ReplaySink.Deliver(ctx, target, records)
				for i := len(records) - 1; err != nil && i > 0; i-- {
					_ = d.handle(ctx, target, records[i:i+1])
				}
				return err
			}
		}, []string{sinkAgain}},
		{"never takes a batch that failed again", func(d *sinkDouble) {
			var failed error
			d.deliver = func(ctx context.Context, target ports.Target, records []ports.Record) error {
				if failed == nil {
					failed = d.ReplaySink.Deliver(ctx, target, records)
				}
				return failed
			}
		}, []string{sinkAgain}},
		{"loses what is delivered beside another delivery", func(d *sinkDouble) {
			var delivering atomic.Int64
			d.deliver = func(ctx context.Context, target ports.Target, records []ports.Record) error {
				defer delivering.Add(-1)
				if delivering.Add(1) > 1 {
					return nil
				}
				<-turn()
				return d.ReplaySink.Deliver(ctx, target, records)
			}
		}, []string{sinkOfMany}},
		{"refuses an empty batch", func(d *sinkDouble) {
			d.deliver = func(ctx context.Context, target ports.Target, records []ports.Record) error {
				if len(records) == 0 {
					return errTwin
				}
				return d.ReplaySink.Deliver(ctx, target, records)
			}
		}, []string{sinkNone}},
	}
}

func sinkCallTwins() []twin[sinkDouble] {
	return []twin[sinkDouble]{
		{"counts what it delivered for good", func(d *sinkDouble) {
			var n atomic.Int64
			d.deliver = func(ctx context.Context, target ports.Target, records []ports.Record) error {
				n.Add(int64(len(records)))
				return d.ReplaySink.Deliver(ctx, target, records)
			}
			d.pending = func(context.Context, ports.Target) (int64, error) { return n.Load(), nil }
		}, []string{sinkIdle}},
		{"has something pending from the start", func(d *sinkDouble) {
			d.pending = func(context.Context, ports.Target) (int64, error) { return 1, nil }
		}, []string{sinkIdle, sinkNone}},
		{"counts down below nothing", func(d *sinkDouble) {
			var n atomic.Int64
			d.deliver = func(ctx context.Context, target ports.Target, records []ports.Record) error {
				n.Add(-int64(len(records)))
				return d.ReplaySink.Deliver(ctx, target, records)
			}
			d.pending = func(context.Context, ports.Target) (int64, error) { return n.Load(), nil }
		}, []string{sinkIdle}},
		{"queues the caller's own memory", func(d *sinkDouble) {
			queued(d, func(records []ports.Record) []ports.Record { return records })
		}, []string{sinkReference}},
		{"delivers under a dead context", func(d *sinkDouble) {
			d.deliver = func(ctx context.Context, target ports.Target, records []ports.Record) error {
				return d.ReplaySink.Deliver(context.WithoutCancel(ctx), target, records)
			}
		}, []string{sinkEnded}},
		{"counts under a dead context", func(d *sinkDouble) {
			d.pending = func(ctx context.Context, target ports.Target) (int64, error) {
				return d.ReplaySink.Pending(context.WithoutCancel(ctx), target)
			}
		}, []string{sinkEnded}},
	}
}
