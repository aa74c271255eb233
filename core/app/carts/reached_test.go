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
	const mine, hers, unknown, closed = "0190a000-0000-7000-8000-000000000001", "0190a000-0000-7000-8000-000000000002",
		"0190a000-0000-7000-8000-000000000003", "0190a000-0000-7000-8000-000000000004"
	s := newShelf(t)
	apply := func(view, id, owner string, version ports.Version, events ...cart.Event) {
		state := cart.Aggregate{}.Evolve(cart.State{}, cart.CartOpened{Owner: owner}, noon)
		for _, e := range events {
			state = cart.Aggregate{}.Evolve(state, e, noon)
		}
		checkpoint := ports.Checkpoint{
			Stream: ports.StreamID{Category: cart.Category, ID: id}, Version: version, EventID: "e",
			State: es.AppendSnapshot(nil, cart.Aggregate{}, state, &es.CommandMemory{}),
		}
		require.NoError(t, s.views.Apply(t.Context(), ports.Target{Consumer: view, Generation: 1}, []ports.ViewChange{{Checkpoint: checkpoint}})[0])
	}
	apply("carts", mine, "i|me", 7)
	apply("carts", hers, "i|she", 7)
	apply("carts", closed, "i|me", 7, cart.CartClosed{})
	apply("related", closed, "i|me", 4)
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
		{"of related items a version that it applied", "related", me, []carts.Seen{{ID: closed, Version: 4}}, true},
		{"of related items no close that it did not apply", "related", me, []carts.Seen{{ID: closed, Version: 7}}, false},
		{"of related items an open cart, which has none", "related", me, []carts.Seen{{ID: mine, Version: 7}, {ID: closed, Version: 4}}, true},
		{"of related items no version that may be a close", "related", me, []carts.Seen{{ID: mine, Version: 8}}, false},
		{"of related items nothing of somebody else's open cart", "related", me, []carts.Seen{{ID: hers, Version: 7}}, false},
		{"of related items anybody's open cart, for the operator", "related", operator, []carts.Seen{{ID: hers, Version: 7}}, true},
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
