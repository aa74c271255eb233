package app_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/core/es/estest"
	"github.com/evercart/evercart/ports"
)

func TestAGenerationThatBegins(t *testing.T) {
	t.Parallel()
	t.Run("in the middle of a batch gets the batch", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, estest.TallyView{})
		w.count("a", 2, 3)
		entry, err := app.EnsureView(t.Context(), w.catalog, "sums", noon)
		require.NoError(t, err)
		w.views.before = []func([]ports.ViewChange) error{func([]ports.ViewChange) error {
			entry.Generations = append(slices.Clone(entry.Generations), ports.Generation{Number: 2, Created: noon})
			return w.catalog.SaveView(t.Context(), entry)
		}}
		require.Empty(t, w.deliver(w.records("a", 1, 3)...))
		for generation := 1; generation <= 2; generation++ {
			checkpoints, err := w.views.Checkpoints(t.Context(), ports.Target{Consumer: "sums", Generation: generation}, []ports.StreamID{{Category: "tally", ID: "a"}})
			require.NoError(t, err)
			assert.Equal(t, ports.Version(3), checkpoints[0].Version, "generation %d", generation)
		}
	})
	t.Run("is filled by a replay alone", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, estest.TallyView{})
		w.count("a", 2, 3)
		second := ports.Target{Consumer: "sums", Generation: 2}
		require.Empty(t, w.projector.HandleFor(t.Context(), second, w.records("a", 1, 3)))
		rows, err := w.views.Query(t.Context(), second, ports.RowQuery{Partition: "all", Limit: 9})
		require.NoError(t, err)
		require.Len(t, rows, 1)
		assert.Equal(t, "6", string(rows[0].Value))
		assert.Equal(t, -1, w.sum("a"))
	})
}
