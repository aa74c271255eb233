package sqlite

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/ports"
)

// rang reports whether a channel of wait was rung.
func rang(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

func TestWake(t *testing.T) {
	t.Parallel()

	t.Run("a ring wakes all who wait, and none who come later", func(t *testing.T) {
		t.Parallel()
		var w wake
		w.ring()
		first, second := w.wait(), w.wait()
		assert.False(t, rang(first), "a ring before the wait is not kept")
		w.ring()
		assert.True(t, rang(first))
		assert.True(t, rang(second))
		assert.False(t, rang(w.wait()))
	})

	t.Run("many may wait and ring at once", func(t *testing.T) {
		t.Parallel()
		var w wake
		var all sync.WaitGroup
		for range 32 {
			c := w.wait()
			all.Go(func() { <-c })
			all.Go(w.ring)
		}
		w.ring()
		all.Wait()
	})

	t.Run("publishing rings, so that a reader in the process need not poll", func(t *testing.T) {
		t.Parallel()
		f := faultyFeed(t)
		c := f.wake.wait()
		require.NoError(t, f.Publish(t.Context(), []ports.Outgoing{{Key: "cart/a"}}))
		assert.True(t, rang(c))
	})
}
