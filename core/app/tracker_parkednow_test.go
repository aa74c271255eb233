package app_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/core/es/estest"
	"github.com/evercart/evercart/ports"
)

func TestHowManyStreamsStayParked(t *testing.T) {
	t.Parallel()
	now := func(w *world) float64 { return w.counter.gauge(ports.MetricParkedNow, "sums") }
	parked := func(t *testing.T) *world {
		t.Helper()
		w := newWorld(t, estest.TallyView{})
		for _, id := range []string{"a", "b"} {
			w.count(id, 1, 3)
			w.reads.fail(fmt.Errorf("throttled: %w", ports.ErrUnavailable))
			w.deliver(w.records(id, 3, 3)...)
		}
		w.now = w.now.Add(5 * time.Minute)
		for _, id := range []string{"a", "b"} {
			w.deliver(w.records(id, 3, 3)...)
		}
		return w
	}
	t.Run("is metered by whoever tries them again, as long as they do", func(t *testing.T) {
		t.Parallel()
		w := parked(t)
		require.NoError(t, w.projector.RetryParked(t.Context()))
		assert.InDelta(t, 2, now(w), 0, "none is due yet")
		w.now = w.now.Add(time.Minute)
		require.NoError(t, w.projector.RetryParked(t.Context()))
		assert.InDelta(t, 2, now(w), 0, "the fault is still there")
		w.reads.fail(nil)
		w.now = w.now.Add(time.Minute)
		require.NoError(t, w.projector.RetryParked(t.Context()))
		assert.InDelta(t, 0, now(w), 0)
	})
	t.Run("is 0 where none ever was", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, estest.TallyView{})
		require.NoError(t, w.projector.RetryParked(t.Context()))
		assert.InDelta(t, 0, now(w), 0)
	})
	t.Run("is told also where the time is over before all are tried", func(t *testing.T) {
		t.Parallel()
		w := parked(t)
		w.reads.fail(nil)
		w.now = w.now.Add(time.Minute)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		w.views.before = []func([]ports.ViewChange) error{func([]ports.ViewChange) error {
			cancel()
			return ctx.Err()
		}}
		require.ErrorIs(t, w.projector.RetryParked(ctx), context.Canceled)
		assert.InDelta(t, 2, now(w), 0)
	})
	t.Run("stays as it was where nothing could be looked at", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, estest.TallyView{})
		ctx, cancel := canceled(t)
		defer cancel()
		require.Error(t, w.projector.RetryParked(ctx))
		assert.InDelta(t, -1, now(w), 0)
	})
}
