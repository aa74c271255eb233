package carts_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/memory"
	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/core/app/carts"
	"github.com/evercart/evercart/core/cart"
	"github.com/evercart/evercart/core/es"
	"github.com/evercart/evercart/ports"
)

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// shelf is the rows of both cart views, put there as the projectors would.
type shelf struct {
	t      *testing.T
	views  *memory.ViewStore
	reader *carts.ViewReader
}

func newShelf(t *testing.T) *shelf {
	t.Helper()
	views, catalog := memory.NewViewStore(), memory.NewViewCatalog()
	for _, name := range []string{"carts", "related"} {
		_, err := app.EnsureView(t.Context(), catalog, name, noon)
		require.NoError(t, err)
	}
	return &shelf{t: t, views: views, reader: carts.NewViewReader(views, catalog)}
}

func (s *shelf) put(id string, state cart.State) {
	s.t.Helper()
	for _, view := range []es.View[cart.State]{cart.CartsView{}, cart.RelatedView{}} {
		stream := ports.StreamID{Category: cart.Category, ID: id}
		change := ports.ViewChange{Checkpoint: ports.Checkpoint{Stream: stream, Version: 7}, Put: view.Rows(stream, 7, state)}
		require.NoError(s.t, s.views.Apply(s.t.Context(), ports.Target{Consumer: view.Name(), Generation: 1}, []ports.ViewChange{change})[0])
	}
}

func lines(items ...string) []cart.Line {
	var all []cart.Line
	for _, item := range items {
		all = append(all, cart.Line{Item: item, Quantity: 1})
	}
	return all
}

// pages reads all pages of a list.
func (s *shelf) pages(q carts.Query) []string {
	s.t.Helper()
	ids := []string{}
	for {
		page, err := s.reader.List(s.t.Context(), q)
		require.NoError(s.t, err)
		require.LessOrEqual(s.t, len(page.Carts), q.Limit)
		for _, c := range page.Carts {
			ids = append(ids, c.ID)
		}
		if page.Next == "" {
			return ids
		}
		q.After = page.Next
	}
}

func TestTheListOfCarts(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	var all, alices, open, alicesClosed []string
	for i := 39; i >= 0; i-- {
		id := fmt.Sprintf("cart-%02d", i)
		state := cart.State{Status: cart.StatusOpen, ChangedAt: noon.Add(time.Duration(i) * time.Second), Lines: lines("tea")}
		all = append(all, id)
		if i%2 == 0 {
			state.Owner = "i|alice"
			alices = append(alices, id)
		}
		if i%4 == 0 {
			state.Status = cart.StatusClosed
			alicesClosed = append(alicesClosed, id)
		} else {
			open = append(open, id)
		}
		s.put(id, state)
	}
	t.Run("has the cart changed last first, in pages of any size", func(t *testing.T) {
		t.Parallel()
		for _, limit := range []int{1, 7, 39, 40, 100} {
			assert.Equal(t, all, s.pages(carts.Query{All: true, Limit: limit}))
			assert.Equal(t, alices, s.pages(carts.Query{Owner: "i|alice", Limit: limit}))
			assert.Equal(t, open, s.pages(carts.Query{All: true, Status: "open", Limit: limit}))
			assert.Equal(t, alicesClosed, s.pages(carts.Query{Owner: "i|alice", Status: "closed", Limit: limit}))
		}
	})
	t.Run("of somebody without carts is empty", func(t *testing.T) {
		t.Parallel()
		assert.Empty(t, s.pages(carts.Query{Owner: "i|bob", Limit: 10}))
	})
	t.Run("says of each cart what lists show", func(t *testing.T) {
		t.Parallel()
		page, err := s.reader.List(t.Context(), carts.Query{All: true, Limit: 1})
		require.NoError(t, err)
		assert.Equal(t, []carts.Listed{{ID: "cart-39", Version: 7, Status: "open", Items: 1, ChangedAt: noon.Add(39 * time.Second), Names: []string{"tea"}}}, page.Carts)
	})
	t.Run("is empty before the view was built", func(t *testing.T) {
		t.Parallel()
		reader := carts.NewViewReader(memory.NewViewStore(), memory.NewViewCatalog())
		page, err := reader.List(t.Context(), carts.Query{All: true, Limit: 1})
		require.NoError(t, err)
		assert.Empty(t, page.Carts)
		related, err := reader.Related(t.Context(), "tea", 10)
		require.NoError(t, err)
		assert.Zero(t, related.Carts)
	})
}

