package app

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// upTo sends the numbers below n, round about.
func upTo(n, queues int) func(context.Context, func(int, int) error) error {
	return func(_ context.Context, send func(int, int) error) error {
		for i := range n {
			if err := send(i%queues, i); err != nil {
				return err
			}
		}
		return nil
	}
}

func TestParallelWork(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	t.Run("is all done, each queue in order by its own worker", func(t *testing.T) {
		t.Parallel()
		done := make([][]int, 3)
		require.NoError(t, parallel(t.Context(), 3, 3, upTo(1000, 3), func(_ context.Context, worker, job int) error {
			done[worker] = append(done[worker], job)
			return nil
		}))
		for worker, jobs := range done {
			for i, job := range jobs {
				assert.Equal(t, worker+3*i, job)
			}
		}
		assert.Len(t, append(append(done[0], done[1]...), done[2]...), 1000)
	})
	t.Run("of one queue is shared by all workers", func(t *testing.T) {
		t.Parallel()
		var sum atomic.Int64
		together := make(chan struct{})
		require.NoError(t, parallel(t.Context(), 2, 1, upTo(2, 1), func(_ context.Context, _, job int) error {
			sum.Add(int64(job))
			select { // one waits for the other
			case together <- struct{}{}:
			case <-together:
			}
			return nil
		}))
		assert.EqualValues(t, 1, sum.Load())
	})
	t.Run("ends with the first error of a worker, and nobody is left waiting", func(t *testing.T) {
		t.Parallel()
		var done atomic.Int64
		err := parallel(t.Context(), 2, 2, upTo(1_000_000, 2), func(_ context.Context, _, job int) error {
			if done.Add(1); job == 10 {
				return broken
			}
			return nil
		})
		assert.ErrorIs(t, err, broken)
		assert.Less(t, done.Load(), int64(1_000_000))
	})
	t.Run("ends with the error of whoever produces", func(t *testing.T) {
		t.Parallel()
		err := parallel(t.Context(), 2, 1, func(_ context.Context, send func(int, int) error) error {
			require.NoError(t, send(0, 1))
			return broken
		}, func(context.Context, int, int) error { return nil })
		assert.ErrorIs(t, err, broken)
	})
	t.Run("ends with its context", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(t.Context())
		err := parallel(ctx, 2, 1, upTo(1_000_000, 1), func(_ context.Context, _, job int) error {
			if job == 10 {
				cancel()
			}
			return nil
		})
		assert.ErrorIs(t, err, context.Canceled)
	})
}
