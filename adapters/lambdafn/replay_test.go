package lambdafn_test

import (
	"context"
	"errors"
	"maps"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/lambdafn"
	"github.com/evercart/evercart/adapters/memory"
	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/ports"
)

// replaying is function replay over an archive that holds kinesis.json.
type replaying struct {
	*lambdafn.Replay
	jobs    *memory.ReplayJobs
	leases  *memory.Leases
	sink    sink
	invoked []string
	begun   map[ports.Target]time.Time // generations that are being built
}

// sink takes what comes, and waits for its context's end instead where it is
// stuck.
type sink struct {
	stuck   bool
	err     error
	took    int
	pending int64
}

func (s *sink) Deliver(ctx context.Context, _ ports.Target, records []ports.Record) error {
	if s.stuck {
		<-ctx.Done()
		return ctx.Err()
	}
	s.took += len(records)
	return s.err
}

func (s *sink) Pending(context.Context, ports.Target) (int64, error) { return s.pending, s.err }

func newReplaying(t *testing.T) *replaying {
	t.Helper()
	w, archive := newWorld(), memory.NewArchive()
	require.Equal(t, allDone, batch(t, w.consumer(app.NewArchiver(archive, w.quarantine, noon, w.meter)), recorded(t, "kinesis.json")))
	r := &replaying{jobs: memory.NewReplayJobs(), leases: memory.NewLeases()}
	r.Replay = &lambdafn.Replay{
		Replayer: &app.Replayer{Archive: archive, Jobs: r.jobs, Sink: &r.sink, Quarantine: w.quarantine, Now: time.Now, Log: w.log},
		Leases:   r.leases,
		Takes:    func(target ports.Target) bool { return target.Consumer == "carts" },
		Invoke: func(_ context.Context, payload []byte) error {
			r.invoked = append(r.invoked, string(payload))
			return nil
		},
		Begun: func(context.Context) (map[ports.Target]time.Time, error) { return maps.Clone(r.begun), nil },
		Log:   w.log,
	}
	now := time.Now().UTC().Truncate(time.Microsecond)
	_, err := r.jobs.SaveReplayJob(t.Context(), ports.ReplayJob{
		ID: "20260131t120000", Target: ports.Target{Consumer: "carts", Generation: 2}, State: ports.ReplayRunning, Started: now, Updated: now,
	})
	require.NoError(t, err)
	return r
}

// keptLeases gives leases that cannot be given back.
type keptLeases struct{ ports.Leases }

func (k keptLeases) TryLease(ctx context.Context, name string) (ports.Lease, error) {
	_, err := k.Leases.TryLease(ctx, name)
	return keptLease{}, err
}

type keptLease struct{}

func (keptLease) Release() error { return errBroken }

func TestOneInvocationCarriesOnAReplay(t *testing.T) {
	t.Parallel()
	const id, event = "20260131t120000", `{"id": "20260131t120000"}`
	t.Run("the second of two leaves it, and starts nothing", func(t *testing.T) {
		t.Parallel()
		r := newReplaying(t)
		lease, err := r.leases.TryLease(t.Context(), app.ReplayLease(id)) // as an operator's program has it
		require.NoError(t, err)
		answer, err := r.Handle(t.Context(), []byte(event))
		assert.JSONEq(t, `{"id": "20260131t120000", "state": "running", "sent": 0, "continued": false, "elsewhere": true}`, inJSON(t, answer, err))
		assert.Zero(t, r.sink.took)
		assert.Empty(t, r.invoked)

		require.NoError(t, lease.Release())
		answer, err = r.Handle(t.Context(), []byte(event))
		assert.JSONEq(t, `{"id": "20260131t120000", "state": "done", "sent": 5, "continued": false}`, inJSON(t, answer, err))
	})
	t.Run("the lease is free when the next invocation is started", func(t *testing.T) {
		t.Parallel()
		r := newReplaying(t)
		r.sink.stuck = true
		var taken error
		r.Invoke = func(ctx context.Context, _ []byte) error {
			_, taken = r.leases.TryLease(ctx, app.ReplayLease(id))
			return nil
		}
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		answer, err := r.Handle(ctx, []byte(event))
		assert.Contains(t, inJSON(t, answer, err), `"continued":true`)
		assert.NoError(t, taken)
	})
	t.Run("where the lease cannot be given back, Lambda tries again later and no invocation is started to find it taken", func(t *testing.T) {
		t.Parallel()
		r := newReplaying(t)
		r.sink.stuck, r.Leases = true, keptLeases{r.leases}
		ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
		defer cancel()
		_, err := r.Handle(ctx, []byte(event))
		require.ErrorIs(t, err, errBroken)
		assert.Empty(t, r.invoked)
	})
	t.Run("a panic leaves no lease behind, which its environment would renew whenever it wakes", func(t *testing.T) {
		t.Parallel()
		r := newReplaying(t)
		r.Replayer.Sink = nil
		require.Panics(t, func() { _, _ = r.Handle(t.Context(), []byte(event)) })
		_, err := r.leases.TryLease(t.Context(), app.ReplayLease(id))
		assert.NoError(t, err)
	})
	t.Run("a replay without a queue is left to its operator, and stays as it is", func(t *testing.T) {
		t.Parallel()
		r := newReplaying(t)
		_, err := r.jobs.SaveReplayJob(t.Context(), ports.ReplayJob{ID: "20260131t130000", Target: ports.Target{Consumer: "export"}, State: ports.ReplayRunning})
		require.NoError(t, err)
		_, err = r.Handle(t.Context(), []byte(`{"id": "20260131t130000"}`))
		require.ErrorIs(t, err, lambdafn.ErrMalformed)
		assert.ErrorContains(t, err, "evercart replay resume")

		r.Replayer.Now = func() time.Time { return time.Now().Add(lambdafn.StaleAfter + time.Second) }
		answer, err := r.Handle(t.Context(), recorded(t, "schedule-scheduler.json"))
		assert.Contains(t, inJSON(t, answer, err), `"id":"20260131t120000"`)
		require.Len(t, r.invoked, 1, "only what has a queue is started again")
		job, err := r.jobs.ReplayJob(t.Context(), "20260131t130000")
		require.NoError(t, err)
		assert.Equal(t, ports.ReplayRunning, job.State)
	})
}

