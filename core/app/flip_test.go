package app_test

import (
	"context"
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/memory"
	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/ports"
)

// shelfOfViews is a view "sums" with generations, and a clock.
type shelfOfViews struct {
	*app.Rebuilder
	t       *testing.T
	now     time.Time
	catalog *memory.ViewCatalog
	views   *memory.ViewStore
}

// newShelfOfViews has generations of which each became live an hour after the one
// before; building ones never did.
func newShelfOfViews(t *testing.T, live, generations, building int) *shelfOfViews {
	t.Helper()
	s := &shelfOfViews{t: t, now: noon, catalog: memory.NewViewCatalog(), views: memory.NewViewStore()}
	s.Rebuilder = &app.Rebuilder{
		Catalog: s.catalog, Views: s.views, Kinds: map[string]app.ViewKind{"sums": {Category: "tally"}},
		Now: func() time.Time { return s.now }, Log: slog.New(slog.DiscardHandler),
	}
	entry := ports.ViewEntry{Name: "sums", Live: live}
	for n := 1; n <= generations+building; n++ {
		g := ports.Generation{Number: n, Created: noon}
		if n <= generations {
			g.Flipped = noon.Add(time.Duration(n) * time.Hour)
		}
		entry.Generations = append(entry.Generations, g)
		s.put(n)
	}
	s.now = noon.Add(time.Duration(generations) * time.Hour)
	require.NoError(t, s.catalog.SaveView(t.Context(), entry))
	return s
}

func target(n int) ports.Target { return ports.Target{Consumer: "sums", Generation: n} }

// put writes a row into a generation.
func (s *shelfOfViews) put(n int) {
	s.t.Helper()
	change := ports.ViewChange{
		Checkpoint: ports.Checkpoint{Stream: ports.StreamID{Category: "tally", ID: "a"}, Version: 1, EventID: "e"},
		Put:        []ports.Row{{RowKey: ports.RowKey{Partition: "all", Sort: "a"}, Value: []byte("1")}},
	}
	require.NoError(s.t, s.views.Apply(s.t.Context(), target(n), []ports.ViewChange{change})[0])
}

// kept returns the generations of 1 to 5 that have rows.
func (s *shelfOfViews) kept() []int {
	s.t.Helper()
	var kept []int
	for n := range 6 {
		rows, err := s.views.Query(s.t.Context(), target(n), ports.RowQuery{Partition: "all", Limit: 1})
		require.NoError(s.t, err)
		if len(rows) > 0 {
			kept = append(kept, n)
		}
	}
	return kept
}

func (s *shelfOfViews) entry() ports.ViewEntry {
	s.t.Helper()
	entry, err := s.catalog.View(s.t.Context(), "sums")
	require.NoError(s.t, err)
	return entry
}

func TestFlip(t *testing.T) {
	t.Parallel()
	t.Run("makes another generation live", func(t *testing.T) {
		t.Parallel()
		s := newShelfOfViews(t, 3, 3, 0)
		got, err := s.Flip(t.Context(), "sums", 1)
		require.NoError(t, err)
		assert.Equal(t, []int{1, 1}, []int{got, s.entry().Live})
		assert.Equal(t, s.now, s.entry().Generations[0].Flipped)
	})
	t.Run("goes back and forth where no generation is named", func(t *testing.T) {
		t.Parallel()
		s := newShelfOfViews(t, 3, 3, 1)
		for _, want := range []int{2, 3, 2} {
			s.now = s.now.Add(time.Minute)
			got, err := s.Flip(t.Context(), "sums", 0)
			require.NoError(t, err)
			assert.Equal(t, []int{want, want}, []int{got, s.entry().Live})
		}
	})
	t.Run("leaves the live one as it is", func(t *testing.T) {
		t.Parallel()
		s := newShelfOfViews(t, 2, 2, 0)
		before := s.entry()
		_, err := s.Flip(t.Context(), "sums", 2)
		require.NoError(t, err)
		assert.Equal(t, before, s.entry())
	})
	t.Run("refuses what cannot be live", func(t *testing.T) {
		t.Parallel()
		s := newShelfOfViews(t, 1, 1, 1)
		for number, says := range map[int]string{
			0: "no other generation that was live before", 2: "still being built", 7: "has no generation 7",
		} {
			_, err := s.Flip(t.Context(), "sums", number)
			assert.ErrorContains(t, err, says)
			var notReady *app.NotReadyError
			require.ErrorAs(t, err, &notReady)
			assert.Equal(t, target(number), notReady.Target)
		}
		_, err := s.Flip(t.Context(), "cars", 1)
		assert.ErrorContains(t, err, `there is no view "cars"; there are sums`)
		assert.Equal(t, 1, s.entry().Live)
	})
	t.Run("refuses a generation with a parked stream", func(t *testing.T) {
		t.Parallel()
		s := newShelfOfViews(t, 2, 2, 0)
		parked := ports.Checkpoint{Stream: ports.StreamID{Category: "tally", ID: "b"}, Parked: &ports.Parked{Reason: "bad", Since: noon}}
		require.NoError(t, s.views.Apply(t.Context(), target(1), []ports.ViewChange{{Checkpoint: parked}})[0])
		_, err := s.Flip(t.Context(), "sums", 1)
		assert.ErrorContains(t, err, "stream tally/b is parked in it: bad")
		var notReady *app.NotReadyError
		assert.ErrorAs(t, err, &notReady)
	})
}

