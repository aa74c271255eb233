package carts_test

import (
	"fmt"
	"log/slog"
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

// shop is carts with their view, in simulated time.
type shop struct {
	t        *testing.T
	now      time.Time
	store    *memory.EventStore
	commands *app.Commands[cart.State, cart.Command, cart.Event]
	project  *app.Projector[cart.State, cart.Command, cart.Event]
	reminder *carts.Reminder
	keys     int
}

func newShop(t *testing.T) *shop {
	t.Helper()
	s := &shop{t: t, now: noon, store: memory.NewEventStore()}
	clock := func() time.Time { return s.now }
	log := slog.New(slog.DiscardHandler)
	views, catalog := memory.NewViewStore(), memory.NewViewCatalog()
	s.commands = app.NewCommands(cart.Aggregate{}, ports.EventStore(s.store), app.CommandOptions{Now: clock, NewID: es.NewIDs(clock, [32]byte{}).New})
	s.project = app.NewProjector(cart.Aggregate{}, es.View[cart.State](cart.CartsView{}), ports.EventStore(s.store), views, catalog,
		memory.NewQuarantine(), app.TrackOptions{Now: clock, Log: log})
	_, err := app.EnsureView(t.Context(), catalog, "carts", noon)
	require.NoError(t, err)
	s.reminder = &carts.Reminder{Commands: s.commands, Views: views, Catalog: catalog, Now: clock, Log: log}
	return s
}

func (s *shop) do(id string, c cart.Command) {
	s.t.Helper()
	s.keys++
	_, err := s.commands.Handle(s.t.Context(), &app.Request[cart.Command]{ID: id, Command: c, CommandID: fmt.Sprint("k-", s.keys)})
	require.NoError(s.t, err)
}

// follow brings the view up to the store.
func (s *shop) follow(ids ...string) {
	s.t.Helper()
	for _, id := range ids {
		stream := ports.StreamID{Category: cart.Category, ID: id}
		require.NoError(s.t, s.project.CatchUp(s.t.Context(), ports.Target{Consumer: "carts", Generation: 1}, stream))
	}
}

// reminders returns how often the cart's shopper was reminded.
func (s *shop) reminders(id string) int {
	s.t.Helper()
	n := 0
	for e, err := range s.store.Read(s.t.Context(), ports.StreamID{Category: cart.Category, ID: id}, 1, 1000) {
		require.NoError(s.t, err)
		if e.Type == "ShopperReminded" {
			n++
		}
	}
	return n
}

func (s *shop) run() int {
	s.t.Helper()
	n, err := s.reminder.Run(s.t.Context())
	require.NoError(s.t, err)
	return n
}

func TestReminding(t *testing.T) {
	t.Parallel()
	tea := cart.AddItem{Item: "tea", Quantity: 1}
	t.Run("happens two weeks after the last change, once, and again two weeks after a new one", func(t *testing.T) {
		t.Parallel()
		s := newShop(t)
		s.do("a", cart.OpenCart{})
		s.do("a", tea)
		s.follow("a")
		s.now = noon.Add(carts.RemindAfter - time.Microsecond)
		assert.Zero(t, s.run())
		s.now = noon.Add(carts.RemindAfter)
		assert.Equal(t, 1, s.run())
		assert.Zero(t, s.run(), "the view is behind, but the cart knows")
		s.follow("a")
		s.now = s.now.Add(365 * 24 * time.Hour)
		assert.Zero(t, s.run(), "reminded already since its last change")
		s.do("a", cart.ChangeItemQuantity{Item: "tea", Quantity: 2})
		s.follow("a")
		assert.Zero(t, s.run())
		s.now = s.now.Add(carts.RemindAfter)
		assert.Equal(t, 1, s.run())
		assert.Equal(t, 2, s.reminders("a"))
	})
	t.Run("passes over empty, closed and fresh carts", func(t *testing.T) {
		t.Parallel()
		s := newShop(t)
		for _, id := range []string{"empty", "closed", "fresh", "due"} {
			s.do(id, cart.OpenCart{})
		}
		s.do("closed", tea)
		s.do("closed", cart.CloseCart{})
		s.do("due", tea)
		s.now = noon.Add(carts.RemindAfter)
		s.do("fresh", tea)
		s.follow("empty", "closed", "fresh", "due")
		assert.Equal(t, 1, s.run())
		assert.Equal(t, 1, s.reminders("due"))
	})
	t.Run("asks the cart, not the view: what was closed or changed meanwhile is not reminded", func(t *testing.T) {
		t.Parallel()
		s := newShop(t)
		for _, id := range []string{"closed", "changed"} {
			s.do(id, cart.OpenCart{})
			s.do(id, tea)
		}
		s.follow("closed", "changed")
		s.now = noon.Add(carts.RemindAfter)
		s.do("closed", cart.CloseCart{})
		s.do("changed", cart.AddItem{Item: "mug", Quantity: 1})
		assert.Zero(t, s.run())
	})
	t.Run("reaches every one of many carts", func(t *testing.T) {
		t.Parallel()
		s := newShop(t)
		for i := range 450 {
			id := fmt.Sprintf("cart-%03d", i)
			s.do(id, cart.OpenCart{})
			s.do(id, tea)
			s.follow(id)
		}
		s.now = noon.Add(carts.RemindAfter + time.Hour)
		assert.Equal(t, 450, s.run())
	})
	t.Run("finds nobody before the view was built", func(t *testing.T) {
		t.Parallel()
		s := newShop(t)
		s.reminder.Catalog = memory.NewViewCatalog()
		assert.Zero(t, s.run())
	})
}
