package app

import (
	"context"
	"time"

	"github.com/evercart/evercart/ports"
)

// Archiver writes every event of the feed into the archive, a batch an object. It
// needs no checkpoint: it stores all that it sees, and the same batch retried has
// the same key. It is a Consumer.
type Archiver struct {
	archive ports.Archive
	intake  intake
}

// ArchiverName is the archiver's name as a consumer.
const ArchiverName = "archive"

// NewArchiver returns an archiver. Records that cannot be read go to quarantine.
func NewArchiver(archive ports.Archive, quarantine ports.Quarantine, now func() time.Time, meter ports.Meter) *Archiver {
	return &Archiver{
		archive: archive,
		intake:  intake{consumer: ArchiverName, quarantine: quarantine, now: now, meter: meter},
	}
}

// Name returns ArchiverName.
func (a *Archiver) Name() string { return ArchiverName }

// Handle stores the batch as one object. It fails as a whole or not at all.
func (a *Archiver) Handle(ctx context.Context, records []ports.Record) []Failure {
	if len(records) == 0 {
		return nil
	}
	deliveries, failures := a.intake.read(ctx, records)
	if len(failures) > 0 {
		return failAll(len(records), 0, failures[0].Err)
	}
	if len(deliveries) == 0 {
		return nil
	}
	lines := make([][]byte, len(deliveries))
	for i, d := range deliveries {
		lines[i] = records[d.index].Data
	}
	first, last := &records[0], &records[len(records)-1]
	_, err := a.archive.WriteObject(ctx, ports.ArchiveBatch{
		Shard: first.Shard, First: first.Position, Last: last.Position, Arrival: first.Arrival,
	}, lines)
	if err != nil {
		return failAll(len(records), 0, err)
	}
	a.intake.meter.Add(ports.MetricArchived, "", int64(len(lines)))
	return nil
}
