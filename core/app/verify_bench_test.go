package app_test

import (
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/filearchive"
	"github.com/evercart/evercart/adapters/filescratch"
	"github.com/evercart/evercart/adapters/memory"
	"github.com/evercart/evercart/adapters/sqlite"
	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/core/es/estest"
	"github.com/evercart/evercart/ports"
)

// disk is a store and an archive on disk.
type disk struct {
	store   *sqlite.EventStore
	archive *filearchive.Archive
}

func newDisk(b *testing.B) *disk {
	b.Helper()
	folder := b.TempDir()
	store, err := sqlite.OpenEventStore(b.Context(), filepath.Join(folder, "events.db"))
	require.NoError(b, err)
	b.Cleanup(func() { _ = store.Close() })
	archive, err := filearchive.New(filepath.Join(folder, "archive"))
	require.NoError(b, err)
	return &disk{store: store, archive: archive}
}

// fill stores and archives all of e.
func (d *disk) fill(b *testing.B, e *endless) {
	b.Helper()
	streams := make(chan int)
	var writers sync.WaitGroup
	for range 64 {
		writers.Go(func() {
			for i := range streams {
				commits := e.stream(i)
				loaded, err := d.store.Load(b.Context(), commits[0].Stream, 0)
				for k := range commits {
					if err == nil {
						loaded.Head, err = d.store.Append(b.Context(), loaded.Head, commits[k])
					}
				}
				if err != nil {
					b.Error(err)
				}
			}
		})
	}
	for i := range e.streams {
		streams <- i
	}
	close(streams)
	writers.Wait()
	d.pack(b, e)
}

// pack archives all of e.
func (d *disk) pack(b *testing.B, e *endless) {
	b.Helper()
	for object, err := range e.Objects(b.Context(), time.Time{}, time.Time{}) {
		require.NoError(b, err)
		batch, err := ports.ParseArchiveKey(object.Key)
		require.NoError(b, err)
		var lines [][]byte
		for line, err := range e.Lines(b.Context(), object.Key) {
			require.NoError(b, err)
			lines = append(lines, line)
		}
		_, err = d.archive.WriteObject(b.Context(), batch, lines)
		require.NoError(b, err)
	}
}

// sizes runs a benchmark with 10^5 events and, unless it is to be short, with 10^6.
func sizes(b *testing.B, run func(b *testing.B, e *endless)) {
	for _, events := range []int{100_000, 1_000_000} {
		b.Run(fmt.Sprintf("events=%d", events), func(b *testing.B) {
			if events > 100_000 && testing.Short() {
				b.Skip("-short leaves a million events out")
			}
			run(b, &endless{streams: events / 10})
			b.ReportMetric(float64(events)*float64(b.N)/b.Elapsed().Seconds(), "events/s")
		})
	}
}

// BenchmarkVerify verifies a store in SQLite against its archive in files. MiB is
// the most memory that lived meanwhile.
func BenchmarkVerify(b *testing.B) {
	sizes(b, func(b *testing.B, e *endless) {
		d := newDisk(b)
		d.fill(b, e)
		b.ResetTimer()
		for range b.N {
			most := peak(func() {
				report, err := app.NewVerifier(estest.Tally{}, app.VerifyPorts{
					Scanner: d.store, Archive: d.archive, Scratch: filescratch.New(b.TempDir()), Now: time.Now,
				}).Verify(b.Context())
				require.NoError(b, err)
				require.EqualValues(b, 10*e.streams, report.Events)
				require.Zero(b, report.Count)
			})
			b.ReportMetric(mib(most), "MiB")
		}
	})
}

// BenchmarkRestore restores a store in SQLite from an archive in files.
func BenchmarkRestore(b *testing.B) {
	sizes(b, func(b *testing.B, e *endless) {
		from := newDisk(b)
		from.pack(b, e)
		b.ResetTimer()
		for range b.N {
			to := newDisk(b)
			r := &app.Restorer{
				Store: to.store, Scanner: to.store, Archive: to.archive, Scratch: filescratch.New(b.TempDir()), Changes: to.store,
				Positions: memory.NewPositions(), Effects: memory.NewEffects(), Categories: []string{"tally"}, Now: time.Now,
			}
			most := peak(func() {
				report, err := r.Restore(b.Context(), from.archive, false)
				require.NoError(b, err)
				require.EqualValues(b, 10*e.streams, report.AppendedEvents)
			})
			b.ReportMetric(mib(most), "MiB")
		}
	})
}
