package es_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/evercart/evercart/adapters/memory"
	"github.com/evercart/evercart/core/es"
	"github.com/evercart/evercart/core/es/estest"
	"github.com/evercart/evercart/ports"
)

var (
	tally  = estest.Tally{}
	stream = ports.StreamID{Category: "tally", ID: "a"}
	noon   = time.Date(2026, 11, 24, 12, 0, 0, 1500, time.UTC)
)

type tallyStream = es.Stream[estest.TallyState]

func intent(n int, at time.Time) *es.Intent {
	ids := 0
	return &es.Intent{
		Metadata: ports.Metadata{CommandID: fmt.Sprint("c-", n)}, Fingerprint: ports.Fingerprint{byte(n)}, Now: at,
		NewID: func() string { ids++; return fmt.Sprintf("e-%d-%d", n, ids) },
	}
}

// counted records n commits of the given sizes in a fresh store and returns it
// with the stream as it was foreseen.
func counted(t require.TestingT, sizes ...int) (*memory.EventStore, tallyStream) {
	store := memory.NewEventStore()
	st := rehydrate(t, store, tally.SnapshotSchema())
	for i, size := range sizes {
		events := make([]estest.TallyEvent, size)
		for k := range events {
			events[k] = estest.Counted{N: i + k}
		}
		commit, next := es.Record(tally, &st, events, intent(i, noon))
		head, err := store.Append(ctx(), st.Head, commit)
		require.NoError(t, err)
		st = next.Stored(head)
	}
	return store, st
}

func rehydrate(t require.TestingT, store ports.EventStore, schema int) tallyStream {
	loaded, err := store.Load(ctx(), stream, schema)
	require.NoError(t, err)
	st, err := es.Rehydrate(tally, &loaded)
	require.NoError(t, err)
	return st
}

func TestWhatIsRecordedIsWhatIsRehydrated(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		sizes := rapid.SliceOfN(rapid.IntRange(1, 3), 0, 40).Draw(t, "sizes")
		store, foreseen := counted(t, sizes...)
		for _, schema := range []int{tally.SnapshotSchema(), 0} {
			st := rehydrate(t, store, schema)
			assert.Equal(t, foreseen.State, st.State)
			assert.Equal(t, foreseen.Head, st.Head)
			for i := range sizes {
				v1, same1, found1 := foreseen.Commands.Recall(es.KeyOf(fmt.Sprint("c-", i)), ports.Fingerprint{byte(i)})
				v2, same2, found2 := st.Commands.Recall(es.KeyOf(fmt.Sprint("c-", i)), ports.Fingerprint{byte(i)})
				assert.Equal(t, []any{v1, same1, found1}, []any{v2, same2, found2})
			}
		}
	})
}

func TestRecording(t *testing.T) {
	t.Parallel()
	t.Run("hashes each commit after the one before", func(t *testing.T) {
		t.Parallel()
		store, _ := counted(t, 1, 2, 1)
		loaded, err := store.Load(t.Context(), stream, 0)
		require.NoError(t, err)
		before := ports.Hash{}
		for i := range loaded.Commits {
			c := &loaded.Commits[i]
			assert.Equal(t, es.CommitHash(before, c), c.Hash)
			before = c.Hash
		}
	})
	t.Run("carries a snapshot in every 8th commit", func(t *testing.T) {
		t.Parallel()
		sizes := make([]int, 20)
		for i := range sizes {
			sizes[i] = 1
		}
		store, _ := counted(t, sizes...)
		loaded, err := store.Load(t.Context(), stream, 0)
		require.NoError(t, err)
		for i := range loaded.Commits {
			assert.Equal(t, (i+1)%8 == 0, loaded.Commits[i].Snapshot != nil, "commit %d", i+1)
		}
	})
	t.Run("counts on from the snapshot that was loaded", func(t *testing.T) {
		t.Parallel()
		sizes := make([]int, 13)
		for i := range sizes {
			sizes[i] = 1
		}
		store, _ := counted(t, sizes...)
		st := rehydrate(t, store, tally.SnapshotSchema())
		for i := 13; i < 16; i++ {
			commit, next := es.Record(tally, &st, []estest.TallyEvent{estest.Counted{N: 1}}, intent(i, noon))
			assert.Equal(t, i == 15, commit.Snapshot != nil)
			head, err := store.Append(t.Context(), st.Head, commit)
			require.NoError(t, err)
			st = next.Stored(head)
		}
	})
	t.Run("never takes a time before the event before, and keeps microseconds", func(t *testing.T) {
		t.Parallel()
		store, st := counted(t, 1)
		commit, _ := es.Record(tally, &st, []estest.TallyEvent{estest.Counted{N: 1}}, intent(9, noon.Add(-time.Hour)))
		assert.Equal(t, noon.Truncate(time.Microsecond), commit.Events[0].Time)
		_, err := store.Append(t.Context(), st.Head, commit)
		assert.NoError(t, err)
	})
	t.Run("leaves the stream as it was", func(t *testing.T) {
		t.Parallel()
		_, st := counted(t, 2)
		before := st.State
		es.Record(tally, &st, []estest.TallyEvent{estest.Counted{N: 7}}, intent(9, noon))
		assert.Equal(t, before, st.State)
		assert.Equal(t, ports.Version(2), st.Head.Version())
	})
}

