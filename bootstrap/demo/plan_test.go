package demo_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/memory"
	"github.com/evercart/evercart/bootstrap/demo"
	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/core/cart"
	"github.com/evercart/evercart/core/es"
	"github.com/evercart/evercart/ports"
)

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

const twoWeeks = 14 * 24 * time.Hour

func options(carts int, seed uint64) demo.Options {
	return demo.Options{Carts: carts, Seed: seed, Weeks: 6, Until: noon, RemindAfter: twoWeeks, Now: noon}
}

// fill carries out a demo in a store of its own.
func fill(t *testing.T, o demo.Options) (*memory.EventStore, demo.Filled) {
	t.Helper()
	store := memory.NewEventStore()
	steps := demo.Plan(o)
	filled, err := demo.Fill(t.Context(), store, o.Seed, 8, steps, nil)
	require.NoError(t, err)
	require.Equal(t, len(steps), filled.Recorded, "every step records something")
	return store, filled
}

// commits returns all that a store holds, a stream after the other.
func commits(t *testing.T, store *memory.EventStore) (all []ports.Commit) {
	t.Helper()
	for c, err := range store.Scan(t.Context(), cart.Category) {
		require.NoError(t, err)
		all = append(all, c)
	}
	return all
}

// states returns each cart as it is at the end.
func states(t *testing.T, store *memory.EventStore, o demo.Options) map[string]cart.State {
	t.Helper()
	queries := app.NewQueries(cart.Aggregate{}, store, "/evercart")
	all := map[string]cart.State{}
	for i := range o.Carts {
		id := demo.CartID(o.Seed, i)
		if now, err := queries.Now(t.Context(), es.Caller{Operator: true}, id); err == nil {
			all[id] = now.State
		}
	}
	return all
}

func TestADemo(t *testing.T) {
	t.Parallel()
	t.Run("is the same for the same seed, to the byte, and another for another", func(t *testing.T) {
		t.Parallel()
		a, _ := fill(t, options(60, 42))
		b, _ := fill(t, options(60, 42))
		c, _ := fill(t, options(60, 43))
		assert.Equal(t, commits(t, a), commits(t, b))
		assert.NotEqual(t, commits(t, a)[0].Stream, commits(t, c)[0].Stream)
	})
	t.Run("of more carts changes none of the others", func(t *testing.T) {
		t.Parallel()
		few, many := demo.Plan(options(30, 42)), demo.Plan(options(300, 42))
		there := map[string]demo.Step{}
		for _, s := range many {
			there[s.ID+s.CommandID] = s
		}
		for _, s := range few {
			assert.Equal(t, s, there[s.ID+s.CommandID])
		}
	})
	t.Run("at another time is the same carts, so much later", func(t *testing.T) {
		t.Parallel()
		later := options(100, 42)
		later.Until, later.Now = noon.AddDate(0, 0, 30), noon.AddDate(0, 0, 30)
		a, b := demo.Plan(options(100, 42)), demo.Plan(later)
		require.Len(t, b, len(a))
		for i := range a {
			assert.Equal(t, a[i].CommandID, b[i].CommandID)
			assert.Equal(t, a[i].At.AddDate(0, 0, 30), b[i].At)
		}
	})
	t.Run("happens in its weeks, each event at its time", func(t *testing.T) {
		t.Parallel()
		store, _ := fill(t, options(300, 7))
		for _, c := range commits(t, store) {
			for _, e := range c.Events {
				assert.True(t, e.Time.Before(noon) && e.Time.After(noon.AddDate(0, 0, -43)), e.Time)
			}
		}
	})
	t.Run("has something of everything", func(t *testing.T) {
		t.Parallel()
		o := options(300, 1)
		store, filled := fill(t, o)
		assert.Equal(t, 300, filled.Carts)
		seen := map[string]int{}
		for _, s := range states(t, store, o) {
			seen[s.Status.String()]++
			for what, is := range map[string]bool{"empty": len(s.Lines) == 0, "reminded": s.Reminded, "owned": s.Owner != "", "nobody's": s.Owner == ""} {
				if is {
					seen[what]++
				}
			}
			if _, ok := s.Total(); !ok && len(s.Lines) > 0 {
				seen["without a total"]++
			}
		}
		for _, c := range commits(t, store) {
			for _, e := range c.Events {
				seen[e.Type]++
			}
		}
		for _, what := range []string{
			"open", "closed", "empty", "reminded", "owned", "nobody's", "without a total",
			cart.NameCartOpened, cart.NameItemAdded, cart.NameItemQuantityChanged, cart.NameItemRemoved, cart.NameCartClosed, cart.NameShopperReminded,
		} {
			assert.GreaterOrEqual(t, seen[what], 3, what)
		}
	})
	t.Run("leaves no cart that is due a reminder at once, whatever the gap until now", func(t *testing.T) {
		t.Parallel()
		for _, gap := range []time.Duration{0, 24 * time.Hour, 20 * 24 * time.Hour} {
			o := options(300, 3)
			o.Now = noon.Add(gap)
			store, _ := fill(t, o)
			for id, s := range states(t, store, o) {
				due := s.Status == cart.StatusOpen && len(s.Lines) > 0 && !s.Reminded && !s.ChangedAt.Add(twoWeeks).After(o.Now)
				assert.False(t, due, "%s is due, %s after", id, gap)
			}
		}
	})
	t.Run("says why a shopper was reminded", func(t *testing.T) {
		t.Parallel()
		for _, s := range demo.Plan(options(100, 5)) {
			if _, reminds := s.Command.(cart.RemindShopper); reminds {
				assert.NotEmpty(t, s.CausationID)
				assert.True(t, s.Caller.Operator)
			}
		}
	})
}

