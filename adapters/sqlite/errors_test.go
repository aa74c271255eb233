package sqlite

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/ports"
)

func TestClassifyingErrors(t *testing.T) {
	t.Parallel()

	t.Run("a lock that is held is unavailable and keeps its cause", func(t *testing.T) {
		t.Parallel()
		s := openStore(t)
		release := lockFile(t, s)
		defer release()
		_, cause := s.write.begin.ExecContext(t.Context())
		require.True(t, busy(cause))
		err := s.db.classify(t.Context(), fmt.Errorf("deep: %w", cause))
		require.ErrorIs(t, err, ports.ErrUnavailable)
		assert.ErrorIs(t, err, cause)
	})

	t.Run("an error under an ended context matches the context's", func(t *testing.T) {
		t.Parallel()
		d := &database{}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		cause := errors.New("interrupted")
		err := d.classify(ctx, cause)
		require.ErrorIs(t, err, context.Canceled)
		require.ErrorIs(t, err, cause)
		assert.Equal(t, ctx.Err(), d.classify(ctx, ctx.Err()), "said once")
	})

	t.Run("a fault of the statement is final", func(t *testing.T) {
		t.Parallel()
		s := openStore(t)
		_, cause := s.db.read.ExecContext(t.Context(), "SELECT nothing FROM nowhere")
		require.Error(t, cause)
		assert.True(t, generic(cause))
		assert.Equal(t, cause, s.db.classify(t.Context(), cause))
	})

	t.Run("all is well", func(t *testing.T) {
		t.Parallel()
		assert.NoError(t, (&database{}).classify(t.Context(), nil))
	})
}