func TestFollowing(t *testing.T) {
	t.Parallel()
	store, whole := counted(t, 1, 2, 3)
	loaded, err := store.Load(t.Context(), stream, 0)
	require.NoError(t, err)
	start, err := es.Rehydrate(tally, &ports.Loaded{Commits: loaded.Commits[:1], Head: ports.HeadOf(&loaded.Commits[0])})
	require.NoError(t, err)

	t.Run("later commits lead to the whole stream", func(t *testing.T) {
		t.Parallel()
		st, err := es.Follow(tally, &start, loaded.Commits[1:], loaded.Head)
		require.NoError(t, err)
		assert.Equal(t, whole.State, st.State)
		assert.Equal(t, loaded.Head, st.Head)
	})
	t.Run("a hole is corrupt", func(t *testing.T) {
		t.Parallel()
		_, err := es.Follow(tally, &start, loaded.Commits[2:], loaded.Head)
		var corrupt *ports.CorruptError
		assert.ErrorAs(t, err, &corrupt)
	})
}

func TestRehydratingRefuses(t *testing.T) {
	t.Parallel()
	store, _ := counted(t, 1, 1, 1)
	load := func(t *testing.T) ports.Loaded {
		t.Helper()
		loaded, err := store.Load(t.Context(), stream, 0)
		require.NoError(t, err)
		return loaded
	}
	t.Run("a hole", func(t *testing.T) {
		t.Parallel()
		loaded := load(t)
		loaded.Commits = append(loaded.Commits[:1], loaded.Commits[2:]...)
		_, err := es.Rehydrate(tally, &loaded)
		var corrupt *ports.CorruptError
		assert.ErrorAs(t, err, &corrupt)
	})
	t.Run("an end that is not the head", func(t *testing.T) {
		t.Parallel()
		loaded := load(t)
		loaded.Commits = loaded.Commits[:2]
		_, err := es.Rehydrate(tally, &loaded)
		var corrupt *ports.CorruptError
		assert.ErrorAs(t, err, &corrupt)
	})
	t.Run("an event of a newer schema, naming stream and version", func(t *testing.T) {
		t.Parallel()
		loaded := load(t)
		loaded.Commits[1].Events[0].Schema = 2
		_, err := es.Rehydrate(tally, &loaded)
		var format *ports.FormatError
		assert.ErrorAs(t, err, &format)
		assert.ErrorContains(t, err, "tally/a at version 2")
	})
	t.Run("a snapshot that is cut short or of another form, as unusable", func(t *testing.T) {
		t.Parallel()
		for _, data := range []string{"", "\x02", "\x01", "\x01\x05", "\x01\x01short", "\x01\x00\x41", "\x01\x00\x01short", "\x01\x00\x00no state"} {
			_, err := es.Rehydrate(tally, &ports.Loaded{Snapshot: &ports.Snapshot{Version: 3, Schema: 1, Data: []byte(data)}, Head: load(t).Head})
			assert.ErrorIs(t, err, es.ErrSnapshotUnusable, "%q", data)
		}
	})
}
