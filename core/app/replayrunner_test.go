package app_test

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/ports"
)

// exporter is processes that replay an archive of n events to a handler.
type exporter struct {
	shelf
	handled atomic.Int64
	hold    chan struct{} // where it is not nil, the handler waits for it
}

func newExporter(t *testing.T, n ports.Version) *exporter {
	t.Helper()
	e := &exporter{shelf: memoryShelf()}
	w := newWorld(t, rebuiltView)
	for v := ports.Version(1); v <= n; v++ {
		w.count("a", 1, 1)
	}
	for i, r := range w.records("a", 1, n) {
		r.Position = ports.Position("p" + string(rune('a'+i)))
		_, err := e.archive.WriteObject(t.Context(), ports.ArchiveBatch{Shard: "0", First: r.Position, Last: r.Position, Arrival: noon}, [][]byte{r.Data})
		require.NoError(t, err)
	}
	return e
}

// process returns a runner of another process.
func (e *exporter) process() *app.ReplayRunner {
	p := newProcess(e.shelf, immortal)
	sink := &app.DirectSink{Targets: map[string]app.ReplayTarget{
		"log": func(ctx context.Context, _ ports.Target, records []ports.Record) []app.Failure {
			if e.hold != nil {
				select {
				case <-e.hold:
				case <-ctx.Done():
					return []app.Failure{{Err: ctx.Err()}}
				}
			}
			e.handled.Add(int64(len(records)))
			return nil
		},
	}}
	p.runner.Replayer.Sink, p.runner.Takes, p.runner.Replayer.Batch = sink, sink.Knows, 1
	p.runner.Log = slog.New(slog.DiscardHandler)
	return p.runner
}

func (e *exporter) start(t *testing.T, target string) string {
	t.Helper()
	job, err := e.process().Replayer.Start(t.Context(), app.ReplayRequest{ID: "r1", Target: target})
	require.NoError(t, err)
	return job.ID
}

// becomes waits until the replay is in a state.
func (e *exporter) becomes(t *testing.T, id string, state ports.ReplayState) {
	t.Helper()
	require.Eventually(t, func() bool {
		job, err := e.jobs.ReplayJob(t.Context(), id)
		return err == nil && job.State == state
	}, time.Minute, time.Millisecond)
}

// served runs whatever nobody carries out, until stop.
func served(t *testing.T, r *app.ReplayRunner) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { r.Run(ctx) })
	return func() { cancel(); running.Wait() }
}

