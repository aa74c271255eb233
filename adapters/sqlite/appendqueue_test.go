package sqlite

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// gate is a store function that stands still until it is let go.
type gate struct {
	entered chan []*pendingAppend // each batch, as it comes in
	answers chan error            // what to answer the whole batch
}

func newGate() *gate { return &gate{entered: make(chan []*pendingAppend), answers: make(chan error)} }

func (g *gate) store(b *batch) {
	for len(b.grow()) > 0 {
	}
	g.entered <- append([]*pendingAppend(nil), b.members...)
	err := <-g.answers
	for _, p := range b.members {
		p.answer(err)
	}
}

// pending returns an append of size bytes.
func pending(ctx context.Context, size int) *pendingAppend {
	return &pendingAppend{ctx: ctx, row: newRow{events: make([]byte, size)}, answered: make(chan error, 1)}
}

func TestAppendQueue(t *testing.T) {
	t.Parallel()

	t.Run("appends that wait while a batch is stored make the next batch", func(t *testing.T) {
		t.Parallel()
		g := newGate()
		q := newAppendQueue(g.store)
		var all sync.WaitGroup
		enter := func(n int) {
			for range n {
				all.Go(func() { assert.NoError(t, q.do(pending(t.Context(), 1))) })
			}
		}
		enter(1)
		require.Len(t, <-g.entered, 1)
		enter(20)
		require.Eventually(t, func() bool { return len(q.waiting) == 20 }, waitFor, tick)
		g.answers <- nil
		assert.Len(t, <-g.entered, 20)
		g.answers <- nil
		all.Wait()
		q.close()
	})

	t.Run("a batch is bounded in appends and in bytes", func(t *testing.T) {
		t.Parallel()
		g := newGate()
		q := newAppendQueue(g.store)
		first := pending(t.Context(), 1)
		require.NoError(t, q.enter(first))
		<-g.entered
		for range maxBatch + 1 {
			require.NoError(t, q.enter(pending(t.Context(), 1)))
		}
		for range 3 {
			require.NoError(t, q.enter(pending(t.Context(), maxBatchBytes/2+1)))
		}
		g.answers <- nil
		assert.Len(t, <-g.entered, maxBatch, "appends")
		g.answers <- nil
		assert.Len(t, <-g.entered, 1+2, "bytes: the second large one goes beyond and is the last")
		g.answers <- nil
		assert.Len(t, <-g.entered, 1)
		g.answers <- nil
		q.close()
	})

	t.Run("the error of a batch is the error of each member", func(t *testing.T) {
		t.Parallel()
		g := newGate()
		q := newAppendQueue(g.store)
		members := []*pendingAppend{pending(t.Context(), 1), pending(t.Context(), 1)}
		full := errors.New("full")
		for _, p := range members {
			require.NoError(t, q.enter(p))
		}
		for answered := 0; answered < len(members); {
			answered += len(<-g.entered)
			g.answers <- full
		}
		for _, p := range members {
			assert.ErrorIs(t, <-p.answered, full)
		}
		q.close()
	})

	t.Run("a writer whose context ends while it waits is answered at once", func(t *testing.T) {
		t.Parallel()
		g := newGate()
		q := newAppendQueue(g.store)
		ctx, cancel := context.WithCancel(t.Context())
		answer := make(chan error, 1)
		go func() { answer <- q.do(pending(ctx, 1)) }()
		<-g.entered
		cancel()
		assert.ErrorIs(t, <-answer, context.Canceled)
		g.answers <- nil
		q.close()
	})

	t.Run("a writer whose context ends before there is room is answered at once", func(t *testing.T) {
		t.Parallel()
		g := newGate()
		q := newAppendQueue(g.store)
		require.NoError(t, q.enter(pending(t.Context(), 1)))
		<-g.entered
		for range queueLength {
			require.NoError(t, q.enter(pending(t.Context(), 1)))
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		require.ErrorIs(t, q.do(pending(ctx, 1)), context.Canceled)
		go func() {
			for range g.entered {
			}
		}()
		close(g.answers)
		q.close()
		close(g.entered)
	})

	t.Run("closing waits for what was let in and refuses what comes later", func(t *testing.T) {
		t.Parallel()
		g := newGate()
		q := newAppendQueue(g.store)
		early := []*pendingAppend{pending(t.Context(), 1), pending(t.Context(), 1), pending(t.Context(), 1)}
		for _, p := range early {
			require.NoError(t, q.enter(p))
		}
		closed := make(chan bool)
		go func() { closed <- q.close() }()
		for answered := 0; answered < len(early); {
			answered += len(<-g.entered)
			g.answers <- nil
		}
		assert.True(t, <-closed)
		for _, p := range early {
			assert.NoError(t, <-p.answered)
		}
		require.ErrorIs(t, q.do(pending(t.Context(), 1)), errClosed)
		assert.False(t, q.close(), "closing again is no first time")
	})
}
