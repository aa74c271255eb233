package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	modernc "modernc.org/sqlite"

	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/porttest"
)

// limitPages lets the file of s grow by so many pages and no more.
func limitPages(t *testing.T, s *EventStore, more int) {
	t.Helper()
	var pages int
	require.NoError(t, s.write.conn.QueryRowContext(t.Context(), "PRAGMA page_count").Scan(&pages))
	_, err := s.write.conn.ExecContext(t.Context(), fmt.Sprintf("PRAGMA max_page_count = %d", pages+more))
	require.NoError(t, err)
}

// bulky returns a commit of size bytes after head.
func bulky(head ports.Head, size int) ports.Commit {
	c := porttest.Commit(head, fmt.Sprintf("bulky %d", head.Version()), 1)
	c.Events[0].Data = `{"item":"` + strings.Repeat("x", size) + `"}`
	return c
}

func TestAFullDisk(t *testing.T) {
	t.Parallel()

	t.Run("appends fail as unavailable and work again when there is room", func(t *testing.T) {
		t.Parallel()
		s := openStore(t)
		head := start(porttest.Stream(1))
		limitPages(t, s, 40)
		var err error
		for err == nil {
			require.Less(t, head.Version(), ports.Version(1000), "the disk never fills")
			var next ports.Head
			if next, err = s.Append(t.Context(), head, bulky(head, 20_000)); err == nil {
				head = next
			}
		}
		require.ErrorIs(t, err, ports.ErrUnavailable)
		assert.Contains(t, err.Error(), fmt.Sprintf("sqlite: append %s after version %d: ", head.Stream(), head.Version()))
		assert.Equal(t, head, end(t, s, head.Stream()), "what was acknowledged, and nothing else")

		limitPages(t, s, 1000)
		head, err = s.Append(t.Context(), head, bulky(head, 20_000))
		require.NoError(t, err)
		assert.Equal(t, head, end(t, s, head.Stream()))
	})

	t.Run("every append of the batch fails, and none is stored", func(t *testing.T) {
		t.Parallel()
		s := openStore(t)
		_, err := porttest.Fill(t.Context(), s, porttest.Stream(1), porttest.Step{Events: 1})
		require.NoError(t, err)
		limitPages(t, s, 10)
		small, taken := porttest.Commit(start(porttest.Stream(2)), "small", 1), porttest.Commit(start(porttest.Stream(1)), "taken", 1)
		members := batchOf(t, t.Context(), small, taken, bulky(start(porttest.Stream(3)), 500_000))
		s.write.store(&batch{members: members})
		for _, p := range members {
			assert.ErrorIs(t, s.db.classify(t.Context(), <-p.answered), ports.ErrUnavailable)
		}
		assert.Zero(t, end(t, s, porttest.Stream(2)).Version())

		limitPages(t, s, 1000)
		_, err = s.Append(t.Context(), start(small.Stream), small)
		assert.NoError(t, err)
	})
}

func TestACommitThatFails(t *testing.T) {
	t.Parallel()
	s := openStore(t)
	refuse := true
	require.NoError(t, s.write.conn.Raw(func(conn any) error {
		conn.(modernc.HookRegisterer).RegisterCommitHook(func() int32 {
			if refuse {
				return 1
			}
			return 0
		})
		return nil
	}))
	members := batchOf(t, t.Context(), porttest.Commit(start(porttest.Stream(1)), "a", 1), porttest.Commit(start(porttest.Stream(2)), "b", 1))
	s.write.store(&batch{members: members})
	require.Error(t, <-members[0].answered)
	require.Error(t, <-members[1].answered)
	assert.Zero(t, end(t, s, porttest.Stream(1)).Version())

	refuse = false
	_, err := porttest.Fill(t.Context(), s, porttest.Stream(1), porttest.Step{Events: 1})
	assert.NoError(t, err, "the transaction was rolled back")
}

