package dynamostore_test

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/dynamostore"
	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/porttest"
)

// tally is a meter that adds up counters by metric and label.
type tally struct {
	ports.NoMeter
	mu   sync.Mutex
	sums map[string]int64
}

func (m *tally) Add(metric ports.Metric, label string, n int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.sums == nil {
		m.sums = map[string]int64{}
	}
	m.sums[string(metric)+" of "+label] += n
}

// take returns the sums, and begins anew.
func (m *tally) take() map[string]int64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	sums := m.sums
	m.sums = nil
	return sums
}

func TestConsumedCapacityIsMetered(t *testing.T) {
	t.Parallel()
	client, prefix := newClient(t), newPrefix()
	require.NoError(t, dynamostore.CreateEventsTable(t.Context(), client, prefix, "cart"))
	require.NoError(t, dynamostore.CreateViewsTable(t.Context(), client, prefix))
	reads := func(table string) string { return string(ports.MetricReadUnits) + " of " + prefix + table }
	writes := func(table string) string { return string(ports.MetricWriteUnits) + " of " + prefix + table }
	t.Run("of events: a unit a kilobyte written, and a unit for 4 kilobytes read", func(t *testing.T) {
		t.Parallel()
		var meter tally
		store := dynamostore.NewEventStore(client, dynamostore.EventStoreOptions{Prefix: prefix, Meter: &meter})
		_, err := porttest.Fill(t.Context(), store, porttest.Stream(1), porttest.Step{Events: 1})
		require.NoError(t, err)
		assert.EqualValues(t, 1000, meter.take()[writes("-cart-events")])
		_, err = store.Load(t.Context(), porttest.Stream(1), 0)
		require.NoError(t, err)
		assert.Equal(t, map[string]int64{reads("-cart-events"): 1000}, meter.take())
		for _, err := range store.Scan(t.Context(), "cart") {
			require.NoError(t, err)
		}
		assert.Equal(t, map[string]int64{reads("-cart-events"): 1000}, meter.take())
	})
	t.Run("of views, whatever is called", func(t *testing.T) {
		t.Parallel()
		var meter tally
		views := dynamostore.NewViews(client, prefix).Metered(&meter)
		change := ports.ViewChange{Checkpoint: ports.Checkpoint{Stream: porttest.Stream(1)}}
		for name, write := range map[string]func() error{
			"a checkpoint": func() error { return views.Apply(t.Context(), goldenTarget, []ports.ViewChange{change})[0] },
			"rows": func() error {
				with := ports.ViewChange{Checkpoint: ports.Checkpoint{Stream: porttest.Stream(2)}, Put: []ports.Row{{RowKey: ports.RowKey{Partition: "p"}}}}
				return views.Apply(t.Context(), goldenTarget, []ports.ViewChange{with})[0]
			},
			"a view":      func() error { return views.SaveView(t.Context(), ports.ViewEntry{Name: "carts", Live: 1}) },
			"a bookmark":  func() error { return views.SavePosition(t.Context(), "archive", ports.Bookmark{}) },
			"a deletion":  func() error { return views.RemoveQuarantined(t.Context(), "nothing") },
			"a replay":    func() error { _, err := views.SaveReplayJob(t.Context(), ports.ReplayJob{ID: "r"}); return err },
			"an instant":  func() error { return views.SetEffectsFrom(t.Context(), "notify", instant(1), true) },
			"a bad thing": func() error { return views.PutQuarantined(t.Context(), ports.Quarantined{Consumer: "a"}) },
		} {
			require.NoError(t, write(), name)
			assert.Positive(t, meter.take()[writes("-views")], name)
		}
		for name, read := range map[string]func() error{
			"checkpoints": func() error {
				_, err := views.Checkpoints(t.Context(), goldenTarget, []ports.StreamID{porttest.Stream(1)})
				return err
			},
			"all checkpoints": func() error { _, err := views.ListCheckpoints(t.Context(), goldenTarget, "", 10); return err },
			"rows": func() error {
				_, err := views.Query(t.Context(), goldenTarget, ports.RowQuery{Partition: "p", Limit: 1})
				return err
			},
			"a view": func() error { _, err := views.View(t.Context(), "carts"); return err },
			"views":  func() error { _, err := views.Views(t.Context()); return err },
		} {
			require.NoError(t, read(), name)
			assert.Positive(t, meter.take()[reads("-views")], name)
		}
		require.NoError(t, views.Drop(t.Context(), goldenTarget))
		dropped := meter.take()
		assert.Positive(t, dropped[reads("-views")])
		assert.EqualValues(t, 3000, dropped[writes("-views")], "two checkpoints and a row")
	})
}

func TestListingCheckpointsReadsLittleMoreThanItReturns(t *testing.T) {
	t.Parallel()
	const streams, page = 300, 100
	client, prefix := newClient(t), newPrefix()
	require.NoError(t, dynamostore.CreateViewsTable(t.Context(), client, prefix))
	var meter tally
	views := dynamostore.NewViews(client, prefix).Metered(&meter)
	changes := make([]ports.ViewChange, streams)
	for n := range changes { // of 4 KiB each: one read unit
		changes[n].Checkpoint = ports.Checkpoint{Stream: porttest.Stream(n), State: make([]byte, 3900)}
	}
	for _, err := range views.Apply(t.Context(), goldenTarget, changes) {
		require.NoError(t, err)
	}
	meter.take()
	var listed []string
	for after := ""; ; after = listed[len(listed)-1] {
		some, err := views.ListCheckpoints(t.Context(), goldenTarget, after, page)
		require.NoError(t, err)
		if len(some) == 0 {
			break
		}
		for _, c := range some {
			listed = append(listed, c.Stream.String())
		}
	}
	assert.Len(t, listed, streams)
	assert.IsIncreasing(t, listed)
	units := meter.take()[string(ports.MetricReadUnits)+" of "+prefix+"-views"] / 1000
	assert.Less(t, units, int64(2*streams), "%d read units for %d checkpoints of one unit each", units, streams)
	t.Logf("%d read units for %d checkpoints of one unit each", units, streams)
}
