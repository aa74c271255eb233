package app_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/core/es/estest"
	"github.com/evercart/evercart/ports"
)

func TestAView(t *testing.T) {
	t.Parallel()
	t.Run("follows the events of its category and passes over others", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, estest.TallyView{})
		w.count("a", 1, 3)
		w.count("b", 5, 1)
		records := append(w.records("a", 1, 3), w.records("b", 1, 1)...)
		other := records[0]
		other.Data = []byte(strings.ReplaceAll(string(other.Data), "tally", "other"))
		assert.Empty(t, w.deliver(append(records, other)...))
		assert.Equal(t, 3, w.sum("a"))
		assert.Equal(t, 5, w.sum("b"))
		assert.Equal(t, ports.Version(3), w.checkpoint("a").Version)
	})
	t.Run("has each effect once, however often and in whatever order events come", func(t *testing.T) {
		t.Parallel()
		rapid.Check(t, func(rt *rapid.T) {
			w := newWorld(t, estest.TallyView{Wide: rapid.IntRange(0, 30).Draw(rt, "wide")})
			w.views.rows = rapid.IntRange(1, 40).Draw(rt, "rows a transaction")
			var all []ports.Record
			for i := range rapid.IntRange(1, 4).Draw(rt, "tallies") {
				id := fmt.Sprint("t", i)
				for range rapid.IntRange(1, 6).Draw(rt, "commands") {
					w.count(id, rapid.IntRange(1, 9).Draw(rt, "n"), rapid.IntRange(1, 3).Draw(rt, "times"))
				}
				records := w.records(id, 1, 1000)
				all = append(all, records...)
				all = append(all, records[rapid.IntRange(0, len(records)-1).Draw(rt, "again")])
			}
			random := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 0)) //nolint:gosec // a test's shuffle
			random.Shuffle(len(all), func(i, k int) { all[i], all[k] = all[k], all[i] })
			for _, batch := range slices.Collect(slices.Chunk(all, rapid.IntRange(1, 7).Draw(rt, "batch"))) {
				assert.Empty(t, w.deliver(batch...))
			}
			for i := range 4 {
				id := fmt.Sprint("t", i)
				loaded, err := w.store.Load(t.Context(), ports.StreamID{Category: "tally", ID: id}, 0)
				require.NoError(t, err)
				sum := -1
				if loaded.Head.Version() > 0 {
					sum = 0
					for e, err := range w.store.Read(t.Context(), loaded.Head.Stream(), 1, 1000) {
						require.NoError(t, err)
						var n int
						_, err = fmt.Sscanf(e.Data, `{"n":%d}`, &n)
						require.NoError(t, err)
						sum += n
					}
				}
				assert.Equal(t, sum, w.sum(id))
				assert.Equal(t, loaded.Head.Version(), w.checkpoint(id).Version)
			}
		})
	})
	t.Run("closes a gap of any length from the store", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, estest.TallyView{})
		w.count("a", 1, 2500)
		assert.Empty(t, w.deliver(w.records("a", 1, 1)...))
		assert.Empty(t, w.deliver(w.records("a", 2500, 2500)...))
		assert.Equal(t, 2500, w.sum("a"))
		assert.Equal(t, int64(2498), w.counter.of(ports.MetricRepaired, "sums"))
	})
	t.Run("skips what was applied", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, estest.TallyView{})
		w.count("a", 1, 3)
		w.deliver(w.records("a", 1, 3)...)
		before := w.checkpoint("a")
		assert.Empty(t, w.deliver(w.records("a", 1, 3)...))
		assert.Equal(t, before, w.checkpoint("a"), "nothing is written")
		assert.Equal(t, int64(3), w.counter.of(ports.MetricSkipped, "sums"))
	})
	t.Run("feeds every generation that the catalog names", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, estest.TallyView{})
		entry, err := app.EnsureView(t.Context(), w.catalog, "sums", noon)
		require.NoError(t, err)
		entry.Generations = append(entry.Generations, ports.Generation{Number: 2, Created: noon})
		require.NoError(t, w.catalog.SaveView(t.Context(), entry))
		w.count("a", 4, 1)
		assert.Empty(t, w.deliver(w.records("a", 1, 1)...))
		for g := 1; g <= 2; g++ {
			rows, err := w.views.Rows(t.Context(), ports.Target{Consumer: "sums", Generation: g}, []ports.RowKey{{Partition: "all", Sort: "a"}})
			require.NoError(t, err)
			assert.Len(t, rows, 1)
		}
	})
	t.Run("folds a checkpoint's state again that it cannot read", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, estest.TallyView{Wide: 2})
		w.count("a", 1, 3)
		w.deliver(w.records("a", 1, 2)...)
		cp := w.checkpoint("a")
		cp.State = []byte("written by another version")
		require.NoError(t, w.views.Apply(t.Context(), firstTarget, []ports.ViewChange{{Checkpoint: cp}})[0])
		assert.Empty(t, w.deliver(w.records("a", 3, 3)...))
		assert.Equal(t, 3, w.sum("a"))
		assert.Equal(t, []string{"1/00000=3", "1/00001=3"}, w.wide("a"))
	})
}

