package app

import (
	"context"
	"time"

	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/envelope"
)

// intake reads the records of a consumer's batches and sets aside those that
// cannot be read at all.
type intake struct {
	consumer   string
	quarantine ports.Quarantine
	now        func() time.Time
	meter      ports.Meter
}

// delivery is one readable record of a batch.
type delivery struct {
	index int // in the batch
	event ports.Published
}

// read returns the readable records, and the failures of those that could
// neither be read nor be put into the quarantine.
func (in *intake) read(ctx context.Context, records []ports.Record) ([]delivery, []Failure) {
	deliveries := make([]delivery, 0, len(records))
	var failures []Failure
	for i := range records {
		event, err := envelope.ParseWire(string(records[i].Data))
		if err == nil {
			deliveries = append(deliveries, delivery{index: i, event: event})
			continue
		}
		if err := in.setAside(ctx, &records[i], err); err != nil {
			failures = append(failures, Failure{Index: i, Err: err})
		}
	}
	return deliveries, failures
}

func (in *intake) setAside(ctx context.Context, r *ports.Record, reason error) error {
	err := in.quarantine.PutQuarantined(ctx, ports.Quarantined{
		Consumer: in.consumer, Shard: r.Shard, Position: r.Position,
		Reason: reason.Error(), Payload: r.Data, At: in.now().UTC().Truncate(time.Microsecond),
	})
	if err == nil {
		in.meter.Add(ports.MetricQuarantined, in.consumer, 1)
	}
	return err
}
