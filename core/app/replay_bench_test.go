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

// BenchmarkReplay replays 200 000 events from files up to the call of the target, in
// turn with its reference, decompression alone of the same objects one after the
// other, and reports how much of that speed is left: of a plan, which reads, parses
// and routes, and of a whole replay.
func BenchmarkReplay(b *testing.B) {
	const events = 200_000
	d := newDisk(b)
	fillShop(b, d.archive, events)
	objects := packed(b, d.archive)
	var plan, replay, reference time.Duration
	for n := 0; b.Loop(); n++ {
		r := app.Replayer{
			Archive: d.archive, Jobs: memory.NewReplayJobs(), Sink: &dropping{}, Quarantine: memory.NewQuarantine(),
			Now: time.Now, Log: slog.New(slog.DiscardHandler),
		}
		started := time.Now()
		planned, err := r.Plan(b.Context(), ports.ReplayFilter{}, nil)
		plan += time.Since(started)
		require.NoError(b, err)
		require.EqualValues(b, events, planned.Sent)

		job, err := r.Start(b.Context(), app.ReplayRequest{ID: fmt.Sprint("r", n), Target: "log"})
		require.NoError(b, err)
		started = time.Now()
		job, err = r.Run(b.Context(), job.ID)
		replay += time.Since(started)
		require.NoError(b, err)
		require.EqualValues(b, events, job.Sent)

		started = time.Now()
		for _, object := range objects {
			zip, err := gzip.NewReader(bytes.NewReader(object))
			require.NoError(b, err)
			_, err = io.Copy(io.Discard, zip)
			require.NoError(b, err)
		}
		reference += time.Since(started)
	}
	b.ReportMetric(float64(reference)/float64(plan), "plan-x-of-gzip")
	b.ReportMetric(float64(reference)/float64(replay), "replay-x-of-gzip")
	b.ReportMetric(float64(events*b.N)/replay.Seconds(), "events/s")
}