func TestRetire(t *testing.T) {
	t.Parallel()
	numbers := func(e ports.ViewEntry) []int {
		var all []int
		for _, g := range e.Generations {
			all = append(all, g.Number)
		}
		return all
	}
	t.Run("takes what is older than the live generation, after a while", func(t *testing.T) {
		t.Parallel()
		s := newShelfOfViews(t, 3, 3, 1)
		s.now = s.now.Add(24*time.Hour - time.Second)
		retired, err := s.Retire(t.Context(), 24*time.Hour)
		require.NoError(t, err)
		assert.Empty(t, retired)
		s.now = s.now.Add(time.Second)
		retired, err = s.Retire(t.Context(), 24*time.Hour)
		require.NoError(t, err)
		assert.Equal(t, []ports.Target{target(1), target(2)}, retired)
		assert.Equal(t, []int{3, 4}, numbers(s.entry()))
		assert.Equal(t, []int{3, 4}, s.kept())
		retired, err = s.Retire(t.Context(), 24*time.Hour)
		require.NoError(t, err)
		assert.Empty(t, retired)
	})
	t.Run("leaves a newer generation that was flipped back from, whose number would be used again", func(t *testing.T) {
		t.Parallel()
		s := newShelfOfViews(t, 2, 3, 0)
		retired, err := s.Retire(t.Context(), 0)
		require.NoError(t, err)
		assert.Equal(t, []ports.Target{target(1)}, retired)
		assert.Equal(t, []int{2, 3}, numbers(s.entry()))
	})
	t.Run("leaves it to another time when somebody flips", func(t *testing.T) {
		t.Parallel()
		s := newShelfOfViews(t, 3, 3, 0)
		s.Catalog = movingCatalog{s.catalog}
		retired, err := s.Retire(t.Context(), 0)
		require.NoError(t, err)
		assert.Empty(t, retired)
		assert.Equal(t, []int{1, 2, 3}, s.kept())
	})
}

// movingCatalog is one that others write to all the time.
type movingCatalog struct{ *memory.ViewCatalog }

func (m movingCatalog) SaveView(ctx context.Context, entry ports.ViewEntry) error {
	theirs, err := m.View(ctx, entry.Name)
	if err != nil {
		return err
	}
	theirs.Generations = slices.Clone(theirs.Generations)
	if err := m.ViewCatalog.SaveView(ctx, theirs); err != nil {
		return err
	}
	return m.ViewCatalog.SaveView(ctx, entry)
}

func TestSweep(t *testing.T) {
	t.Parallel()
	s := newShelfOfViews(t, 3, 3, 0)
	_, err := s.Retire(t.Context(), 0)
	require.NoError(t, err)
	s.put(1) // a consumer was in the middle of a batch
	require.NoError(t, s.Sweep(t.Context()))
	assert.Equal(t, []int{3}, s.kept())
}
