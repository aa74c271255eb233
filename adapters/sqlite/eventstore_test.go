package sqlite

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/porttest"
)

func TestEventStoreConformance(t *testing.T) {
	t.Parallel()
	porttest.Run(t, func(t *testing.T) ports.EventStore { return openStore(t) },
		porttest.EventStore(porttest.EventStoreFacts{MaxCommitBytes: maxCommitBytes}))
}

func TestStoreScannerConformance(t *testing.T) {
	t.Parallel()
	porttest.Run(t, func(t *testing.T) porttest.ScannedStore { return openStore(t) }, porttest.StoreScanner())
}

func TestChangeFeedConformance(t *testing.T) {
	t.Parallel()
	porttest.Run(t, func(t *testing.T) porttest.FollowedStore { return openStore(t) }, porttest.ChangeFeed())
}

func TestTheWriterSyncsEveryCommit(t *testing.T) {
	t.Parallel()
	s := openStore(t)
	var synchronous, checkpoint int
	require.NoError(t, s.write.conn.QueryRowContext(t.Context(), "PRAGMA synchronous").Scan(&synchronous))
	require.NoError(t, s.write.conn.QueryRowContext(t.Context(), "PRAGMA wal_autocheckpoint").Scan(&checkpoint))
	assert.Equal(t, 2, synchronous, "FULL")
	assert.Equal(t, checkpointPages, checkpoint)
}

func TestClosingAStore(t *testing.T) {
	t.Parallel()

	t.Run("moves the write-ahead log into the one file and lets go of it", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		s, err := OpenEventStore(t.Context(), filepath.Join(dir, "events.db"))
		require.NoError(t, err)
		h, err := porttest.Fill(t.Context(), s, porttest.Stream(1), porttest.Step{Events: 2})
		require.NoError(t, err)
		require.NoError(t, s.Close())

		entries, err := os.ReadDir(dir)
		require.NoError(t, err)
		require.Len(t, entries, 1)
		require.NoError(t, os.Rename(filepath.Join(dir, "events.db"), filepath.Join(dir, "moved.db")))
		assert.Equal(t, h.End(), end(t, openStoreAt(t, filepath.Join(dir, "moved.db")), h.Stream))
	})

	t.Run("stores the appends that wait", func(t *testing.T) {
		t.Parallel()
		path := filepath.Join(t.TempDir(), "events.db")
		s := openStoreAt(t, path)
		release := lockFile(t, s)
		var waiting []*pendingAppend
		for n := range 20 {
			waiting = append(waiting, batchOf(t, t.Context(), porttest.Commit(start(porttest.Stream(n)), "waiting", 1))...)
			require.NoError(t, s.queue.enter(waiting[n]))
		}
		closed := make(chan error, 1)
		go func() { closed <- s.Close() }()
		require.Never(t, func() bool { return len(closed) > 0 }, 20*time.Millisecond, tick)
		release()
		require.NoError(t, <-closed)
		for _, p := range waiting {
			require.NoError(t, <-p.answered)
		}
		last, err := openStoreAt(t, path).lastPosition(t.Context())
		require.NoError(t, err)
		assert.Equal(t, int64(len(waiting)), last)
	})
}

// openStore returns a fresh store that the test closes.
func openStore(t testing.TB) *EventStore {
	t.Helper()
	return openStoreAt(t, filepath.Join(t.TempDir(), "events.db"))
}

// openStoreAt opens the store at path and closes it with the test.
func openStoreAt(t testing.TB, path string) *EventStore {
	t.Helper()
	s, err := OpenEventStore(t.Context(), path)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, s.Close()) })
	return s
}
