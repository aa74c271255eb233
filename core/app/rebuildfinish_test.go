package app_test

import (
	"context"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/core/es/estest"
	"github.com/evercart/evercart/ports"
)

// meanwhile is a view store beside which something happens while checkpoints are
// listed.
type meanwhile struct {
	ports.ViewStore
	do func()
}

func (m *meanwhile) ListCheckpoints(ctx context.Context, target ports.Target, after string, limit int) ([]ports.Checkpoint, error) {
	m.do()
	return m.ViewStore.ListCheckpoints(ctx, target, after, limit)
}

func TestFinishingARebuildPieceByPiece(t *testing.T) {
	t.Parallel()
	const streams = 501 // one more than a piece
	second := ports.Target{Consumer: "sums", Generation: 2}
	building := func(t *testing.T) (*world, *app.Rebuilder) {
		t.Helper()
		w := newWorld(t, estest.TallyView{})
		var records []ports.Record
		for i := range streams {
			id := fmt.Sprintf("t%03d", i)
			w.count(id, 1, 1)
			records = append(records, w.records(id, 1, 1)...)
		}
		require.Empty(t, w.deliver(records...))
		entry, err := w.catalog.View(t.Context(), "sums")
		require.NoError(t, err)
		entry.Generations = append(entry.Generations, ports.Generation{Number: 2, Created: w.now})
		require.NoError(t, w.catalog.SaveView(t.Context(), entry))
		return w, &app.Rebuilder{
			Catalog: w.catalog, Views: w.views, Now: time.Now, Log: slog.New(slog.DiscardHandler),
			Kinds: map[string]app.ViewKind{"sums": {Category: "tally", CatchUp: w.projector.CatchUp}},
		}
	}
	live := func(t *testing.T, w *world) int {
		t.Helper()
		entry, err := w.catalog.View(t.Context(), "sums")
		require.NoError(t, err)
		return entry.Live
	}
	t.Run("brings up what lags and flips with the last piece", func(t *testing.T) {
		t.Parallel()
		w, rebuilder := building(t)
		after, err := rebuilder.FinishFrom(t.Context(), second, "")
		require.NoError(t, err)
		assert.Equal(t, "tally/t499", after)
		assert.Equal(t, 1, live(t, w))
		again, err := rebuilder.FinishFrom(t.Context(), second, "") // an answer was lost
		require.NoError(t, err)
		assert.Equal(t, after, again)

		after, err = rebuilder.FinishFrom(t.Context(), second, after)
		require.NoError(t, err)
		assert.Empty(t, after)
		assert.Equal(t, 2, live(t, w))
		checkpoints, err := w.views.ListCheckpoints(t.Context(), second, "", 1000)
		require.NoError(t, err)
		assert.Len(t, checkpoints, streams)
	})
	t.Run("leaves one that was live before as it is", func(t *testing.T) {
		t.Parallel()
		w, rebuilder := building(t)
		after, err := rebuilder.FinishFrom(t.Context(), second, "tally/t499")
		require.NoError(t, err)
		require.Empty(t, after)
		_, err = rebuilder.Flip(t.Context(), "sums", 1) // its operator takes it back
		require.NoError(t, err)
		after, err = rebuilder.FinishFrom(t.Context(), second, "")
		require.NoError(t, err)
		assert.Empty(t, after)
		assert.Equal(t, 1, live(t, w))
	})
	t.Run("leaves it as it is also where its operator finished it and took it back meanwhile", func(t *testing.T) {
		t.Parallel()
		w, rebuilder := building(t)
		late := *rebuilder
		late.Views = &meanwhile{ViewStore: w.views, do: func() {
			_, err := rebuilder.FinishFrom(t.Context(), second, "tally/t499")
			require.NoError(t, err)
			require.Equal(t, 2, live(t, w))
			_, err = rebuilder.Flip(t.Context(), "sums", 1)
			require.NoError(t, err)
		}}
		after, err := late.FinishFrom(t.Context(), second, "tally/t499")
		require.NoError(t, err)
		assert.Empty(t, after)
		assert.Equal(t, 1, live(t, w))
	})
	t.Run("names no way on for what there is not", func(t *testing.T) {
		t.Parallel()
		_, rebuilder := building(t)
		_, err := rebuilder.FinishFrom(t.Context(), ports.Target{Consumer: "sums", Generation: 3}, "")
		assert.ErrorContains(t, err, "no generation 3")
		var unknown *app.UnknownViewError
		_, err = rebuilder.FinishFrom(t.Context(), ports.Target{Consumer: "others", Generation: 2}, "")
		assert.ErrorAs(t, err, &unknown)
	})
}
