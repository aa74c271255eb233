package carts_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/memory"
	"github.com/evercart/evercart/core/app/carts"
	"github.com/evercart/evercart/core/cart"
	"github.com/evercart/evercart/core/es"
	"github.com/evercart/evercart/ports"
)

func TestWhatAViewHasReached(t *testing.T) {
	t.Parallel()
	const mine, hers, unknown = "0190a000-0000-7000-8000-000000000001", "0190a000-0000-7000-8000-000000000002", "0190a000-0000-7000-8000-000000000003"
	s := newShelf(t)
	for id, owner := range map[string]string{mine: "i|me", hers: "i|she"} {
		state := cart.Aggregate{}.Evolve(cart.State{}, cart.CartOpened{Owner: owner}, noon)
		checkpoint := ports.Checkpoint{
			Stream: ports.StreamID{Category: cart.Category, ID: id}, Version: 7, EventID: "e",
			State: es.AppendSnapshot(nil, cart.Aggregate{}, state, &es.CommandMemory{}),
		}
		require.NoError(t, s.views.Apply(t.Context(), ports.Target{Consumer: "carts", Generation: 1}, []ports.ViewChange{{Checkpoint: checkpoint}})[0])
	}
	me, operator := es.Caller{Subject: "i|me"}, es.Caller{Operator: true}
	for _, c := range []struct {
		what   string
		view   string
		caller es.Caller
		seen   []carts.Seen
		want   bool
	}{
		{"a version that it applied", "carts", me, []carts.Seen{{ID: mine, Version: 7}}, true},
		{"an older one", "carts", me, []carts.Seen{{ID: mine, Version: 1}}, true},
		{"not a newer one", "carts", me, []carts.Seen{{ID: mine, Version: 8}}, false},
		{"not where one of several is newer", "carts", me, []carts.Seen{{ID: mine, Version: 1}, {ID: mine, Version: 8}}, false},
		{"not an unknown cart", "carts", me, []carts.Seen{{ID: unknown, Version: 1}}, false},
		{"not somebody else's cart, as if it were unknown", "carts", me, []carts.Seen{{ID: hers, Version: 1}}, false},
		{"anybody's, for the operator", "carts", operator, []carts.Seen{{ID: hers, Version: 7}, {ID: mine, Version: 7}}, true},
		{"not in another view", "related", me, []carts.Seen{{ID: mine, Version: 1}}, false},
	} {
		t.Run(c.what, func(t *testing.T) {
			t.Parallel()
			reached, err := s.reader.Reached(t.Context(), c.view, c.seen, c.caller)
			require.NoError(t, err)
			assert.Equal(t, c.want, reached)
		})
	}
	t.Run("nothing, where it was never built", func(t *testing.T) {
		t.Parallel()
		reached, err := carts.NewViewReader(s.views, memory.NewViewCatalog()).Reached(t.Context(), "carts", []carts.Seen{{ID: mine, Version: 1}}, operator)
		require.NoError(t, err)
		assert.False(t, reached)
	})
}
