package app

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestPace(t *testing.T) {
	t.Parallel()
	t.Run("holds work to its rate", func(t *testing.T) {
		t.Parallel()
		p := pace{rate: 1000, now: time.Now}
		began := time.Now()
		for range 20 {
			require.NoError(t, p.wait(t.Context(), 10))
		}
		// The first ten are due at once, the last ten after 190 ms.
		assert.GreaterOrEqual(t, time.Since(began), 190*time.Millisecond)
	})
	t.Run("does not make up for lost time", func(t *testing.T) {
		t.Parallel()
		now := time.Unix(0, 0)
		p := pace{rate: 10, now: func() time.Time { return now }}
		require.NoError(t, p.wait(t.Context(), 10))
		now = now.Add(time.Hour)
		require.NoError(t, p.wait(t.Context(), 10))
		assert.Equal(t, now.Add(time.Second), p.next)
	})
	t.Run("without a rate waits for nothing", func(t *testing.T) {
		t.Parallel()
		p := pace{now: func() time.Time { t.Error("the clock is not needed"); return time.Time{} }}
		assert.NoError(t, p.wait(t.Context(), 1<<30))
	})
	t.Run("ends with its context", func(t *testing.T) {
		t.Parallel()
		p := pace{rate: 1, now: time.Now}
		require.NoError(t, p.wait(t.Context(), 3600))
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(10*time.Millisecond, cancel)
		assert.ErrorIs(t, p.wait(ctx, 1), context.Canceled)
	})
}
