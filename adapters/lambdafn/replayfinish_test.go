package lambdafn_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/lambdafn"
	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/core/cart"
	"github.com/evercart/evercart/ports"
)

// afterB is the event that function replay hands on where it reached stream cart/b.
const afterB = `{"id": "20260131t120000", "after": "cart/b"}`

// failingAfter lets a piece of the end of a rebuild fail.
func failingAfter(r *replaying, stream string, with error) {
	keep := r.Finish
	r.Finish = func(ctx context.Context, target ports.Target, after string) (string, error) {
		if after == stream {
			return after, with
		}
		return keep(ctx, target, after)
	}
}

// shared is a lease that everybody is given.
type shared struct{}

func (shared) TryLease(context.Context, string) (ports.Lease, error) { return shared{}, nil }
func (shared) Release() error                                        { return nil }

func TestTheEndOfARebuild(t *testing.T) {
	t.Parallel()
	const done = `"id": "20260131t120000", "state": "done", "sent": 5, "continued": false`
	t.Run("goes on in another invocation where it takes longer than the function has", func(t *testing.T) {
		t.Parallel()
		r, p := rebuilding(t)
		keep := r.Finish
		r.Finish = func(ctx context.Context, target ports.Target, after string) (string, error) {
			if after == "cart/a" {
				<-ctx.Done()
			}
			return keep(ctx, target, after)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		answer, err := r.Handle(ctx, recorded(t, "schedule-scheduler.json"))
		assert.JSONEq(t, `[{"id": "20260131t120000", "state": "done", "sent": 5, "continued": true}]`, inJSON(t, answer, err))
		assert.NoError(t, ctx.Err(), "there is time left to say so")
		assert.Len(t, p.asked, 2)

		require.Len(t, r.invoked, 1)
		assert.JSONEq(t, `{"id": "20260131t120000", "after": "cart/a"}`, r.invoked[0])
		r.Finish, p.asked, p.names = keep, nil, []string{"cart/b"}
		answer, err = r.Handle(t.Context(), []byte(r.invoked[0]))
		assert.JSONEq(t, `{`+done+`, "live": true}`, inJSON(t, answer, err))
		assert.Equal(t, []string{"carts.2 after cart/a", "carts.2 after cart/b"}, p.asked, "not from the first stream")
	})
	t.Run("goes on in another invocation where a call fails, of Lambda or in the view's function", func(t *testing.T) {
		t.Parallel()
		for _, fault := range []error{ports.ErrUnavailable, &lambdafn.FunctionError{Type: "Sandbox.Timedout"}} {
			r, _ := rebuilding(t)
			failingAfter(r, "cart/b", fault)
			assert.Contains(t, look(t, r), `"continued":true`)
			require.Len(t, r.invoked, 1)
			assert.JSONEq(t, afterB, r.invoked[0])
		}
	})
	t.Run("is tried again by Lambda where it comes no further", func(t *testing.T) {
		t.Parallel()
		r, _ := rebuilding(t)
		failingAfter(r, "cart/b", ports.ErrUnavailable)
		_, err := r.Handle(t.Context(), []byte(afterB))
		assert.ErrorIs(t, err, ports.ErrUnavailable)
		assert.Empty(t, r.invoked)
	})
	t.Run("is tried again by Lambda where it cannot be handed on", func(t *testing.T) {
		t.Parallel()
		r, _ := rebuilding(t)
		failingAfter(r, "cart/b", ports.ErrUnavailable)
		r.Invoke = func(context.Context, []byte) error { return errBroken }
		_, err := r.Handle(t.Context(), []byte(`{"id": "20260131t120000", "after": "cart/a"}`))
		assert.ErrorIs(t, err, errBroken)
	})
	t.Run("waits for the schedule's next turn, and is no failure, where a stream is parked", func(t *testing.T) {
		t.Parallel()
		r, p := rebuilding(t)
		p.err = &app.NotReadyError{Why: "stream cart/x is parked in it"}
		answer, err := r.Handle(t.Context(), []byte(afterB))
		assert.Contains(t, inJSON(t, answer, err), "stream cart/x is parked in it")
		assert.Empty(t, r.invoked)
	})
	t.Run("is left alone while its operator or another invocation is at it", func(t *testing.T) {
		t.Parallel()
		r, p := rebuilding(t)
		lease, err := r.leases.TryLease(t.Context(), app.ReplayLease("20260131t120000"))
		require.NoError(t, err)
		assert.JSONEq(t, `[{`+done+`, "elsewhere": true}]`, look(t, r))
		answer, err := r.Handle(t.Context(), []byte(afterB))
		assert.JSONEq(t, `{`+done+`, "elsewhere": true}`, inJSON(t, answer, err))
		assert.Empty(t, p.asked)
		require.NoError(t, lease.Release())
		assert.Contains(t, look(t, r), `"live":true`, "which gives the lease back")
		_, err = r.leases.TryLease(t.Context(), app.ReplayLease("20260131t120000"))
		assert.NoError(t, err)
	})
	t.Run("is handed on when its lease is free, and not where that cannot be given back", func(t *testing.T) {
		t.Parallel()
		r, _ := rebuilding(t)
		failingAfter(r, "cart/b", ports.ErrUnavailable)
		var taken error
		r.Invoke = func(ctx context.Context, _ []byte) error {
			_, taken = r.leases.TryLease(ctx, app.ReplayLease("20260131t120000"))
			return nil
		}
		assert.Contains(t, look(t, r), `"continued":true`)
		assert.NoError(t, taken)

		r, _ = rebuilding(t)
		failingAfter(r, "cart/b", ports.ErrUnavailable)
		r.Leases = keptLeases{r.leases}
		assert.Contains(t, look(t, r), errBroken.Error())
		assert.Empty(t, r.invoked)
	})
	t.Run("is refused where the replay is not done, and in a form that is not known", func(t *testing.T) {
		t.Parallel()
		r, p := rebuilding(t)
		for _, unknown := range []string{`{"after": "cart/a"}`, `{"id": "20260131t120000", "after": 1}`, `{"id": "20260131t120000", "after": "cart/a", "pieces": 2}`} {
			_, err := r.Handle(t.Context(), []byte(unknown))
			assert.ErrorIs(t, err, lambdafn.ErrMalformed, unknown)
		}
		job, err := r.jobs.ReplayJob(t.Context(), "20260131t120000")
		require.NoError(t, err)
		job.State = ports.ReplayPaused
		_, err = r.jobs.SaveReplayJob(t.Context(), job)
		require.NoError(t, err)
		_, err = r.Handle(t.Context(), []byte(afterB))
		assert.ErrorIs(t, err, lambdafn.ErrMalformed)
		assert.Empty(t, p.asked)
	})
}

// TestTwoInvocationsAtTheEndOfARebuild is of leases that are lost, of answers that are
// lost after the event was taken, and of events that Lambda hands over twice.
func TestTwoInvocationsAtTheEndOfARebuild(t *testing.T) {
	t.Parallel()
	r, _ := rebuilding(t)
	w := newWorld()
	projector := w.projector(cart.CartsView{})
	require.Equal(t, allDone, batch(t, w.consumer(projector), recorded(t, "kinesis.json")))
	entry, err := w.catalog.View(t.Context(), "carts")
	require.NoError(t, err)
	entry.Generations = append(entry.Generations, ports.Generation{Number: 2, Created: noon()})
	require.NoError(t, w.catalog.SaveView(t.Context(), entry))
	rebuilder := &app.Rebuilder{
		Catalog: w.catalog, Views: w.views, Now: noon, Log: w.log,
		Kinds: map[string]app.ViewKind{"carts": {Category: cart.Category, CatchUp: func(context.Context, ports.Target, ports.StreamID) error {
			assert.Equal(t, allDone, batch(t, w.consumer(projector), recorded(t, "kinesis.json")))
			return nil
		}}},
	}
	r.Leases, r.Finish = shared{}, rebuilder.FinishFrom

	var both sync.WaitGroup
	for _, event := range []string{`{"source": "aws.scheduler", "detail-type": "Scheduled Event"}`, `{"id": "20260131t120000", "after": "cart/0"}`} {
		both.Go(func() {
			answer, err := r.Handle(t.Context(), []byte(event))
			assert.NoError(t, err)
			assert.NotNil(t, answer)
		})
	}
	both.Wait()
	entry, err = w.catalog.View(t.Context(), "carts")
	require.NoError(t, err)
	assert.Equal(t, 2, entry.Live)
	checkpoints := func(generation int) (versions map[string]ports.Version) {
		all, err := w.views.ListCheckpoints(t.Context(), ports.Target{Consumer: "carts", Generation: generation}, "", 100)
		require.NoError(t, err)
		versions = map[string]ports.Version{}
		for _, c := range all {
			versions[c.Stream.String()] = c.Version
		}
		return versions
	}
	assert.NotEmpty(t, checkpoints(1))
	assert.Equal(t, checkpoints(1), checkpoints(2))

	_, err = rebuilder.Flip(t.Context(), "carts", 1) // the operator takes the flip back
	require.NoError(t, err)
	_, err = r.Handle(t.Context(), []byte(`{"id": "20260131t120000", "after": "cart/0"}`)) // and the event comes once more, late
	require.NoError(t, err)
	entry, err = w.catalog.View(t.Context(), "carts")
	require.NoError(t, err)
	assert.Equal(t, 1, entry.Live, "which undoes nothing")
}