func TestAnEffectWithMoreRowsThanATransaction(t *testing.T) {
	t.Parallel()
	want := func(w *world) {
		assert.Len(t, w.wide("a"), 25)
		assert.Equal(t, 3, w.sum("a"))
		cp := w.checkpoint("a")
		assert.Equal(t, []any{ports.Version(3), 0}, []any{cp.Version, cp.Part})
	}
	t.Run("is applied in parts", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, estest.TallyView{Wide: 25})
		w.count("a", 1, 3)
		assert.Empty(t, w.deliver(w.records("a", 1, 3)...))
		want(w)
	})
	t.Run("goes on at the part where it was cut off", func(t *testing.T) {
		t.Parallel()
		for cut := range 8 {
			w := newWorld(t, estest.TallyView{Wide: 25})
			w.count("a", 1, 3)
			applies := 0
			for range cut {
				w.views.before = append(w.views.before, func([]ports.ViewChange) error { applies++; return nil })
			}
			down := func([]ports.ViewChange) error { return ports.ErrUnavailable }
			w.views.before = append(w.views.before, down, down) // the checkpoint cannot be written either
			failed := w.deliver(w.records("a", 1, 3)...)
			assert.NotEmpty(t, failed)
			for range cut % 3 { // the records that come again come in other batches
				w.deliver(w.records("a", 1, 1)...)
			}
			assert.Empty(t, w.deliver(w.records("a", 1, 2)...))
			assert.Empty(t, w.deliver(w.records("a", 3, 3)...))
			want(w)
		}
	})
}

func TestAnotherWriterOfTheSameCheckpoint(t *testing.T) {
	t.Parallel()
	t.Run("does no harm: the checkpoint is read again", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, estest.TallyView{})
		w.count("a", 1, 3)
		w.views.before = []func([]ports.ViewChange) error{func([]ports.ViewChange) error {
			assert.Empty(t, w.deliver(w.records("a", 1, 2)...))
			return nil
		}}
		assert.Empty(t, w.deliver(w.records("a", 1, 3)...))
		assert.Equal(t, 3, w.sum("a"))
	})
	t.Run("that never rests lets the records come again", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, estest.TallyView{})
		w.count("a", 1, 1)
		moved := func([]ports.ViewChange) error { return ports.ErrCheckpointMoved }
		w.views.before = slices.Repeat([]func([]ports.ViewChange) error{moved}, 8)
		assert.Equal(t, []int{0}, w.deliver(w.records("a", 1, 1)...))
		assert.Empty(t, w.deliver(w.records("a", 1, 1)...))
	})
}