func TestASearchOfCarts(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	for i := range 600 {
		state := cart.State{Status: cart.StatusOpen, ChangedAt: noon.Add(time.Duration(i) * time.Second), Lines: lines("tea", "Honey")}
		if i%100 == 7 {
			state.Owner = "https://id.example|Alice"
			state.Lines = lines("mug")
		}
		s.put(fmt.Sprintf("cart-%03d", i), state)
	}
	find := func(search string, limit int) []string {
		return s.pages(carts.Query{All: true, Search: search, Limit: limit})
	}
	alices := []string{"cart-507", "cart-407", "cart-307", "cart-207", "cart-107", "cart-007"}
	t.Run("finds by the beginning of an ID, by owner and by item, in whatever case", func(t *testing.T) {
		t.Parallel()
		assert.Equal(t, []string{"cart-123"}, find("CART-123", 10))
		assert.Empty(t, find("123", 10), "an ID is found by its beginning")
		assert.Equal(t, alices, find("alice", 10))
		assert.Equal(t, alices, find("MUG", 10))
		assert.Len(t, find("hone", 1000), 594)
	})
	t.Run("comes in pages of any size", func(t *testing.T) {
		t.Parallel()
		for _, limit := range []int{1, 2, 5, 6, 7} {
			assert.Equal(t, alices, find("alice", limit), limit)
		}
	})
	t.Run("ends where there is nothing", func(t *testing.T) {
		t.Parallel()
		page, err := s.reader.List(t.Context(), carts.Query{All: true, Search: "coffee", Limit: 10})
		require.NoError(t, err)
		assert.Zero(t, page)
	})
	t.Run("keeps to a status", func(t *testing.T) {
		t.Parallel()
		assert.Empty(t, s.pages(carts.Query{All: true, Search: "alice", Status: "closed", Limit: 10}))
	})
}

func TestRelatedItems(t *testing.T) {
	t.Parallel()
	closed := func(i int, items ...string) cart.State {
		return cart.State{Status: cart.StatusClosed, ClosedAt: noon.Add(time.Duration(i) * time.Second), Lines: lines(items...)}
	}
	t.Run("are counted over closed carts, most often first, then by name", func(t *testing.T) {
		t.Parallel()
		s := newShelf(t)
		s.put("a", closed(1, "tea", "mug", "sugar"))
		s.put("b", closed(2, "tea", "mug", "apple"))
		s.put("c", closed(3, "coffee", "mug"))
		s.put("d", cart.State{Status: cart.StatusOpen, Lines: lines("tea", "gold")})
		got, err := s.reader.Related(t.Context(), "tea", 10)
		require.NoError(t, err)
		want := carts.RelatedItems{Item: "tea", Carts: 2, Related: []carts.RelatedItem{{Item: "mug", Count: 2}, {Item: "apple", Count: 1}, {Item: "sugar", Count: 1}}}
		assert.Equal(t, want, got)
		got, err = s.reader.Related(t.Context(), "tea", 1)
		require.NoError(t, err)
		assert.Equal(t, want.Related[:1], got.Related)
	})
	t.Run("are counted over the newest 200 carts only", func(t *testing.T) {
		t.Parallel()
		s := newShelf(t)
		for i := range 205 {
			other := "new"
			if i < 5 {
				other = "old"
			}
			s.put(fmt.Sprintf("cart-%03d", i), closed(i, "tea", other))
		}
		got, err := s.reader.Related(t.Context(), "tea", 10)
		require.NoError(t, err)
		assert.Equal(t, carts.RelatedItems{Item: "tea", Carts: 200, Related: []carts.RelatedItem{{Item: "new", Count: 200}}}, got)
	})
}
