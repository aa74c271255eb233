package app

import (
	"context"
	"fmt"

	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/envelope"
)

// Backfiller publishes what the archive of a category lacks, from the store: after
// an outage of the relay that was too long, or where objects were lost. Consumers
// skip what they have seen, so it may run beside the pipeline, be cut short and run
// again; what is on the feed already is not published once more.
type Backfiller struct {
	VerifyPorts
	Category  string
	Store     ports.EventStore
	Publisher ports.Publisher
	Source    string // the CloudEvents source of what it publishes
}

// BackfillReport is what a backfill did.
type BackfillReport struct {
	Events, Streams int64 // published, and of how many streams
	Waiting         int64 // stored events that are on their way into the archive by themselves
	// Failed is what could not be published, the first 10 000; FailedCount counts all.
	Failed      []Fault
	FailedCount int64
}

// Backfill returns its report. An error says that it ended early; running it again
// goes on.
func (b *Backfiller) Backfill(ctx context.Context) (BackfillReport, error) {
	if b.Progress == nil {
		b.Progress = func(Step) {}
	}
	// Faults of the archive are verify's to name: here, what cannot be read there is missing.
	c, counts, err := b.begin(ctx, b.Category, &faultList{})
	if err != nil {
		return BackfillReport{}, err
	}
	defer c.close()
	err = scanStore(ctx, b.Scanner, b.Category, checkWorkers, counts.events.Load(), b.Progress, func(_ int, s *scanned) error { return c.scanned(s) })
	if err == nil {
		err = b.later(ctx, c, b.Category)
	}
	if err != nil {
		return BackfillReport{}, err
	}
	f := filling{Backfiller: b, batch: batchPublisher{publisher: b.Publisher}}
	err = f.all(ctx, c)
	f.report.Events, f.report.Failed, f.report.FailedCount = f.batch.published, f.failed.sorted(), f.failed.count
	return f.report, err
}

// filling is one backfill on its way. It belongs to one goroutine.
type filling struct {
	*Backfiller
	batch  batchPublisher
	report BackfillReport
	failed faultList
	stream string // the last one of which something was published
}

// all publishes what is missing, part by part and in the order of each stream.
func (f *filling) all(ctx context.Context, c *comparison) error {
	step := Step{Phase: "publishing what is missing", Unit: "parts", Total: comparedParts}
	for part := range comparedParts {
		counted, err := c.compare(ctx, part, func(fault Fault) error {
			if fault.Kind != FaultMissing {
				return nil
			}
			return f.fill(ctx, &fault)
		})
		if err != nil {
			return err
		}
		f.report.Waiting += counted.waiting
		step.Done++
		f.Progress(step)
	}
	return f.batch.flush(ctx)
}

// fill publishes the missing events of one stream from one version to another.
func (f *filling) fill(ctx context.Context, missing *Fault) error {
	stream, err := ports.ParseStreamID(missing.Stream)
	if err != nil {
		return err
	}
	next := missing.First
	for p, err := range f.Store.Read(ctx, stream, missing.First, missing.Last) {
		if err == nil {
			p.Source = f.Source
			var data []byte
			if data, err = envelope.AppendWire(nil, &p); err == nil {
				next = p.Version + 1
				f.count(missing.Stream)
				if err := f.batch.add(ctx, ports.Outgoing{Key: missing.Stream, Data: data}); err != nil {
					return err
				}
				continue
			}
		}
		if passes(ctx, err) {
			return err
		}
		f.fail(missing, next, err)
		return nil
	}
	if next <= missing.Last && ctx.Err() == nil {
		f.fail(missing, next, fmt.Errorf("the store has it no more"))
	}
	return ctx.Err()
}

func (f *filling) count(stream string) {
	if stream != f.stream {
		f.report.Streams++
		f.stream = stream
	}
}

func (f *filling) fail(missing *Fault, from ports.Version, err error) {
	f.failed.add(Fault{Kind: FaultMissing, Stream: missing.Stream, First: from, Last: missing.Last, Where: storeName, What: "it cannot be published: " + cause(err)})
}