func TestATransientFault(t *testing.T) {
	t.Parallel()
	gap := func(t *testing.T) *world {
		t.Helper()
		w := newWorld(t, estest.TallyView{})
		w.count("a", 1, 3)
		w.count("b", 1, 1)
		w.reads.fail(fmt.Errorf("throttled: %w", ports.ErrUnavailable))
		return w
	}
	t.Run("fails the records of its stream alone", func(t *testing.T) {
		t.Parallel()
		w := gap(t)
		batch := append(w.records("a", 3, 3), w.records("b", 1, 1)...)
		assert.Equal(t, []int{0}, w.deliver(batch...))
		assert.Equal(t, 1, w.sum("b"))
		w.reads.fail(nil)
		assert.Empty(t, w.deliver(batch...))
		assert.Equal(t, 3, w.sum("a"))
		assert.True(t, w.checkpoint("a").FailingSince.IsZero())
	})
	t.Run("that lasts parks the stream as transient, and it is tried again by itself", func(t *testing.T) {
		t.Parallel()
		w := gap(t)
		assert.Equal(t, []int{0}, w.deliver(w.records("a", 3, 3)...))
		w.now = w.now.Add(5 * time.Minute)
		assert.Empty(t, w.deliver(w.records("a", 3, 3)...))
		parked := w.checkpoint("a").Parked
		require.NotNil(t, parked)
		assert.True(t, parked.Transient)
		assert.Equal(t, int64(1), parked.Held)

		require.NoError(t, w.projector.RetryParked(t.Context()))
		assert.NotNil(t, w.checkpoint("a").Parked, "it is not due yet")
		w.now = w.now.Add(time.Minute)
		require.NoError(t, w.projector.RetryParked(t.Context()))
		assert.NotNil(t, w.checkpoint("a").Parked, "the fault is still there")
		w.reads.fail(nil)
		w.now = w.now.Add(time.Minute)
		require.NoError(t, w.projector.RetryParked(t.Context()))
		assert.Nil(t, w.checkpoint("a").Parked)
		assert.Equal(t, 3, w.sum("a"))
	})
	t.Run("is parked, and tried again, as soon when the clock was set back meanwhile", func(t *testing.T) {
		t.Parallel()
		w := gap(t)
		right := w.now
		w.now = right.Add(24 * time.Hour)
		w.deliver(w.records("a", 3, 3)...)
		w.now = right
		w.deliver(w.records("a", 3, 3)...)
		w.now = right.Add(5 * time.Minute)
		assert.Empty(t, w.deliver(w.records("a", 3, 3)...), "five minutes count from the time that is right")
		require.NotNil(t, w.checkpoint("a").Parked)

		w.reads.fail(nil)
		w.now = right.Add(-24 * time.Hour)
		require.NoError(t, w.projector.RetryParked(t.Context()))
		assert.Nil(t, w.checkpoint("a").Parked)
	})
	t.Run("of the view store fails what it touches and loses nothing", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, estest.TallyView{})
		w.count("a", 1, 1)
		w.count("b", 1, 1)
		w.views.before = []func([]ports.ViewChange) error{func([]ports.ViewChange) error { return ports.ErrUnavailable }}
		batch := append(w.records("a", 1, 1), w.records("b", 1, 1)...)
		assert.Equal(t, []int{0, 1}, w.deliver(batch...))
		assert.Empty(t, w.deliver(batch...))
	})
}

