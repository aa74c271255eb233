package bootstrap

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/core/cart"
	"github.com/evercart/evercart/ports"
)

// queue notes the targets of what is delivered, all of which it has pending.
type queue struct{ targets []ports.Target }

func (q *queue) Deliver(_ context.Context, target ports.Target, records []ports.Record) error {
	for range records {
		q.targets = append(q.targets, target)
	}
	return nil
}

func (q *queue) Pending(context.Context, ports.Target) (int64, error) {
	return int64(len(q.targets)), nil
}

func TestWhereReplaysGo(t *testing.T) {
	t.Parallel()
	carts := ports.Target{Consumer: cart.CartsView{}.Name(), Generation: 2}
	logged := ports.Target{Consumer: ReplayToLog}
	newHere := func(handled *[]ports.Target) *app.DirectSink {
		note := func(_ context.Context, target ports.Target, _ []ports.Record) []app.Failure {
			*handled = append(*handled, target)
			return nil
		}
		return &app.DirectSink{Targets: map[string]app.ReplayTarget{carts.Consumer: note, logged.Consumer: note}}
	}
	projectors := []Projector{app.NewProjector(cart.Aggregate{}, cart.CartsView{}, nil, nil, nil, nil, app.TrackOptions{})}
	records := []ports.Record{{Data: []byte("{}")}}

	t.Run("with queues: to a view through its queue, to a handler in this process", func(t *testing.T) {
		t.Parallel()
		var handled []ports.Target
		queues := &queue{}
		sink := newReplaySink(newHere(&handled), Cloud{Queues: queues}, projectors)
		require.NoError(t, sink.Deliver(t.Context(), carts, records))
		require.NoError(t, sink.Deliver(t.Context(), logged, records))
		assert.Equal(t, []ports.Target{carts}, queues.targets)
		assert.Equal(t, []ports.Target{logged}, handled)
		for target, want := range map[ports.Target]int64{carts: 1, logged: 0} {
			pending, err := sink.Pending(t.Context(), target)
			require.NoError(t, err)
			assert.Equal(t, want, pending, target.String())
		}
	})
	t.Run("without queues: all of it in this process", func(t *testing.T) {
		t.Parallel()
		var handled []ports.Target
		sink := newReplaySink(newHere(&handled), Cloud{}, projectors)
		require.NoError(t, sink.Deliver(t.Context(), carts, records))
		require.NoError(t, sink.Deliver(t.Context(), logged, records))
		assert.Equal(t, []ports.Target{carts, logged}, handled)
	})
}
