package app_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/core/es/estest"
	"github.com/evercart/evercart/ports"
)

// refuse has the view store take no rows of the tally with that ID, for good.
func (w *world) refuse(id string) {
	w.views.refuses = func(change *ports.ViewChange) error {
		if change.Checkpoint.Stream.ID == id && len(change.Put) > 0 {
			return &ports.TooLargeError{What: "row of " + id, Size: 500_000, Max: 400_000}
		}
		return nil
	}
}

func TestAChangeThatTheViewStoreNeverTakes(t *testing.T) {
	t.Parallel()
	refused := func(t *testing.T) (*world, []ports.Record) {
		t.Helper()
		w := newWorld(t, estest.TallyView{})
		w.count("a", 1, 2)
		w.count("b", 1, 1)
		w.refuse("a")
		return w, append(w.records("a", 1, 2), w.records("b", 1, 1)...)
	}
	t.Run("parks its stream after three deliveries and holds up no neighbour", func(t *testing.T) {
		t.Parallel()
		w, records := refused(t)
		for delivery := 1; delivery <= 2; delivery++ {
			assert.Equal(t, []int{0, 1}, w.deliver(records...), "delivery %d", delivery)
			assert.Equal(t, 1, w.sum("b"))
		}
		assert.Empty(t, w.deliver(records...))
		parked := w.checkpoint("a").Parked
		require.NotNil(t, parked)
		assert.Equal(t, []any{false, ports.Version(1), int64(2)}, []any{parked.Transient, parked.Version, parked.Held})
		assert.Contains(t, parked.Reason, "row of a")
		assert.Equal(t, int64(1), w.counter.of(ports.MetricParked, "sums"))
		assert.Equal(t, int64(1), w.counter.of(ports.MetricApplied, "sums"), "its neighbour's")
	})
	t.Run("stays parked while it is refused, and goes on from the store when it no longer is", func(t *testing.T) {
		t.Parallel()
		w, records := refused(t)
		for range 3 {
			w.deliver(records...)
		}
		stream := ports.StreamID{Category: "tally", ID: "a"}
		var large *ports.TooLargeError
		require.ErrorAs(t, w.projector.Unpark(t.Context(), firstTarget, stream), &large)
		require.NotNil(t, w.checkpoint("a").Parked)
		w.views.refuses = nil
		require.NoError(t, w.projector.Unpark(t.Context(), firstTarget, stream))
		assert.Equal(t, 2, w.sum("a"))
	})
	t.Run("comes again while not even that can be noted", func(t *testing.T) {
		t.Parallel()
		w, records := refused(t)
		inner := w.views.refuses
		w.views.refuses = func(change *ports.ViewChange) error {
			if err := inner(change); err != nil || change.Checkpoint.Stream.ID == "b" {
				return err
			}
			return fmt.Errorf("throttled: %w", ports.ErrUnavailable)
		}
		for range 4 {
			assert.Equal(t, []int{0, 1}, w.deliver(records...))
		}
		assert.Zero(t, w.checkpoint("a").Revision)
	})
}
