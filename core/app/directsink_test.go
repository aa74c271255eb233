package app_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/ports"
)

func TestDirectSink(t *testing.T) {
	t.Parallel()
	target := ports.Target{Consumer: "log"}
	records := []ports.Record{{Position: "1", Replay: "r"}, {Position: "2", Replay: "r"}, {Position: "3", Replay: "r"}}
	sink := func(handle app.ReplayTarget) *app.DirectSink {
		return &app.DirectSink{Targets: map[string]app.ReplayTarget{"log": handle}, Backoff: time.Microsecond}
	}
	broken := errors.New("broken")
	t.Run("hands all records over at once", func(t *testing.T) {
		t.Parallel()
		calls := 0
		s := sink(func(_ context.Context, to ports.Target, got []ports.Record) []app.Failure {
			calls++
			assert.Equal(t, target, to)
			assert.Equal(t, records, got)
			return nil
		})
		require.NoError(t, s.Deliver(t.Context(), target, records))
		assert.Equal(t, 1, calls)
		pending, err := s.Pending(t.Context(), target)
		require.NoError(t, err)
		assert.Zero(t, pending)
	})
	t.Run("brings what failed again, with all after it", func(t *testing.T) {
		t.Parallel()
		var firsts []ports.Position
		s := sink(func(_ context.Context, _ ports.Target, got []ports.Record) []app.Failure {
			firsts = append(firsts, got[0].Position)
			if len(firsts) < 3 {
				return []app.Failure{{Index: len(firsts) - 1, Err: broken}}
			}
			return nil
		})
		require.NoError(t, s.Deliver(t.Context(), target, records))
		assert.Equal(t, []ports.Position{"1", "1", "2"}, firsts)
	})
	t.Run("is unavailable when a record fails on", func(t *testing.T) {
		t.Parallel()
		s := sink(func(context.Context, ports.Target, []ports.Record) []app.Failure {
			return []app.Failure{{Index: 1, Err: broken}}
		})
		err := s.Deliver(t.Context(), target, append(records, records...))
		assert.ErrorIs(t, err, ports.ErrUnavailable)
		assert.ErrorIs(t, err, broken)
		assert.ErrorContains(t, err, "of replay r")
	})
	t.Run("ends with its context", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(t.Context())
		s := sink(func(context.Context, ports.Target, []ports.Record) []app.Failure {
			cancel()
			return []app.Failure{{Err: ctx.Err()}}
		})
		assert.ErrorIs(t, s.Deliver(ctx, target, records), context.Canceled)
	})
	t.Run("has no handler for a target that nobody named", func(t *testing.T) {
		t.Parallel()
		s := sink(nil)
		err := s.Deliver(t.Context(), ports.Target{Consumer: "lag"}, records)
		assert.ErrorContains(t, err, `no replay target "lag"`)
		assert.NotErrorIs(t, err, ports.ErrUnavailable)
		assert.False(t, s.Knows(ports.Target{Consumer: "lag"}))
	})
}
