package app_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/memory"
	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/core/es/estest"
	"github.com/evercart/evercart/ports"
)

func (w *world) redriver(feed ports.Publisher, archive ports.Archive) *app.Redriver {
	return &app.Redriver{
		Quarantine: w.quarantine, Consumers: map[string]app.Consumer{"sums": w.projector},
		Store: w.store, Publisher: feed, Archive: archive, Source: "/test",
	}
}

func (w *world) quarantined(item ports.Quarantined) ports.Quarantined {
	w.t.Helper()
	item.At = noon
	require.NoError(w.t, w.quarantine.PutQuarantined(w.t.Context(), item))
	return item
}

func (w *world) left() int {
	w.t.Helper()
	items, err := app.AllQuarantined(w.t.Context(), w.quarantine)
	require.NoError(w.t, err)
	return len(items)
}

func TestRedriving(t *testing.T) {
	t.Parallel()
	t.Run("hands a record that can be read now to its consumer, and forgets it", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, estest.TallyView{})
		w.count("a", 7, 1)
		item := w.quarantined(ports.Quarantined{Consumer: "sums", Shard: "0", Position: "1", Payload: w.records("a", 1, 1)[0].Data})
		require.NoError(t, w.redriver(nil, nil).Redrive(t.Context(), item))
		assert.Equal(t, 7, w.sum("a"))
		assert.Zero(t, w.left())
	})
	t.Run("keeps what still cannot be read, or fails, or has no consumer", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, estest.TallyView{})
		w.count("a", 7, 1)
		data := w.records("a", 1, 1)[0].Data
		unreadable := w.quarantined(ports.Quarantined{Consumer: "sums", Shard: "0", Position: "1", Payload: []byte("{")})
		unknown := w.quarantined(ports.Quarantined{Consumer: "none", Shard: "0", Position: "1", Payload: data})
		failing := w.quarantined(ports.Quarantined{Consumer: "sums", Shard: "0", Position: "2", Payload: data})
		w.views.before = []func([]ports.ViewChange) error{func([]ports.ViewChange) error { return ports.ErrUnavailable }}
		r := w.redriver(nil, nil)
		require.ErrorIs(t, r.Redrive(t.Context(), failing), ports.ErrUnavailable)
		require.ErrorContains(t, r.Redrive(t.Context(), unreadable), "still cannot be read")
		require.ErrorContains(t, r.Redrive(t.Context(), unknown), `no consumer "none"`)
		assert.Equal(t, 3, w.left())
	})
	t.Run("publishes a stored commit whole that the relay could not read", func(t *testing.T) {
		t.Parallel()
		w, feed := newWorld(t, estest.TallyView{}), memory.NewFeed(time.Now)
		w.count("a", 1, 1)
		w.count("a", 1, 3)
		w.count("a", 1, 1)
		item := w.quarantined(ports.Quarantined{Consumer: app.RelayName, Shard: "tally/a@2", Position: "9"})
		require.NoError(t, w.redriver(feed, nil).Redrive(t.Context(), item))
		assert.Equal(t, []string{"a@2", "a@3", "a@4"}, feedNow(t, feed))
		assert.Zero(t, w.left())
		for _, place := range []string{"tally/a@77", "tally/a", "@1", "tally/a@x", ""} {
			item := w.quarantined(ports.Quarantined{Consumer: app.RelayName, Shard: place, Position: "9"})
			assert.Error(t, w.redriver(feed, nil).Redrive(t.Context(), item), place)
		}
		assert.Equal(t, 5, w.left())
	})
	t.Run("forgets a place in the archive when its object can be read again", func(t *testing.T) {
		t.Parallel()
		w, archive := newWorld(t, estest.TallyView{}), memory.NewArchive()
		w.count("a", 1, 1)
		batch := ports.ArchiveBatch{Shard: "0", First: "1", Last: "1", Arrival: noon}
		_, err := archive.WriteObject(t.Context(), batch, [][]byte{w.records("a", 1, 1)[0].Data})
		require.NoError(t, err)
		there := w.quarantined(ports.Quarantined{Consumer: app.ReplayName, Shard: batch.Key(), Position: "1"})
		gone := w.quarantined(ports.Quarantined{Consumer: app.ReplayName, Shard: strings.Replace(batch.Key(), "0-1-1", "0-2-2", 1), Position: "1"})
		require.NoError(t, w.redriver(nil, archive).Redrive(t.Context(), there))
		require.Error(t, w.redriver(nil, archive).Redrive(t.Context(), gone))
		assert.Equal(t, 1, w.left())
	})
}
