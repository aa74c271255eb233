package app_test

import (
	"context"
	"fmt"
	"iter"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/filescratch"
	"github.com/evercart/evercart/adapters/memory"
	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/core/es"
	"github.com/evercart/evercart/core/es/estest"
	"github.com/evercart/evercart/ports"
)

// endless is a store and its archive of any size that take no memory: streams of
// ten commits of one event, made when they are asked for.
type endless struct {
	ports.Archive
	streams int
}

const perObject = 100 // streams in an archive object

// stream returns the commits of the i-th stream.
func (e *endless) stream(i int) []ports.Commit {
	id := ports.StreamID{Category: "tally", ID: fmt.Sprintf("0190a5e0-7a2b-7c3d-8e4f-%012d", i)}
	commits := make([]ports.Commit, 10)
	var hash ports.Hash
	for k := range commits {
		v, meta := ports.Version(k+1), ports.Metadata{CommandID: fmt.Sprintf("0190a5e0-7a2b-7c3d-%04d-%012d", k, i)}
		c := ports.Commit{Stream: id, First: v, Last: v, CommandID: meta.CommandID, Events: []ports.Event{{
			ID: fmt.Sprintf("0190a5e0-aaaa-7c3d-%04d-%012d", k, i), Stream: id, Version: v, Type: "Counted", Schema: 1,
			Time: noon, Data: `{"n":1}`, Metadata: meta,
		}}}
		c.Hash = es.CommitHash(hash, &c)
		hash, commits[k] = c.Hash, c
	}
	return commits
}

func (e *endless) Scan(context.Context, string) iter.Seq2[ports.Commit, error] {
	return func(yield func(ports.Commit, error) bool) {
		for i := range e.streams {
			for _, c := range e.stream(i) {
				if !yield(c, nil) {
					return
				}
			}
		}
	}
}

func (e *endless) Objects(context.Context, time.Time, time.Time) iter.Seq2[ports.ArchiveObject, error] {
	return func(yield func(ports.ArchiveObject, error) bool) {
		for first := 0; first < e.streams; first += perObject {
			batch := ports.ArchiveBatch{Shard: "0", First: number(first), Last: number(first), Arrival: noon}
			if !yield(ports.ArchiveObject{Key: batch.Key(), Size: 1000}, nil) {
				return
			}
		}
	}
}

func (e *endless) Lines(_ context.Context, key string) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		batch, _ := ports.ParseArchiveKey(key)
		var first int
		_, _ = fmt.Sscanf(string(batch.First), "%d", &first)
		for i := first; i < min(first+perObject, e.streams); i++ {
			for _, c := range e.stream(i) {
				out, err := app.Outgoing(&c, "/test")
				if !yield(out[0].Data, err) {
					return
				}
			}
		}
	}
}

// peak returns the most memory that lived while work ran, in bytes.
func peak(work func()) uint64 {
	defer debug.SetGCPercent(debug.SetGCPercent(20))
	runtime.GC()
	done := make(chan struct{})
	var most uint64
	var watcher sync.WaitGroup
	watcher.Go(func() {
		sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
		tick := time.NewTicker(2 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-done:
				return
			case <-tick.C:
				metrics.Read(sample)
				most = max(most, sample[0].Value.Uint64())
			}
		}
	})
	work()
	close(done)
	watcher.Wait()
	return most
}

//nolint:paralleltest // it measures the memory of the process
func TestMemoryDoesNotGrowWithTheHistory(t *testing.T) {
	verify := func(t *testing.T, events int) {
		e := &endless{streams: events / 10}
		report, err := app.NewVerifier(estest.Tally{}, app.VerifyPorts{Scanner: e, Archive: e, Scratch: filescratch.New(t.TempDir()), Now: time.Now}).Verify(t.Context())
		require.NoError(t, err)
		require.EqualValues(t, events, report.Events)
		require.EqualValues(t, events, report.Archived)
		require.Empty(t, report.Faults)
	}
	backfill := func(t *testing.T, events int) {
		e := &endless{streams: events / 10}
		b := &app.Backfiller{
			VerifyPorts: app.VerifyPorts{Scanner: e, Archive: e, Scratch: filescratch.New(t.TempDir()), Now: time.Now},
			Category:    "tally", Source: "/test",
		}
		report, err := b.Backfill(t.Context())
		require.NoError(t, err)
		require.Zero(t, report.Events)
	}
	restore := func(t *testing.T, events int) {
		e := &endless{streams: events / 10}
		r := &app.Restorer{
			Store: forgetful{}, Scanner: &endless{}, Scratch: filescratch.New(t.TempDir()), Positions: memory.NewPositions(),
			Effects: memory.NewEffects(), Now: time.Now,
		}
		report, err := r.Restore(t.Context(), e, false)
		require.NoError(t, err)
		require.EqualValues(t, events, report.AppendedEvents)
	}
	few, many := 20_000, 200_000
	if testing.Short() {
		few, many = 5_000, 40_000
	}
	for name, work := range map[string]func(*testing.T, int){"verify": verify, "backfill": backfill, "restore": restore} {
		t.Run(name, func(t *testing.T) {
			small := peak(func() { work(t, few) })
			large := peak(func() { work(t, many) })
			t.Logf("%s of %d events: %.1f MiB, of %d events: %.1f MiB", name, few, mib(small), many, mib(large))
			assert.Less(t, mib(large), 1.25*mib(small)+16, "100 bytes an event would be 20 MiB more")
		})
	}
}

func mib(bytes uint64) float64 { return float64(bytes) / (1 << 20) }

// forgetful is a store that stores nothing and says it did.
type forgetful struct{ ports.EventStore }

func (forgetful) Load(_ context.Context, stream ports.StreamID, _ int) (ports.Loaded, error) {
	return ports.Loaded{Head: ports.NewHead(stream, 0, ports.Hash{}, time.Time{})}, nil
}

func (forgetful) Append(_ context.Context, _ ports.Head, c ports.Commit) (ports.Head, error) {
	return ports.HeadOf(&c), nil
}
