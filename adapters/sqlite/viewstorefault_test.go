package sqlite

import (
	"bytes"
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/ports"
)

func faultyViews(t *testing.T) *Views {
	t.Helper()
	v, err := OpenViews(t.Context(), filepath.Join(t.TempDir(), "views.db"))
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, v.Close()) })
	return v
}

var (
	faultTarget = ports.Target{Consumer: "carts", Generation: 1}
	streamA     = ports.StreamID{Category: "cart", ID: "a"}
	streamB     = ports.StreamID{Category: "cart", ID: "b"}
	streamC     = ports.StreamID{Category: "cart", ID: "c"}
)

// changeOf moves a stream to version 1 with one row of that many bytes.
func changeOf(s ports.StreamID, size int) ports.ViewChange {
	return ports.ViewChange{
		Checkpoint: ports.Checkpoint{Stream: s, Version: 1, EventID: "e1"},
		Put:        []ports.Row{{RowKey: ports.RowKey{Partition: s.String()}, Value: bytes.Repeat([]byte("x"), size)}},
	}
}

func TestApplyUnderFaults(t *testing.T) {
	t.Parallel()

	t.Run("a full disk fails all changes but those refused for themselves, and stores none", func(t *testing.T) {
		t.Parallel()
		v := faultyViews(t)
		moved := changeOf(streamC, 1)
		moved.Checkpoint.Revision = 7
		tooLarge := changeOf(ports.StreamID{Category: "cart", ID: "d"}, 1)
		tooLarge.Delete = make([]ports.RowKey, rowsPerChange)
		changes := []ports.ViewChange{tooLarge, moved, changeOf(streamA, 10), changeOf(streamB, 1<<20)}

		empty := fillDisk(t, v.db)
		errs := v.Apply(t.Context(), faultTarget, changes)
		require.Len(t, errs, 4)
		var size *ports.TooLargeError
		require.ErrorAs(t, errs[0], &size)
		assert.Equal(t, rowsPerChange+1, size.Size)
		assert.Equal(t, "rows", size.Unit)
		require.ErrorIs(t, errs[1], ports.ErrCheckpointMoved)
		for _, err := range errs[2:] {
			require.ErrorIs(t, err, ports.ErrUnavailable)
			require.ErrorContains(t, err, v.db.path)
		}
		checkpoints, err := v.Checkpoints(t.Context(), faultTarget, []ports.StreamID{streamA})
		require.NoError(t, err)
		assert.Zero(t, checkpoints[0].Revision)
		rows, err := v.Query(t.Context(), faultTarget, ports.RowQuery{Partition: streamA.String(), Limit: 1})
		require.NoError(t, err)
		assert.Empty(t, rows)

		empty()
		errs = v.Apply(t.Context(), faultTarget, changes)
		require.ErrorAs(t, errs[0], &size)
		require.ErrorIs(t, errs[1], ports.ErrCheckpointMoved)
		assert.Equal(t, []error{nil, nil}, errs[2:])
	})

	t.Run("a call that waits for the lock ends with its context", func(t *testing.T) {
		t.Parallel()
		v := faultyViews(t)
		unlock := holdLock(t, v.db)
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		require.ErrorIs(t, v.Apply(ctx, faultTarget, []ports.ViewChange{changeOf(streamA, 1)})[0], context.DeadlineExceeded)
		require.ErrorIs(t, v.SavePosition(ctx, "carts", ports.Bookmark{}), context.DeadlineExceeded)
		require.ErrorIs(t, v.SaveView(ctx, ports.ViewEntry{Name: "carts"}), context.DeadlineExceeded)
		unlock()
		assert.Equal(t, []error{nil}, v.Apply(t.Context(), faultTarget, []ports.ViewChange{changeOf(streamA, 1)}))
	})

	t.Run("while another process writes, reads go on", func(t *testing.T) {
		t.Parallel()
		v := faultyViews(t)
		require.Equal(t, []error{nil}, v.Apply(t.Context(), faultTarget, []ports.ViewChange{changeOf(streamA, 1)}))
		unlock := holdLock(t, v.db)
		defer unlock()
		checkpoints, err := v.Checkpoints(t.Context(), faultTarget, []ports.StreamID{streamA})
		require.NoError(t, err)
		assert.EqualValues(t, 1, checkpoints[0].Version)
	})
}

func TestReadsOfViewsSearchByKey(t *testing.T) {
	t.Parallel()
	v := faultyViews(t)
	down, downArgs := rowQuery(faultTarget, &ports.RowQuery{Partition: "p", After: "z", Until: "a", Descending: true, Limit: 3})
	for name, q := range map[string]struct {
		text string
		args []any
	}{
		"checkpoints":                {selectCheckpoints, []any{"carts", 1, "[]"}},
		"rows by key":                {selectRows, []any{"carts", 1, "[]"}},
		"descending":                 {down, downArgs},
		"parked":                     {selectParked, []any{"carts", 1, "", 3}},
		"checkpoints after a stream": {selectAfter, []any{"carts", 1, "", 3}},
		"replays after one":          {selectJobs, []any{"2026", 3}},
		"view entries":               {selectViews + ` WHERE Name = ?`, []any{"carts"}},
	} {
		rows, err := v.db.read.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+q.text, q.args...) //nolint:sqlclosecheck // read to its end, which closes it
		require.NoError(t, err, name)
		var plan []string
		for rows.Next() {
			var id, parent, unused int
			var step string
			require.NoError(t, rows.Scan(&id, &parent, &unused, &step))
			plan = append(plan, step)
		}
		require.NoError(t, rows.Err())
		all := strings.Join(plan, "; ")
		assert.Contains(t, all, "SEARCH", name)
		assert.NotContains(t, strings.ReplaceAll(all, "SCAN asked", ""), "SCAN", name)
		assert.NotContains(t, all, "TEMP B-TREE", name)
	}
}
