package app_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/memory"
	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/core/es/estest"
	"github.com/evercart/evercart/ports"
)

// dyingReceiver is an outside world in which our process is stopped in the middle
// of the second effect.
type dyingReceiver struct {
	*receiver
	calls int
	stop  context.CancelFunc
}

func (d *dyingReceiver) Notify(ctx context.Context, n ports.Notification) error {
	if d.calls++; d.calls == 2 {
		d.stop()
		return context.Canceled
	}
	return d.receiver.Notify(ctx, n)
}

// stoppedViews fails as any store does once its caller was stopped.
type stoppedViews struct{ ports.ViewStore }

func (s stoppedViews) Apply(ctx context.Context, target ports.Target, changes []ports.ViewChange) []error {
	if err := ctx.Err(); err != nil {
		errs := make([]error, len(changes))
		for i := range errs {
			errs[i] = err
		}
		return errs
	}
	return s.ViewStore.Apply(ctx, target, changes)
}

// What was acknowledged for a parked stream comes from nowhere but the store: until
// all of it is applied the stream stays parked, whatever happens.
func TestWhatIsHeldForAParkedStreamIsNeverLost(t *testing.T) {
	t.Parallel()
	t.Run("when a notifier is stopped in the middle of a retry", func(t *testing.T) {
		t.Parallel()
		n := newNotified(t)
		n.count("a", 1, 3)
		n.out.answers = []error{ports.ErrUnavailable, ports.ErrUnavailable}
		n.deliver(n.records("a", 1, 3)...)
		n.now = n.now.Add(6 * time.Minute)
		require.Empty(t, n.deliver(n.records("a", 1, 3)...), "parked, and acknowledged")
		n.out.told = nil
		n.now = n.now.Add(2 * time.Minute)
		ctx, stop := context.WithCancel(t.Context())
		notify := app.NewNotify("tally", []string{"Counted"}, "/test", &dyingReceiver{receiver: n.out, stop: stop}, n.reads,
			stoppedViews{n.views}, n.effects, n.quarantine, app.TrackOptions{Now: func() time.Time { return n.now }, Log: slog.New(slog.DiscardHandler)})
		require.ErrorIs(t, notify.RetryParked(ctx), context.Canceled)
		n.now = n.now.Add(10 * time.Minute)
		require.NoError(t, n.notify.RetryParked(t.Context()))
		assert.Equal(t, []string{"a@1", "a@2", "a@3"}, n.out.told)
	})
	t.Run("when a projector is stopped between the parts of an effect", func(t *testing.T) {
		t.Parallel()
		for stopAt := range 8 {
			w := newWorld(t, estest.TallyView{Wide: 25})
			w.count("a", 1, 3)
			w.reads.fail(ports.ErrUnavailable)
			w.deliver(w.records("a", 3, 3)...)
			w.now = w.now.Add(6 * time.Minute)
			require.Empty(t, w.deliver(w.records("a", 3, 3)...))
			w.reads.fail(nil)
			w.now = w.now.Add(6 * time.Minute)
			ctx, stop := context.WithCancel(t.Context())
			for range stopAt {
				w.views.before = append(w.views.before, func([]ports.ViewChange) error { return nil })
			}
			dead := func([]ports.ViewChange) error { stop(); return context.Canceled }
			w.views.before = append(w.views.before, dead, dead, dead)
			_ = w.projector.RetryParked(ctx) // whatever it says: it was stopped
			stop()
			w.views.before = nil
			w.now = w.now.Add(10 * time.Minute)
			require.NoError(t, w.projector.RetryParked(t.Context()))
			assert.Equal(t, 3, w.sum("a"), "stopped at write %d", stopAt)
			assert.Nil(t, w.checkpoint("a").Parked)
		}
	})
	t.Run("when an earlier record comes once more", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, estest.TallyView{})
		w.count("a", 1, 5)
		w.reads.fail(ports.ErrUnavailable)
		require.NotEmpty(t, w.deliver(w.records("a", 3, 3)...))
		w.now = w.now.Add(6 * time.Minute)
		require.Empty(t, w.deliver(w.records("a", 3, 5)...))
		w.reads.fail(nil)
		w.now = w.now.Add(2 * time.Minute)
		require.Empty(t, w.deliver(w.records("a", 3, 3)...))
		require.NoError(t, w.projector.RetryParked(t.Context()))
		assert.Equal(t, 5, w.sum("a"))
	})
	t.Run("and it is counted on, not from the start again", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, estest.TallyView{})
		w.count("a", 1, 6)
		w.reads.fail(ports.ErrUnavailable)
		w.deliver(w.records("a", 3, 3)...)
		w.now = w.now.Add(6 * time.Minute)
		w.deliver(w.records("a", 3, 5)...)
		since := w.checkpoint("a").Parked.Since
		w.now = w.now.Add(2 * time.Minute)
		w.deliver(w.records("a", 6, 6)...)
		require.NoError(t, w.projector.RetryParked(t.Context()))
		assert.Equal(t, int64(4), w.checkpoint("a").Parked.Held)
		assert.Equal(t, since, w.checkpoint("a").Parked.Since)
	})
}

func TestASchedulesFirstRunBeginsAHandler(t *testing.T) {
	t.Parallel()
	n := newNotified(t)
	notify := app.NewNotify("tally", []string{"Counted"}, "/test", n.out, n.store, n.views, memory.NewEffects(), n.quarantine,
		app.TrackOptions{Now: func() time.Time { return n.now }, Log: slog.New(slog.DiscardHandler)})
	require.NoError(t, notify.RetryParked(t.Context()))
	n.now = n.now.Add(time.Hour)
	n.count("a", 1, 1)
	n.now = n.now.Add(time.Second)
	assert.Empty(t, notify.Handle(t.Context(), n.records("a", 1, 1)))
	assert.Equal(t, []string{"a@1"}, n.out.told)
}

func TestAStoreThatSaysNoIsNoFaultOfAnEvent(t *testing.T) {
	t.Parallel()
	w := newWorld(t, estest.TallyView{})
	w.count("a", 1, 3)
	w.reads.fail(assert.AnError) // access denied, say: final for the call, but of no event
	for range 5 {
		assert.Equal(t, []int{0}, w.deliver(w.records("a", 3, 3)...))
	}
	assert.Nil(t, w.checkpoint("a").Parked)
	w.reads.fail(nil)
	assert.Empty(t, w.deliver(w.records("a", 3, 3)...))
	assert.Equal(t, 3, w.sum("a"))
}
