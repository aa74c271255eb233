package sqlite

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/porttest"
)

// waitFor and tick are the deadline and the pace of waiting for a condition.
const (
	waitFor = 20 * time.Second
	tick    = time.Millisecond
)

// start returns the head of a stream without events.
func start(stream ports.StreamID) ports.Head {
	return ports.NewHead(stream, 0, ports.Hash{}, time.Time{})
}

// end returns the stream's head.
func end(t *testing.T, s *EventStore, stream ports.StreamID) ports.Head {
	t.Helper()
	loaded, err := s.Load(t.Context(), stream, 0)
	require.NoError(t, err)
	return loaded.Head
}

// batchOf returns the commits as one batch that waits for the writer.
func batchOf(t *testing.T, ctx context.Context, commits ...ports.Commit) []*pendingAppend {
	t.Helper()
	batch := make([]*pendingAppend, len(commits))
	for i := range commits {
		row, err := rowOf(&commits[i])
		require.NoError(t, err)
		batch[i] = &pendingAppend{ctx: ctx, row: row, answered: make(chan error, 1)}
	}
	return batch
}

func TestAppendingInBatches(t *testing.T) {
	t.Parallel()

	t.Run("a conflict fails its own append only", func(t *testing.T) {
		t.Parallel()
		s := openStore(t)
		one, two := start(porttest.Stream(1)), start(porttest.Stream(2))
		members := batchOf(t, t.Context(), porttest.Commit(one, "first", 2), porttest.Commit(one, "late", 1), porttest.Commit(two, "other", 1))
		s.write.store(&batch{members: members})
		require.NoError(t, <-members[0].answered)
		require.ErrorIs(t, <-members[1].answered, errNotNext)
		require.NoError(t, <-members[2].answered)
		assert.Equal(t, ports.Version(2), end(t, s, one.Stream()).Version())
		assert.Equal(t, ports.Version(1), end(t, s, two.Stream()).Version())
	})

	t.Run("a stream may grow by several commits in one batch", func(t *testing.T) {
		t.Parallel()
		s := openStore(t)
		a := porttest.Commit(start(porttest.Stream(1)), "a", 2)
		b := porttest.Commit(ports.HeadOf(&a), "b", 1)
		members := batchOf(t, t.Context(), a, b)
		s.write.store(&batch{members: members})
		require.NoError(t, <-members[0].answered)
		require.NoError(t, <-members[1].answered)
		assert.Equal(t, ports.HeadOf(&b), end(t, s, a.Stream))
	})

	t.Run("appends that come while a batch is stored join it", func(t *testing.T) {
		t.Parallel()
		s := openStore(t)
		var transactions int
		s.write.stored = func() { transactions++ }
		one, two := start(porttest.Stream(1)), start(porttest.Stream(2))
		early := batchOf(t, t.Context(), porttest.Commit(one, "early", 1))
		late := batchOf(t, t.Context(), porttest.Commit(two, "late", 1), porttest.Commit(one, "too late", 1))
		waiting := make(chan *pendingAppend, len(late))
		for _, p := range late {
			waiting <- p
		}
		s.write.store(&batch{members: early, waiting: waiting})
		require.NoError(t, <-early[0].answered)
		require.NoError(t, <-late[0].answered)
		require.ErrorIs(t, <-late[1].answered, errNotNext)
		assert.Equal(t, 1, transactions)
		assert.Equal(t, ports.Version(1), end(t, s, two.Stream()).Version())
	})

	t.Run("an append whose context ended before its turn is not stored", func(t *testing.T) {
		t.Parallel()
		s := openStore(t)
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		gone := batchOf(t, ended, porttest.Commit(start(porttest.Stream(1)), "gone", 1))
		here := batchOf(t, t.Context(), porttest.Commit(start(porttest.Stream(2)), "here", 1))
		s.write.store(&batch{members: []*pendingAppend{gone[0], here[0]}})
		require.ErrorIs(t, <-gone[0].answered, context.Canceled)
		require.NoError(t, <-here[0].answered)
		assert.Zero(t, end(t, s, porttest.Stream(1)).Version())
		assert.Equal(t, ports.Version(1), end(t, s, porttest.Stream(2)).Version())
	})

	t.Run("many writers share a transaction", func(t *testing.T) {
		t.Parallel()
		s := openStore(t)
		const writers, each = 32, 10
		var transactions int // counted by the one writer goroutine, read after Close
		s.write.stored = func() { transactions++ }
		var all sync.WaitGroup
		for w := range writers {
			all.Go(func() {
				head := start(porttest.Stream(w))
				for i := range each {
					var err error
					head, err = s.Append(t.Context(), head, porttest.Commit(head, fmt.Sprint(i), 1))
					assert.NoError(t, err)
				}
			})
		}
		all.Wait()
		require.NoError(t, s.Close())
		assert.Less(t, transactions, writers*each/2)
	})
}

func TestAppendingToAClosedStore(t *testing.T) {
	t.Parallel()
	s := openStore(t)
	head := start(porttest.Stream(1))
	require.NoError(t, s.Close())

	_, err := s.Append(t.Context(), head, porttest.Commit(head, "late", 1))
	require.ErrorIs(t, err, errClosed)
	require.NotErrorIs(t, err, ports.ErrUnavailable)
	_, err = s.Load(t.Context(), head.Stream(), 0)
	require.ErrorIs(t, err, errClosed)
	assert.NoError(t, s.Close(), "closing again does nothing")
}

func TestHeadsOfAnotherStore(t *testing.T) {
	t.Parallel()
	s := openStore(t)
	h, err := porttest.Fill(t.Context(), s, porttest.Stream(1), porttest.Step{Events: 3})
	require.NoError(t, err)

	for _, version := range []ports.Version{1, 2, 5} { // within the commit, and beyond the end
		head := ports.NewHead(h.Stream, version, ports.Hash{1}, time.Time{})
		_, err := s.Append(t.Context(), head, porttest.Commit(head, "lost", 1))
		var invalid *ports.InvalidCommitError
		require.ErrorAs(t, err, &invalid, "after version %d", version)
	}
	assert.Equal(t, h.End(), end(t, s, h.Stream), "no hole and no overlap")
}

func TestAnInsertedCommitIsWrittenOnce(t *testing.T) {
	t.Parallel()
	s := openStore(t)
	rows, err := s.db.read.QueryContext(t.Context(), "EXPLAIN "+insertCommit, make([]any, 11)...)
	require.NoError(t, err)
	defer func() { assert.NoError(t, rows.Close()) }()
	steps := map[string]int{}
	for rows.Next() {
		var opcode string
		var other any
		require.NoError(t, rows.Scan(&other, &opcode, &other, &other, &other, &other, &other, &other))
		steps[opcode]++
	}
	require.NoError(t, rows.Err())
	assert.Equal(t, 1, steps["Insert"])
	assert.Zero(t, steps["OpenEphemeral"], "a table of its own for each commit, as INSERT … SELECT from the same table makes one")
}
