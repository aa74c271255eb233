package main_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/envelope"
)

// story is all events of one cart, and the cart as each of them left it.
type story struct {
	wire   []string // as HTTP gave them, byte for byte
	events []ports.Published
	carts  []cart
}

// stories are those of all carts, by ID.
type stories map[string]*story

// readStories reads the stories of all carts that the crowd had to do with.
func readStories(t *testing.T, s *server, c *crowd) stories {
	t.Helper()
	return storiesOf(t, s, slices.Collect(maps.Keys(c.versions))...)
}

// storiesOf reads the stories of some carts.
func storiesOf(t *testing.T, s *server, ids ...string) stories {
	t.Helper()
	all := stories{}
	for _, id := range ids {
		all[id] = readStory(t, s, id)
	}
	return all
}

// readStory reads one cart's history, in pages.
func readStory(t *testing.T, s *server, id string) *story {
	t.Helper()
	h := &story{}
	for after := 0; ; {
		var page struct {
			Events []json.RawMessage
			Next   int
		}
		require.NoError(t, s.get(t.Context(), fmt.Sprintf("/carts/%s/events?after=%d&limit=1000", id, after), &page))
		for _, wire := range page.Events {
			event, err := envelope.ParseWire(string(wire))
			require.NoError(t, err)
			h.wire, h.events = append(h.wire, string(wire)), append(h.events, event)
		}
		if after = page.Next; after == 0 {
			break
		}
	}
	now := cart{ID: id, Lines: []cartLine{}}
	for i := range h.events {
		now = evolve(t, now, &h.events[i])
		h.carts = append(h.carts, now)
	}
	return h
}

// evolve is a second opinion on what an event does to a cart.
func evolve(t *testing.T, c cart, e *ports.Published) cart {
	t.Helper()
	var data cartLine
	require.NoError(t, json.Unmarshal([]byte(e.Data), &data))
	at := e.Time.Format("2006-01-02T15:04:05.000000Z")
	c.Version, c.Changed, c.Lines = int(e.Version), at, slices.Clone(c.Lines)
	line := slices.IndexFunc(c.Lines, func(l cartLine) bool { return l.Item == data.Item })
	switch e.Type {
	case "CartOpened":
		c.Status, c.OpenedAt = "open", at
	case "ItemAdded":
		c.Lines = append(c.Lines, data)
	case "ItemQuantityChanged":
		c.Lines[line].Quantity = data.Quantity
	case "ItemRemoved":
		c.Lines = slices.Delete(c.Lines, line, line+1)
	case "CartClosed":
		c.Status, c.ClosedAt = "closed", at
	default:
		require.Fail(t, "an event that nobody wished for", e.Type)
	}
	return c
}

// haveNoHole checks that versions count from 1, that times do not run backwards,
// and that no command is recorded twice.
func (all stories) haveNoHole(t *testing.T) {
	t.Helper()
	commands := map[string]string{}
	for id, h := range all {
		last := time.Time{}
		for i := range h.events {
			e := &h.events[i]
			require.Equal(t, ports.Version(i+1), e.Version, "cart %s has a hole", id)
			require.False(t, e.Time.Before(last), "cart %s, version %d is older than its predecessor", id, e.Version)
			require.Empty(t, commands[e.CommandID], "cart %s records a command twice", id)
			commands[e.CommandID], last = id, e.Time
		}
	}
}

// holdWhatWasAnswered checks each answer against the history of its cart. It
// returns how many answers were given again.
func (all stories) holdWhatWasAnswered(t *testing.T, c *crowd) (replayed int) {
	t.Helper()
	recorded, wished := 0, map[string]bool{}
	for i := range c.outcomes {
		o := &c.outcomes[i]
		h := all[o.cartID]
		at := slices.IndexFunc(h.events, func(e ports.Published) bool { return e.CommandID == o.key })
		wished[o.key] = true
		switch {
		case o.done():
			after, err := o.cart()
			require.NoError(t, err)
			require.LessOrEqual(t, after.Version, len(h.carts), "cart %s lost what was acknowledged: %s", o.cartID, o.answer)
			require.Equal(t, h.carts[after.Version-1], after, "%s %s", o.method, o.path)
			require.Equal(t, fmt.Sprintf("%q", fmt.Sprint(after.Version)), o.header.Get("ETag"))
			if at < 0 {
				require.True(t, o.changesNothing(&after), "%s %s was acknowledged and is not recorded: %s", o.method, o.path, o.answer)
				require.GreaterOrEqual(t, after.Version, o.known)
				break
			}
			recorded++
			require.Equal(t, h.events[at].CommitLast, ports.Version(after.Version), "%s %s", o.method, o.path)
			require.Greater(t, after.Version, o.known, "%s %s is recorded before it was wished", o.method, o.path)
		default:
			require.Negative(t, at, "%s %s was refused and is recorded: %s", o.method, o.path, o.answer)
			require.True(t, slices.ContainsFunc(h.carts[max(o.known, 1)-1:], o.mayBeRefused), "%s %s: %s", o.method, o.path, o.answer)
		}
		if o.replayed {
			replayed++
		}
	}
	for _, h := range all {
		for i := range h.events {
			assert.True(t, wished[h.events[i].CommandID], "nobody wished for command %s", h.events[i].CommandID)
		}
	}
	t.Logf("%d commands are recorded in %d carts; the answers of %d were lost and given again", recorded, len(all), replayed)
	return replayed
}

// changesNothing says whether the wish had nothing to do in the cart as it is.
func (o *outcome) changesNothing(c *cart) bool {
	line := slices.IndexFunc(c.Lines, func(l cartLine) bool { return strings.Contains(o.body, quantityOf(l)) })
	return o.method == http.MethodPatch && c.Status == "open" && line >= 0
}

// quantityOf is the body of a wish for the line as it is.
func quantityOf(l cartLine) string { return setItem("", l.Item, l.Quantity).body }

// mayBeRefused says whether the cart is a reason for the refusal.
func (o *outcome) mayBeRefused(c cart) bool {
	holds := slices.ContainsFunc(c.Lines, func(l cartLine) bool {
		return o.path == removeItem(c.ID, l.Item).path || strings.HasPrefix(o.body, fmt.Sprintf(`{"item":%q,`, l.Item))
	})
	switch o.code() {
	case "cart_closed":
		return o.status == http.StatusConflict && c.Status == "closed"
	case "item_already_added":
		return o.status == http.StatusConflict && holds
	case "item_not_in_cart":
		return o.status == http.StatusNotFound && c.Status == "open" && !holds
	}
	return false
}