func TestReplayRunner(t *testing.T) {
	t.Parallel()
	t.Run("carries a replay to its end", func(t *testing.T) {
		t.Parallel()
		e := newExporter(t, 5)
		job, err := e.process().Carry(t.Context(), e.start(t, "log"))
		require.NoError(t, err)
		assert.Equal(t, ports.ReplayDone, job.State)
		assert.Equal(t, int64(5), e.handled.Load())
	})
	t.Run("carries out what it begins itself, and no other can take it up first", func(t *testing.T) {
		t.Parallel()
		e := newExporter(t, 5)
		job, err := e.process().CarryNew(t.Context(), "r1", func(ctx context.Context) error {
			e.start(t, "log")
			_, err := e.process().Leases.TryLease(ctx, app.ReplayLease("r1"))
			assert.ErrorIs(t, err, ports.ErrLeaseTaken)
			return nil
		})
		require.NoError(t, err)
		assert.Equal(t, ports.ReplayDone, job.State)
		assert.Equal(t, int64(5), e.handled.Load())
		lease, err := e.process().Leases.TryLease(t.Context(), app.ReplayLease("r1"))
		require.NoError(t, err, "it is given back")
		assert.NoError(t, lease.Release())
	})
	t.Run("that cannot begin a replay holds nothing", func(t *testing.T) {
		t.Parallel()
		e, broken := newExporter(t, 1), errors.New("no archive")
		_, err := e.process().CarryNew(t.Context(), "r1", func(context.Context) error { return broken })
		assert.ErrorIs(t, err, broken)
		lease, err := e.process().Leases.TryLease(t.Context(), app.ReplayLease("r1"))
		require.NoError(t, err)
		assert.NoError(t, lease.Release())
	})
	t.Run("joins in what another process has begun", func(t *testing.T) {
		t.Parallel()
		e := newExporter(t, 3)
		lease, err := e.process().Leases.TryLease(t.Context(), app.ReplayLease("r1"))
		require.NoError(t, err)
		begun := false
		job, err := e.process().CarryNew(t.Context(), "r1", func(context.Context) error {
			begun = true
			e.start(t, "log")
			return lease.Release()
		})
		require.NoError(t, err)
		assert.True(t, begun)
		assert.Equal(t, ports.ReplayDone, job.State)
	})
	t.Run("takes up a replay that nobody carries out", func(t *testing.T) {
		t.Parallel()
		e := newExporter(t, 5)
		id := e.start(t, "log")
		stop := served(t, e.process())
		e.becomes(t, id, ports.ReplayDone)
		stop()
		assert.Equal(t, int64(5), e.handled.Load())
	})
	t.Run("goes on with a replay whose process died", func(t *testing.T) {
		t.Parallel()
		e := newExporter(t, 5)
		e.hold = make(chan struct{})
		id := e.start(t, "log")
		ctx, die := context.WithCancel(t.Context())
		var first sync.WaitGroup
		first.Go(func() {
			_, err := e.process().Carry(ctx, id)
			assert.ErrorIs(t, err, context.Canceled)
		})
		e.hold <- struct{}{}
		e.hold <- struct{}{}
		stop := served(t, e.process())
		assert.LessOrEqual(t, e.handled.Load(), int64(2), "the other process waits for the lease")
		die()
		first.Wait()
		close(e.hold)
		e.becomes(t, id, ports.ReplayDone)
		stop()
		assert.Equal(t, int64(5), e.handled.Load(), "an orderly stop repeats nothing")
	})
	t.Run("waits where another process is at it, and answers as that one", func(t *testing.T) {
		t.Parallel()
		e := newExporter(t, 3)
		e.hold = make(chan struct{})
		id := e.start(t, "log")
		stop := served(t, e.process())
		e.hold <- struct{}{} // the server is at it
		var waiting sync.WaitGroup
		waiting.Go(func() {
			job, err := e.process().Carry(t.Context(), id)
			assert.NoError(t, err)
			assert.Equal(t, ports.ReplayDone, job.State)
		})
		close(e.hold)
		waiting.Wait()
		stop()
		assert.Equal(t, int64(3), e.handled.Load())
	})
	t.Run("leaves alone what it has no handler for", func(t *testing.T) {
		t.Parallel()
		e := newExporter(t, 3)
		foreign := e.start(t, "export")
		_, err := e.process().Replayer.Start(t.Context(), app.ReplayRequest{ID: "r2", Target: "log"})
		require.NoError(t, err)
		stop := served(t, e.process())
		e.becomes(t, "r2", ports.ReplayDone)
		stop()
		job, err := e.jobs.ReplayJob(t.Context(), foreign)
		require.NoError(t, err)
		assert.Equal(t, ports.ReplayRunning, job.State)
		assert.Zero(t, job.Read)
	})
	t.Run("stops at a pause and takes the replay up again when it is resumed", func(t *testing.T) {
		t.Parallel()
		e := newExporter(t, 5)
		e.hold = make(chan struct{})
		id := e.start(t, "log")
		stop := served(t, e.process())
		e.hold <- struct{}{}
		operator := e.process().Replayer
		_, err := operator.Pause(t.Context(), id)
		require.NoError(t, err)
		close(e.hold)
		e.becomes(t, id, ports.ReplayPaused)
		_, err = operator.Resume(t.Context(), id)
		require.NoError(t, err)
		e.becomes(t, id, ports.ReplayDone)
		stop()
		assert.Equal(t, int64(5), e.handled.Load())
	})
	t.Run("has no replay of that ID", func(t *testing.T) {
		t.Parallel()
		_, err := newExporter(t, 1).process().Carry(t.Context(), "nobody")
		assert.ErrorIs(t, err, ports.ErrNoJob)
	})
}