func TestFunctionReplay(t *testing.T) {
	t.Parallel()
	const event = `{"id": "20260131t120000"}`
	t.Run("carries a replay to its end", func(t *testing.T) {
		t.Parallel()
		r := newReplaying(t)
		answer, err := r.Handle(t.Context(), []byte(event))
		assert.JSONEq(t, `{"id": "20260131t120000", "state": "done", "sent": 5, "continued": false}`, inJSON(t, answer, err))
		assert.Equal(t, 5, r.sink.took)
		assert.Empty(t, r.invoked)
	})
	t.Run("saves and invokes itself again before its time ends", func(t *testing.T) {
		t.Parallel()
		r := newReplaying(t)
		r.sink.stuck = true
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		answer, err := r.Handle(ctx, []byte(event))
		assert.JSONEq(t, `{"id": "20260131t120000", "state": "running", "sent": 0, "continued": true}`, inJSON(t, answer, err))
		require.NoError(t, ctx.Err(), "there was time left")
		require.Len(t, r.invoked, 1)
		assert.JSONEq(t, event, r.invoked[0])
		job, err := r.jobs.ReplayJob(t.Context(), "20260131t120000")
		require.NoError(t, err)
		assert.Equal(t, ports.ReplayRunning, job.State)

		r.sink.stuck = false
		answer, err = r.Handle(t.Context(), []byte(r.invoked[0]))
		assert.Contains(t, inJSON(t, answer, err), `"state":"done","sent":5`)
	})
	t.Run("fails where it cannot invoke itself", func(t *testing.T) {
		t.Parallel()
		r := newReplaying(t)
		r.sink.stuck = true
		r.Invoke = func(context.Context, []byte) error { return errBroken }
		ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
		defer cancel()
		_, err := r.Handle(ctx, []byte(event))
		assert.ErrorIs(t, err, errBroken)
		assert.ErrorContains(t, err, "replay 20260131t120000 does not go on")
	})
	t.Run("tries on while its queue does not answer, and then goes on in another invocation", func(t *testing.T) {
		t.Parallel()
		r := newReplaying(t)
		r.sink.err = errBroken
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		defer cancel()
		answer, err := r.Handle(ctx, []byte(event))
		assert.Contains(t, inJSON(t, answer, err), `"continued":true`)
	})
	t.Run("fails where the queue never takes it", func(t *testing.T) {
		t.Parallel()
		r := newReplaying(t)
		r.sink.err = errors.New("there is no such queue")
		answer, err := r.Handle(t.Context(), []byte(event))
		text := inJSON(t, answer, err)
		assert.Contains(t, text, `"state":"failed"`)
		assert.Contains(t, text, "there is no such queue")
		assert.Empty(t, r.invoked)
	})
	t.Run("leaves a paused replay alone", func(t *testing.T) {
		t.Parallel()
		r := newReplaying(t)
		_, err := r.Replayer.Pause(t.Context(), "20260131t120000")
		require.NoError(t, err)
		answer, err := r.Handle(t.Context(), []byte(event))
		assert.Contains(t, inJSON(t, answer, err), `"state":"paused"`)
		assert.Zero(t, r.sink.took)
	})
	t.Run("refuses an event that names no replay", func(t *testing.T) {
		t.Parallel()
		for _, payload := range []string{`null`, `[]`, `{"job": "x"}`} {
			_, err := newReplaying(t).Handle(t.Context(), []byte(payload))
			assert.ErrorIs(t, err, lambdafn.ErrMalformed, payload)
		}
		_, err := newReplaying(t).Handle(t.Context(), []byte(`{"id": "other"}`))
		assert.ErrorIs(t, err, ports.ErrNoJob)
	})
	t.Run("starts again by schedule what should run and was not heard of for long", func(t *testing.T) {
		t.Parallel()
		r := newReplaying(t)
		answer, err := r.Handle(t.Context(), recorded(t, "schedule-rule.json"))
		assert.Equal(t, `[]`, inJSON(t, answer, err), "it was heard of just now")
		answer, err = r.Handle(t.Context(), []byte(`{}`))
		assert.Equal(t, `[]`, inJSON(t, answer, err), "a schedule with a payload of its own")
		r.Replayer.Now = func() time.Time { return time.Now().Add(lambdafn.StaleAfter + time.Second) }
		answer, err = r.Handle(t.Context(), recorded(t, "schedule-rule.json"))
		assert.Contains(t, inJSON(t, answer, err), `"id":"20260131t120000"`)
		require.Len(t, r.invoked, 1)
		_, err = r.Replayer.Pause(t.Context(), "20260131t120000")
		require.NoError(t, err)
		answer, err = r.Handle(t.Context(), recorded(t, "schedule-rule.json"))
		assert.Equal(t, `[]`, inJSON(t, answer, err), "a paused one stays")
	})
}
