package sqlite

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/porttest"
)

// longStream stores commits of one event each in pages and a bit, the first of
// them with a snapshot of schema 1, and returns what it stored.
func longStream(t *testing.T, s *EventStore) porttest.History {
	t.Helper()
	steps := make([]porttest.Step, 2*pageRows+10)
	for i := range steps {
		steps[i] = porttest.Step{Events: 1}
	}
	steps[0].Snapshot = 1
	steps[len(steps)-3].Snapshot = 2
	h, err := porttest.Fill(t.Context(), s, porttest.Stream(1), steps...)
	require.NoError(t, err)
	return h
}

func TestStreamsOfManyPages(t *testing.T) {
	t.Parallel()
	s := openStore(t)
	h := longStream(t, s)
	last := h.End().Version()

	t.Run("load in whole where no snapshot is usable", func(t *testing.T) {
		t.Parallel()
		loaded, err := s.Load(t.Context(), h.Stream, 0)
		require.NoError(t, err)
		assert.Nil(t, loaded.Snapshot)
		assert.Equal(t, h.Commits, bare(loaded.Commits, h.Commits))
		assert.Equal(t, h.End(), loaded.Head)
	})

	t.Run("load from a snapshot far back", func(t *testing.T) {
		t.Parallel()
		loaded, err := s.Load(t.Context(), h.Stream, 1)
		require.NoError(t, err)
		require.NotNil(t, loaded.Snapshot)
		assert.Equal(t, ports.Version(1), loaded.Snapshot.Version)
		assert.Len(t, loaded.Commits, int(last)-1)
		assert.Equal(t, h.End(), loaded.Head)
	})

	t.Run("load from a snapshot near the end, whatever stands before", func(t *testing.T) {
		t.Parallel()
		own := openStore(t)
		h := longStream(t, own)
		tamper(t, own, `UPDATE events SET Events = 'unreadable' WHERE Version <= ?`, int64(last)-2)
		loaded, err := own.Load(t.Context(), h.Stream, 2)
		require.NoError(t, err)
		assert.Equal(t, last-2, loaded.Snapshot.Version)
		assert.Len(t, loaded.Commits, 2)
	})

	t.Run("load as of a version before the last page", func(t *testing.T) {
		t.Parallel()
		past, err := s.LoadAt(t.Context(), h.Stream, pageRows+5, 2)
		require.NoError(t, err)
		assert.Nil(t, past.Snapshot)
		assert.Equal(t, h.Events(1, pageRows+5), past.Events)
	})

	t.Run("read across pages, from any event to any", func(t *testing.T) {
		t.Parallel()
		for _, r := range [][2]ports.Version{{1, last}, {2, pageRows + 1}, {pageRows, pageRows + 1}, {last, last + 9}, {last + 1, last + 9}, {5, 4}} {
			var events []ports.Event
			for p, err := range s.Read(t.Context(), h.Stream, r[0], r[1]) {
				require.NoError(t, err)
				events = append(events, p.Event)
			}
			assert.Equal(t, h.Events(r[0], r[1]), events, "versions %d to %d", r[0], r[1])
		}
	})

	t.Run("catch up across pages", func(t *testing.T) {
		t.Parallel()
		commits, head, err := s.Since(t.Context(), h.Heads[3])
		require.NoError(t, err)
		assert.Len(t, commits, int(last)-3)
		assert.Equal(t, h.End(), head)
	})

	t.Run("are scanned and followed across pages", func(t *testing.T) {
		t.Parallel()
		var scanned, followed []ports.Version
		for c, err := range s.Scan(t.Context(), h.Stream.Category) {
			require.NoError(t, err)
			scanned = append(scanned, c.First)
		}
		var after ports.Position
		for len(followed) < len(scanned) {
			changes, err := s.Changes(t.Context(), after, 100)
			require.NoError(t, err)
			for _, c := range changes {
				after, followed = c.Position, append(followed, c.Commit.First)
			}
		}
		assert.Len(t, scanned, int(last))
		assert.Equal(t, scanned, followed)
	})
}

// bare returns got with the snapshots of want, which loads leave out.
func bare(got, want []ports.Commit) []ports.Commit {
	for i := range min(len(got), len(want)) {
		got[i].Snapshot, got[i].SnapshotSchema = want[i].Snapshot, want[i].SnapshotSchema
	}
	return got
}

func TestPagesAreBoundedInBytes(t *testing.T) {
	t.Parallel()
	s := openStore(t)
	head := start(porttest.Stream(1))
	var err error
	for range 6 {
		head, err = s.Append(t.Context(), head, bulky(head, 900_000))
		require.NoError(t, err)
	}
	rows, more, err := page(t.Context(), s.reads.forward, head.Stream().Category, head.Stream().ID, 1, 100, pageRows)
	require.NoError(t, err)
	assert.Len(t, rows, 3)
	assert.True(t, more)

	loaded, err := s.Load(t.Context(), head.Stream(), 0)
	require.NoError(t, err)
	assert.Len(t, loaded.Commits, 6)
	commits, _, err := s.Since(t.Context(), start(head.Stream()))
	require.NoError(t, err)
	assert.Len(t, commits, 6)
	count := 0
	for _, err := range s.Read(t.Context(), head.Stream(), 1, 100) {
		require.NoError(t, err)
		count++
	}
	assert.Equal(t, 6, count)
}

// Every query must go by an index, in its order: a walk over the table or a sort
// would grow with the history.
func TestQueryPlans(t *testing.T) {
	t.Parallel()
	s := openStore(t)
	for query, args := range map[string]int{
		backwardQuery: 5, forwardQuery: 5, aroundQuery: 5, atQuery: 3, changesQuery: 2, scanQuery: 5, keyQuery: 1,
	} {
		for _, step := range plan(t, s, query, args) {
			assert.Regexp(t, `^(SEARCH events USING (COVERING )?INDEX |SEARCH events USING INTEGER PRIMARY KEY |SCALAR SUBQUERY )`, step, query)
		}
	}
}

// plan returns the steps in which a query with so many arguments is answered.
func plan(t *testing.T, s *EventStore, query string, args int) (steps []string) {
	t.Helper()
	rows, err := s.db.read.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+query, make([]any, args)...)
	require.NoError(t, err)
	defer rows.Close()
	for rows.Next() {
		var id, parent, unused int
		var detail string
		require.NoError(t, rows.Scan(&id, &parent, &unused, &detail))
		steps = append(steps, detail)
	}
	require.NoError(t, rows.Err())
	require.NotEmpty(t, steps)
	return steps
}