func TestADemoAgain(t *testing.T) {
	t.Parallel()
	again := func(t *testing.T, first, then demo.Options) (before, after []ports.Commit, filled demo.Filled) {
		t.Helper()
		store, _ := fill(t, first)
		before = commits(t, store)
		filled, err := demo.Fill(t.Context(), store, then.Seed, 8, demo.Plan(then), nil)
		require.NoError(t, err)
		return before, commits(t, store), filled
	}
	t.Run("records nothing more", func(t *testing.T) {
		t.Parallel()
		before, after, filled := again(t, options(50, 42), options(50, 42))
		assert.Equal(t, before, after)
		assert.Equal(t, demo.Filled{Replayed: len(demo.Plan(options(50, 42)))}, filled)
	})
	t.Run("with more carts adds those", func(t *testing.T) {
		t.Parallel()
		_, _, filled := again(t, options(50, 42), options(70, 42))
		assert.Equal(t, 20, filled.Carts)
		assert.Zero(t, filled.Skipped)
	})
	t.Run("leaves a cart alone that went another way since", func(t *testing.T) {
		t.Parallel()
		o := options(20, 42)
		store := memory.NewEventStore()
		id := demo.CartID(42, 3)
		commands := app.NewCommands(cart.Aggregate{}, store, app.CommandOptions{Now: func() time.Time { return noon }, NewID: func() string { return "e" }})
		_, err := commands.Handle(t.Context(), &app.Request[cart.Command]{ID: id, Command: cart.OpenCart{Owner: "i|me"}, CommandID: "k"})
		require.NoError(t, err)
		filled, err := demo.Fill(t.Context(), store, 42, 8, demo.Plan(o), nil)
		require.NoError(t, err)
		assert.Equal(t, 19, filled.Carts)
		assert.Positive(t, filled.Skipped)
	})
	t.Run("tells how far it is", func(t *testing.T) {
		t.Parallel()
		steps, told := demo.Plan(options(5, 1)), 0
		_, err := demo.Fill(t.Context(), memory.NewEventStore(), 1, 8, steps, func(done int) { told = done })
		require.NoError(t, err)
		assert.Len(t, steps, told)
	})
	t.Run("ends with a store that does not answer", func(t *testing.T) {
		t.Parallel()
		_, err := demo.Fill(t.Context(), unreachable{memory.NewEventStore()}, 1, 8, demo.Plan(options(5, 1)), nil)
		assert.ErrorIs(t, err, ports.ErrUnavailable)
	})
}
