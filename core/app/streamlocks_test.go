package app

import (
	"context"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestStreamLocks(t *testing.T) {
	t.Parallel()
	t.Run("let one at a time in, and keep nothing behind", func(t *testing.T) {
		t.Parallel()
		var l streamLocks
		var all sync.WaitGroup
		counts := map[string]*int{"a": new(int), "b": new(int)}
		for range 16 {
			all.Go(func() {
				for id, n := range counts {
					for range 100 {
						s, err := l.lock(context.Background(), id)
						if !assert.NoError(t, err) {
							return
						}
						*n++ // the race detector sees two at a time
						l.unlock(id, s)
					}
				}
			})
		}
		all.Wait()
		assert.Equal(t, 1600, *counts["a"])
		assert.Equal(t, 1600, *counts["b"])
		assert.Empty(t, l.locks)
	})
	t.Run("are left by who waits in vain, before and after the turn is given up", func(t *testing.T) {
		t.Parallel()
		var l streamLocks
		first, err := l.lock(t.Context(), "a")
		require.NoError(t, err)
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		_, err = l.lock(gone, "a")
		require.ErrorIs(t, err, context.Canceled)

		late, first2 := l.enter("a") // waits, and has not yet seen that it may give up
		require.False(t, first2)
		l.unlock("a", first)
		l.leave("a", late)
		assert.Empty(t, l.locks)

		again, err := l.lock(t.Context(), "b")
		require.NoError(t, err)
		assert.Same(t, first, again, "its memory serves the next stream")
		assert.Empty(t, again.turn, "no token is left in it")
		l.unlock("b", again)
	})
	t.Run("wake the next one", func(t *testing.T) {
		t.Parallel()
		var l streamLocks
		first, err := l.lock(t.Context(), "a")
		require.NoError(t, err)
		next, alone := l.enter("a")
		require.False(t, alone)
		l.unlock("a", first)
		<-next.turn
		l.unlock("a", next)
		assert.Empty(t, l.locks)
	})
}
