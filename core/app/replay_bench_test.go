package app_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/memory"
	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/core/es"
	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/envelope"
)

// fillShop fills an archive with events as a shop has them: random identifiers, carts
// that go on beside each other.
func fillShop(b *testing.B, archive ports.Archive, events int) {
	b.Helper()
	const perBatch, open = 1000, 200
	random := rand.New(rand.NewChaCha8([32]byte{1}))
	now := noon
	ids := es.NewIDs(func() time.Time { return now }, [32]byte{2})
	carts, versions := make([]string, open), make([]ports.Version, open)
	for n := 0; n < events; n += perBatch {
		var lines [][]byte
		for range perBatch {
			now = now.Add(time.Millisecond)
			c := random.IntN(open)
			if versions[c] == 0 || versions[c] == 10 {
				carts[c], versions[c] = ids.New(), 0
			}
			versions[c]++
			p := ports.Published{Event: ports.Event{
				ID: ids.New(), Stream: ports.StreamID{Category: "cart", ID: carts[c]}, Version: versions[c], Type: "ItemAdded", Schema: 2, Time: now,
				Data:     fmt.Sprintf(`{"item":"item number %d","quantity":%d,"unit_price":{"amount":%d,"currency":"EUR"}}`, random.IntN(5000), 1+random.IntN(9), random.IntN(10_000)),
				Metadata: ports.Metadata{CommandID: ids.New()},
			}, CommitFirst: versions[c], CommitLast: versions[c], Source: "/evercart"}
			for i := range p.CommitHash {
				p.CommitHash[i] = byte(random.Uint32())
			}
			copy(p.Fingerprint[:], p.CommitHash[8:])
			line, err := envelope.AppendWire(nil, &p)
			require.NoError(b, err)
			lines = append(lines, line)
		}
		position := ports.Position(fmt.Sprintf("%020d", n))
		_, err := archive.WriteObject(b.Context(), ports.ArchiveBatch{Shard: "0", First: position, Last: position, Arrival: now}, lines)
		require.NoError(b, err)
	}
}

// dropping is a sink that takes everything and does nothing with it.
type dropping struct{ records int64 }

func (d *dropping) Deliver(_ context.Context, _ ports.Target, records []ports.Record) error {
	d.records += int64(len(records))
	return nil
}

func (*dropping) Pending(context.Context, ports.Target) (int64, error) { return 0, nil }

// packed returns the objects of an archive as gzip holds them.
func packed(b *testing.B, archive ports.Archive) [][]byte {
	b.Helper()
	var objects [][]byte
	for object, err := range archive.Objects(b.Context(), time.Time{}, time.Time{}) {
		require.NoError(b, err)
		var text bytes.Buffer
		zip := gzip.NewWriter(&text)
		for line, err := range archive.Lines(b.Context(), object.Key) {
			require.NoError(b, err)
			_, err = zip.Write(append(line[:len(line):len(line)], '\n'))
			require.NoError(b, err)
		}
		require.NoError(b, zip.Close())
		objects = append(objects, text.Bytes())
	}
	return objects
}

// benchmarkArchive lets work, which goes through an archive of 200 000 events in
// files, take turns with its reference: decompression alone of the same objects, one
// after the other. It reports the speeds and the median of what is left of the
// reference's.
func benchmarkArchive(b *testing.B, work func(r *app.Replayer, n int)) {
	const events, pairs = 200_000, 9
	d := newDisk(b)
	fillShop(b, d.archive, events)
	objects := packed(b, d.archive)
	var ours, reference, ratios []float64
	for n := 0; b.Loop(); {
		for range pairs {
			n++
			r := app.Replayer{
				Archive: d.archive, Jobs: memory.NewReplayJobs(), Sink: &dropping{}, Quarantine: memory.NewQuarantine(),
				Now: time.Now, Log: slog.New(slog.DiscardHandler),
			}
			started := time.Now()
			work(&r, n)
			mine := time.Since(started)
			started = time.Now()
			for _, object := range objects {
				zip, err := gzip.NewReader(bytes.NewReader(object))
				require.NoError(b, err)
				_, err = io.Copy(io.Discard, zip)
				require.NoError(b, err)
			}
			theirs := time.Since(started)
			ours, reference = append(ours, events/mine.Seconds()), append(reference, events/theirs.Seconds())
			ratios = append(ratios, theirs.Seconds()/mine.Seconds())
		}
	}
	b.ReportMetric(median(ours), "events/s")
	b.ReportMetric(median(reference), "ref-events/s")
	b.ReportMetric(median(ratios), "x-ref")
}

// BenchmarkReplayScanAndRoute reads, parses and routes the archive, as a plan does.
func BenchmarkReplayScanAndRoute(b *testing.B) {
	benchmarkArchive(b, func(r *app.Replayer, _ int) {
		planned, err := r.Plan(b.Context(), ports.ReplayFilter{}, nil)
		require.NoError(b, err)
		require.NotZero(b, planned.Sent)
	})
	b.ReportMetric(0.75, "at-least")
}

// BenchmarkReplayWhole replays the archive up to the call of the target.
func BenchmarkReplayWhole(b *testing.B) {
	benchmarkArchive(b, func(r *app.Replayer, n int) {
		job, err := r.Start(b.Context(), app.ReplayRequest{ID: fmt.Sprint("r", n), Target: "log"})
		require.NoError(b, err)
		job, err = r.Run(b.Context(), job.ID)
		require.NoError(b, err)
		require.NotZero(b, job.Sent)
	})
	b.ReportMetric(0.5, "at-least")
}
