package app_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/core/es"
	"github.com/evercart/evercart/core/es/estest"
	"github.com/evercart/evercart/ports"
)

// historic is a tally that counted 1 each minute from noon on, 20 times.
func historic(t *testing.T) (*world, *app.Queries[estest.TallyState, estest.TallyCommand, estest.TallyEvent]) {
	t.Helper()
	w := newWorld(t, estest.TallyView{})
	for range 20 {
		w.count("a", 1, 1)
		w.now = w.now.Add(time.Minute)
	}
	return w, app.NewQueries(estest.Tally{}, ports.EventStore(w.store), "/test")
}

func TestAQuery(t *testing.T) {
	t.Parallel()
	everybody := es.Caller{}
	t.Run("of a version answers as it was, with and without snapshots on the way", func(t *testing.T) {
		t.Parallel()
		_, q := historic(t)
		for v := ports.Version(1); v <= 20; v++ {
			got, err := q.At(t.Context(), everybody, "a", v)
			require.NoError(t, err)
			assert.Equal(t, []any{int(v), v}, []any{got.State.Sum, got.Version})
		}
	})
	t.Run("of a version beyond the end, or before the first, finds nothing", func(t *testing.T) {
		t.Parallel()
		_, q := historic(t)
		for _, v := range []ports.Version{21, 1 << 62, 0, -1} {
			_, err := q.At(t.Context(), everybody, "a", v)
			assert.ErrorIs(t, err, estest.ErrNoTally, v)
			assert.EqualError(t, err, "there is no such version: the newest is 20")
		}
	})
	t.Run("of an instant includes it", func(t *testing.T) {
		t.Parallel()
		_, q := historic(t)
		for after, want := range map[time.Duration]int{0: 1, time.Minute - 1: 1, time.Minute: 2, time.Hour: 20} {
			got, err := q.When(t.Context(), everybody, "a", noon.Add(after))
			require.NoError(t, err)
			assert.Equal(t, want, got.State.Sum, after)
		}
	})
	t.Run("of an instant before the first event finds nothing", func(t *testing.T) {
		t.Parallel()
		_, q := historic(t)
		_, err := q.When(t.Context(), everybody, "a", noon.Add(-1))
		assert.ErrorIs(t, err, estest.ErrNoTally)
	})
	t.Run("of an unknown one, and by a caller who is not admitted, finds nothing on every way", func(t *testing.T) {
		t.Parallel()
		_, q := historic(t)
		for id, caller := range map[string]es.Caller{"b": everybody, "a": {Subject: "stranger"}} {
			_, now := q.Now(t.Context(), caller, id)
			_, at := q.At(t.Context(), caller, id, 1)
			_, when := q.When(t.Context(), caller, id, noon)
			_, _, history := q.History(t.Context(), caller, id, 0, 10)
			for _, err := range []error{now, at, when, history} {
				assert.Equal(t, estest.ErrNoTally, err, "with no word more")
			}
			_, beyond := q.At(t.Context(), caller, id, 21)
			_, before := q.When(t.Context(), caller, id, noon.Add(-1))
			assert.Equal(t, []error{estest.ErrNoTally, estest.ErrNoTally}, []error{beyond, before})
		}
	})
	t.Run("of the history comes in pages", func(t *testing.T) {
		t.Parallel()
		_, q := historic(t)
		for _, limit := range []int{1, 3, 19, 20, 21} {
			var versions []ports.Version
			for after := ports.Version(0); ; {
				events, next, err := q.History(t.Context(), everybody, "a", after, limit)
				require.NoError(t, err)
				require.LessOrEqual(t, len(events), limit)
				for _, e := range events {
					versions = append(versions, e.Version)
					assert.Equal(t, "/test", e.Source)
					assert.False(t, e.CommitHash.IsZero())
				}
				if after = next; next == 0 {
					break
				}
			}
			require.Len(t, versions, 20)
			for i, v := range versions {
				assert.Equal(t, ports.Version(i+1), v)
			}
		}
	})
	t.Run("of a history after its end, however far, is an empty last page", func(t *testing.T) {
		t.Parallel()
		_, q := historic(t)
		for _, after := range []ports.Version{20, 21, 1<<63 - 1} {
			events, next, err := q.History(t.Context(), everybody, "a", after, 10)
			require.NoError(t, err)
			assert.Empty(t, events)
			assert.Zero(t, next)
		}
	})
	t.Run("that the store does not answer is to be tried again", func(t *testing.T) {
		t.Parallel()
		_, q := historic(t)
		ctx, cancel := canceled(t)
		defer cancel()
		var again *app.TryAgainError
		_, err := q.Now(ctx, everybody, "a")
		require.ErrorAs(t, err, &again)
		_, err = q.When(ctx, everybody, "a", noon)
		assert.ErrorAs(t, err, &again)
	})
	t.Run("reads snapshots of another form as if there were none", func(t *testing.T) {
		t.Parallel()
		w, _ := historic(t)
		q := app.NewQueries(estest.Tally{}, ports.EventStore(spoiledSnapshots{w.store}), "/test")
		now, err := q.Now(t.Context(), everybody, "a")
		require.NoError(t, err)
		assert.Equal(t, 20, now.State.Sum)
		at, err := q.At(t.Context(), everybody, "a", 18)
		require.NoError(t, err)
		assert.Equal(t, 18, at.State.Sum)
	})
}

// spoiledSnapshots is a store whose snapshots cannot be read.
type spoiledSnapshots struct{ ports.EventStore }

func (s spoiledSnapshots) Load(ctx context.Context, stream ports.StreamID, schema int) (ports.Loaded, error) {
	loaded, err := s.EventStore.Load(ctx, stream, schema)
	spoil(loaded.Snapshot)
	return loaded, err
}

func (s spoiledSnapshots) LoadAt(ctx context.Context, stream ports.StreamID, at ports.Version, schema int) (ports.Past, error) {
	past, err := s.EventStore.LoadAt(ctx, stream, at, schema)
	spoil(past.Snapshot)
	return past, err
}

func spoil(snapshot *ports.Snapshot) {
	if snapshot != nil {
		snapshot.Data = fmt.Appendf(nil, "spoiled %d", snapshot.Version)
	}
}
