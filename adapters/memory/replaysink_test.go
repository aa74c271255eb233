package memory_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/memory"
	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/porttest"
)

func TestReplaySinkConforms(t *testing.T) {
	t.Parallel()
	open := func(*testing.T) porttest.SinkTo {
		return func(handle porttest.SinkHandler) ports.ReplaySink { return memory.NewReplaySink(handle) }
	}
	porttest.Run(t, open, porttest.ReplaySink())
}

func TestReplaySinkRemembers(t *testing.T) {
	t.Parallel()
	target := ports.Target{Consumer: "carts", Generation: 2}
	record := func(data string) ports.Record { return ports.Record{Data: []byte(data), Replay: "r"} }
	broken := errors.New("broken")
	var fault error
	s := memory.NewReplaySink(func(context.Context, ports.Target, []ports.Record) error { return fault })

	require.NoError(t, s.Deliver(t.Context(), target, []ports.Record{record("a"), record("b")}))
	fault = broken
	require.ErrorIs(t, s.Deliver(t.Context(), target, []ports.Record{record("c")}), broken)
	fault = nil
	require.NoError(t, s.Deliver(t.Context(), target, []ports.Record{record("d")}))
	require.ErrorContains(t, s.Deliver(t.Context(), target, []ports.Record{{Data: []byte("e")}}), "no replay mark")

	assert.Equal(t, []ports.Record{record("a"), record("b"), record("d")}, s.Handled(target), "what was handled, in order")
	assert.Empty(t, s.Handled(ports.Target{Consumer: "carts", Generation: 1}))
}