func TestAWriteConnectionThatIsGivenUp(t *testing.T) {
	t.Parallel()
	s := openStore(t)
	given := s.write.conn
	s.write.release(driver.ErrBadConn)
	_, err := porttest.Fill(t.Context(), s, porttest.Stream(1), porttest.Step{Events: 1})
	require.NoError(t, err, "the next batch opens another")
	assert.NotSame(t, given, s.write.conn)
	assert.ErrorIs(t, given.PingContext(t.Context()), sql.ErrConnDone)
}

// lockFile takes the write lock of the file as another process would, and returns
// how to let it go.
func lockFile(t *testing.T, s *EventStore) (release func()) {
	t.Helper()
	other, err := pool(dsn(s.db.path), 1)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, other.Close()) })
	tx, err := other.BeginTx(t.Context(), &sql.TxOptions{})
	require.NoError(t, err)
	return func() { require.NoError(t, tx.Rollback()) }
}

func TestALockThatAnotherProcessHolds(t *testing.T) {
	t.Parallel()

	t.Run("an append waits for it", func(t *testing.T) {
		t.Parallel()
		s := openStore(t)
		release := lockFile(t, s)
		answer := make(chan error, 1)
		go func() {
			head := start(porttest.Stream(1))
			_, err := s.Append(t.Context(), head, porttest.Commit(head, "patient", 1))
			answer <- err
		}()
		require.Never(t, func() bool { return len(answer) > 0 }, 50*time.Millisecond, tick)
		release()
		assert.NoError(t, <-answer)
	})

	t.Run("an append that waited in vain is unavailable", func(t *testing.T) {
		t.Parallel()
		s := openStore(t)
		s.write.patience = 30 * time.Millisecond
		release := lockFile(t, s)
		head := start(porttest.Stream(1))
		_, err := s.Append(t.Context(), head, porttest.Commit(head, "patient", 1))
		require.ErrorIs(t, err, ports.ErrUnavailable)
		release()
		_, err = s.Append(t.Context(), head, porttest.Commit(head, "again", 1))
		assert.NoError(t, err)
	})

	t.Run("appends that wait together wait in vain once, not one after another", func(t *testing.T) {
		t.Parallel()
		s := openStore(t)
		s.write.patience = 30 * time.Millisecond
		defer lockFile(t, s)()
		members := batchOf(t, t.Context(), porttest.Commit(start(porttest.Stream(1)), "a", 1), porttest.Commit(start(porttest.Stream(2)), "b", 1))
		waiting := make(chan *pendingAppend, 1)
		waiting <- members[1]
		s.write.store(&batch{members: members[:1:1], waiting: waiting})
		require.Empty(t, waiting)
		for _, p := range members {
			assert.ErrorIs(t, s.db.classify(t.Context(), <-p.answered), ports.ErrUnavailable)
		}
	})

	t.Run("an append whose context ends meanwhile is answered at once and not stored", func(t *testing.T) {
		t.Parallel()
		s := openStore(t)
		release := lockFile(t, s)
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
		defer cancel()
		head := start(porttest.Stream(1))
		_, err := s.Append(ctx, head, porttest.Commit(head, "hasty", 1))
		require.ErrorIs(t, err, context.DeadlineExceeded)
		release()
		_, err = s.Append(t.Context(), head, porttest.Commit(head, "patient", 1))
		assert.NoError(t, err, "the place is free")
	})

	t.Run("reads do not wait for it", func(t *testing.T) {
		t.Parallel()
		s := openStore(t)
		h, err := porttest.Fill(t.Context(), s, porttest.Stream(1), porttest.Step{Events: 2})
		require.NoError(t, err)
		release := lockFile(t, s)
		defer release()
		assert.Equal(t, h.End(), end(t, s, h.Stream))
		changes, err := s.Changes(t.Context(), "", 10)
		require.NoError(t, err)
		assert.Len(t, changes, 1)
	})
}
