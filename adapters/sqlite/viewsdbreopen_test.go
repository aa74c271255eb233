package sqlite_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/sqlite"
	"github.com/evercart/evercart/ports"
)

var cartA = ports.StreamID{Category: "cart", ID: "a"}

// everything is what a test put into views, one thing a port.
type everything struct {
	Checkpoints []ports.Checkpoint
	Parked      []ports.Checkpoint
	Rows        []ports.Row
	Entries     []ports.ViewEntry
	Quarantined []ports.Quarantined
	Bookmark    ports.Bookmark
	Jobs        []ports.ReplayJob
	EffectsFrom time.Time
}

func writeEverything(t *testing.T, v *sqlite.Views) {
	t.Helper()
	for _, err := range v.Apply(t.Context(), carts1, []ports.ViewChange{{
		Checkpoint: ports.Checkpoint{
			Stream: cartA, Version: 7, EventID: "e7", Part: 2, State: []byte("\x00state"), Failures: 3, FailingSince: noon,
			Parked: &ports.Parked{Reason: "no", Transient: true, Since: noon, RetryAt: noon.Add(time.Hour), Version: 8, EventID: "e8", Held: 5},
		},
		Put: []ports.Row{{RowKey: ports.RowKey{Partition: "p", Sort: "s"}, Value: []byte(`{"a":1}`)}},
	}}) {
		require.NoError(t, err)
	}
	require.NoError(t, v.SaveView(t.Context(), ports.ViewEntry{
		Name: "carts", Live: 1, Generations: []ports.Generation{{Number: 1, Created: noon, Flipped: noon}, {Number: 2, Created: noon}},
	}))
	require.NoError(t, v.PutQuarantined(t.Context(), ports.Quarantined{
		Consumer: "carts", Shard: "0", Position: "x-1", Reason: "unreadable", Payload: []byte("{\xff"), At: noon,
	}))
	require.NoError(t, v.SavePosition(t.Context(), "carts", ports.Bookmark{Position: "x-1", Arrival: noon}))
	_, err := v.SaveReplayJob(t.Context(), ports.ReplayJob{
		ID: "20260504t030201-4f", Target: carts1, State: ports.ReplayRunning, Started: noon,
		Filter: ports.ReplayFilter{Types: []string{"CartClosed"}},
	})
	require.NoError(t, err)
	require.NoError(t, v.SetEffectsFrom(t.Context(), "notify", noon, true))
}

func readEverything(t *testing.T, v *sqlite.Views) (e everything) {
	t.Helper()
	var err error
	e.Checkpoints, err = v.Checkpoints(t.Context(), carts1, []ports.StreamID{cartA})
	require.NoError(t, err)
	e.Parked, err = v.Parked(t.Context(), carts1, "", 10)
	require.NoError(t, err)
	e.Rows, err = v.Query(t.Context(), carts1, ports.RowQuery{Partition: "p", Limit: 10})
	require.NoError(t, err)
	e.Entries, err = v.Views(t.Context())
	require.NoError(t, err)
	e.Quarantined, err = v.ListQuarantined(t.Context(), "", 10)
	require.NoError(t, err)
	e.Bookmark, err = v.Position(t.Context(), "carts")
	require.NoError(t, err)
	e.Jobs, err = v.ListReplayJobs(t.Context(), "", 10)
	require.NoError(t, err)
	e.EffectsFrom, _, err = v.EffectsFrom(t.Context(), "notify")
	require.NoError(t, err)
	return e
}

func TestViewsReopened(t *testing.T) {
	t.Parallel()

	t.Run("all that was written is there again", func(t *testing.T) {
		t.Parallel()
		path := filepath.Join(t.TempDir(), "views.db")
		first, err := sqlite.OpenViews(t.Context(), path)
		require.NoError(t, err)
		writeEverything(t, first)
		before := readEverything(t, first)
		require.Len(t, before.Checkpoints, 1)
		require.EqualValues(t, 7, before.Checkpoints[0].Version)
		require.Equal(t, before.Checkpoints, before.Parked)
		require.Len(t, before.Entries, 1)
		require.Len(t, before.Entries[0].Generations, 2)
		require.Len(t, before.Jobs, 1)
		require.NoError(t, first.Close())

		assert.Equal(t, before, readEverything(t, openViews(t, path)))
	})

	t.Run("another handle sees what was written at once", func(t *testing.T) {
		t.Parallel()
		path := filepath.Join(t.TempDir(), "views.db")
		writer, reader := openViews(t, path), openViews(t, path)
		writeEverything(t, writer)
		assert.Equal(t, readEverything(t, writer), readEverything(t, reader))
	})

	t.Run("of two handles that write one checkpoint one is told that it moved", func(t *testing.T) {
		t.Parallel()
		path := filepath.Join(t.TempDir(), "views.db")
		a, b := openViews(t, path), openViews(t, path)
		change := []ports.ViewChange{{Checkpoint: ports.Checkpoint{Stream: cartA, Version: 1, EventID: "e1"}}}
		require.Equal(t, []error{nil}, a.Apply(t.Context(), carts1, change))
		require.ErrorIs(t, b.Apply(t.Context(), carts1, change)[0], ports.ErrCheckpointMoved)
		change[0].Checkpoint.Revision = 1
		require.Equal(t, []error{nil}, b.Apply(t.Context(), carts1, change))
		assert.ErrorIs(t, a.Apply(t.Context(), carts1, change)[0], ports.ErrCheckpointMoved)
	})

	t.Run("a call on closed views fails", func(t *testing.T) {
		t.Parallel()
		v, err := sqlite.OpenViews(t.Context(), filepath.Join(t.TempDir(), "views.db"))
		require.NoError(t, err)
		require.NoError(t, v.Close())
		_, err = v.Position(t.Context(), "carts")
		require.ErrorContains(t, err, "closed")
		errs := v.Apply(t.Context(), carts1, []ports.ViewChange{{Checkpoint: ports.Checkpoint{Stream: cartA}}})
		assert.ErrorContains(t, errs[0], "closed")
	})
}
