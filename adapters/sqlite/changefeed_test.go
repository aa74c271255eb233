package sqlite

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/porttest"
)

// follow returns the answer of a Changes that was called now, when it comes.
func follow(t *testing.T, s *EventStore, after ports.Position) <-chan error {
	answer := make(chan error, 1)
	go func() {
		_, err := s.Changes(t.Context(), after, 10)
		answer <- err
	}()
	return answer
}

func TestFollowingChanges(t *testing.T) {
	t.Parallel()

	t.Run("what another connection stored is seen within 200 ms", func(t *testing.T) {
		t.Parallel()
		path := filepath.Join(t.TempDir(), "events.db")
		follower, writer := openStoreAt(t, path), openStoreAt(t, path)
		h, err := porttest.Fill(t.Context(), writer, porttest.Stream(1), porttest.Step{Events: 1})
		require.NoError(t, err)
		changes, err := follower.Changes(t.Context(), "", 10)
		require.NoError(t, err)
		best, head, after := time.Hour, h.End(), changes[0].Position
		for range 5 { // the best of some, since a busy machine may delay any one
			answer := follow(t, follower, after)
			require.Never(t, func() bool { return len(answer) > 0 }, 20*time.Millisecond, tick)
			head, err = writer.Append(t.Context(), head, porttest.Commit(head, "news", 1))
			require.NoError(t, err)
			stored := time.Now()
			require.NoError(t, <-answer)
			best = min(best, time.Since(stored))
			changes, err = follower.Changes(t.Context(), after, 10)
			require.NoError(t, err)
			after = changes[len(changes)-1].Position
		}
		assert.Less(t, best, 200*time.Millisecond)
	})

	t.Run("a position outlives the process that was given it", func(t *testing.T) {
		t.Parallel()
		path := filepath.Join(t.TempDir(), "events.db")
		first, err := OpenEventStore(t.Context(), path)
		require.NoError(t, err)
		_, err = porttest.Fill(t.Context(), first, porttest.Stream(1), porttest.Step{Events: 1}, porttest.Step{Events: 2})
		require.NoError(t, err)
		changes, err := first.Changes(t.Context(), "", 1)
		require.NoError(t, err)
		require.NoError(t, first.Close())
		rest, err := openStoreAt(t, path).Changes(t.Context(), changes[0].Position, 10)
		require.NoError(t, err)
		require.Len(t, rest, 1)
		assert.Equal(t, ports.Version(2), rest[0].Commit.First)
	})

	t.Run("positions of another store and of a later copy are foreign", func(t *testing.T) {
		t.Parallel()
		one, other := openStore(t), openStore(t)
		for _, s := range []*EventStore{one, other} {
			_, err := porttest.Fill(t.Context(), s, porttest.Stream(1), porttest.Step{Events: 1})
			require.NoError(t, err)
		}
		changes, err := one.Changes(t.Context(), "", 1)
		require.NoError(t, err)
		for _, foreign := range []ports.Position{
			changes[0].Position, feedPosition(other.epoch, 2), ports.Position(other.epoch), "-00000000000000000001",
		} {
			_, err = other.Changes(t.Context(), foreign, 1)
			assert.ErrorIs(t, err, ports.ErrForeignPosition, "position %q", foreign)
		}
	})

	t.Run("closing ends a wait", func(t *testing.T) {
		t.Parallel()
		s := openStore(t)
		answer := follow(t, s, "")
		require.Never(t, func() bool { return len(answer) > 0 }, 20*time.Millisecond, tick)
		require.NoError(t, s.Close())
		assert.ErrorIs(t, <-answer, errClosed)
	})

	t.Run("a follower that is slow to read keeps no writer waiting", func(t *testing.T) {
		t.Parallel()
		s := openStore(t)
		h := longStream(t, s)
		head := h.End()
		for _, err := range s.Scan(t.Context(), h.Stream.Category) {
			require.NoError(t, err)
			head, err = s.Append(t.Context(), head, porttest.Commit(head, "meanwhile", 1))
			require.NoError(t, err)
			if head.Version() > h.End().Version()+20 {
				break
			}
		}
		assert.Equal(t, head, end(t, s, h.Stream))
	})
}