func TestPoison(t *testing.T) {
	t.Parallel()
	poisoned := func(t *testing.T) (*world, []ports.Record) {
		t.Helper()
		w := newWorld(t, estest.TallyView{})
		w.count("a", 1, 4)
		w.count("b", 1, 2)
		records := append(w.records("a", 1, 4), w.records("b", 1, 2)...)
		records[1].Data = []byte(strings.Replace(string(records[1].Data), "Counted.v1", "Counted.v7", 1))
		return w, records
	}
	t.Run("parks its stream after three deliveries and holds up no neighbour", func(t *testing.T) {
		t.Parallel()
		w, records := poisoned(t)
		for delivery := 1; delivery <= 2; delivery++ {
			assert.Equal(t, []int{1, 2, 3}, w.deliver(records...), "delivery %d", delivery)
			assert.Equal(t, delivery, w.checkpoint("a").Failures)
			assert.Equal(t, 2, w.sum("b"))
			assert.Equal(t, 1, w.sum("a"), "what came before the poison is applied")
		}
		assert.Empty(t, w.deliver(records...))
		parked := w.checkpoint("a").Parked
		require.NotNil(t, parked)
		assert.False(t, parked.Transient)
		assert.Equal(t, []any{ports.Version(2), int64(3)}, []any{parked.Version, parked.Held})
		assert.Contains(t, parked.Reason, "schema 7")
		assert.Equal(t, int64(1), w.counter.of(ports.MetricParked, "sums"))

		w.count("a", 1, 1)
		assert.Empty(t, w.deliver(w.records("a", 5, 5)...))
		assert.Equal(t, int64(4), w.checkpoint("a").Parked.Held)
	})
	t.Run("goes on from the store when it is unparked", func(t *testing.T) {
		t.Parallel()
		w, records := poisoned(t)
		for range 3 {
			w.deliver(records...)
		}
		w.count("a", 1, 1)
		require.NoError(t, w.projector.Unpark(t.Context(), firstTarget, ports.StreamID{Category: "tally", ID: "a"}))
		assert.Equal(t, 5, w.sum("a"))
		assert.Nil(t, w.checkpoint("a").Parked)
		assert.Zero(t, w.checkpoint("a").Failures)
		err := w.projector.Unpark(t.Context(), firstTarget, ports.StreamID{Category: "tally", ID: "a"})
		assert.ErrorIs(t, err, app.ErrNotParked)
	})
	t.Run("that cannot be read at all goes to the quarantine and is done with", func(t *testing.T) {
		t.Parallel()
		w, records := poisoned(t)
		records[1].Data = []byte("no event")
		assert.Empty(t, w.deliver(records...))
		assert.Equal(t, 4, w.sum("a"), "the event is read from the store")
		items, err := w.quarantine.ListQuarantined(t.Context(), "", 10)
		require.NoError(t, err)
		require.Len(t, items, 1)
		assert.Equal(t, "no event", string(items[0].Payload))
		assert.Equal(t, records[1].Position, items[0].Position)
	})
	t.Run("a fork parks at once", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, estest.TallyView{})
		w.count("a", 1, 1)
		records := w.records("a", 1, 1)
		w.deliver(records...)
		id := w.checkpoint("a").EventID
		records[0].Data = []byte(strings.Replace(string(records[0].Data), id, "another", 1))
		assert.Empty(t, w.deliver(records...))
		parked := w.checkpoint("a").Parked
		require.NotNil(t, parked)
		assert.Contains(t, parked.Reason, "fork")
		assert.Equal(t, "another", parked.EventID)
	})
	t.Run("a view that stands on the wrong side of a fork starts the stream again when unparked", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, estest.TallyView{Wide: 25})
		w.count("a", 1, 1)
		records := w.records("a", 1, 1)
		forged := records[0]
		forged.Data = []byte(strings.NewReplacer(`{"n":1}`, `{"n":8}`, `"id":"`, `"id":"f`).Replace(string(forged.Data)))
		w.deliver(forged)
		require.Equal(t, 8, w.sum("a"))
		w.deliver(records...)
		require.NotNil(t, w.checkpoint("a").Parked)
		require.NoError(t, w.projector.Unpark(t.Context(), firstTarget, ports.StreamID{Category: "tally", ID: "a"}))
		assert.Equal(t, 1, w.sum("a"))
		assert.Len(t, w.wide("a"), 25)
		for _, row := range w.wide("a") {
			assert.True(t, strings.HasSuffix(row, "=1"), row)
		}
	})
	t.Run("a published event that the store lacks parks its stream", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, estest.TallyView{})
		w.count("a", 1, 3)
		records := w.records("a", 3, 3)
		records[0].Data = []byte(strings.ReplaceAll(string(records[0].Data), "00000000000000000003", "00000000000000000009"))
		records[0].Data = []byte(strings.Replace(string(records[0].Data), `"commitfirst":"00000000000000000001"`, `"commitfirst":"00000000000000000009"`, 1))
		for range 3 {
			w.deliver(records...)
		}
		require.NotNil(t, w.checkpoint("a").Parked)
		assert.Contains(t, w.checkpoint("a").Parked.Reason, "lacks version 4")
	})
}

func TestARecordThatCannotEvenBeQuarantinedComesAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t, estest.TallyView{})
	ctx, cancel := canceled(t)
	defer cancel()
	failures := w.projector.Handle(ctx, []ports.Record{{Shard: "0", Position: "1", Data: []byte("?")}})
	require.Len(t, failures, 1)
	assert.ErrorIs(t, failures[0].Err, context.Canceled)
}
