package cart_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/evercart/evercart/core/cart"
)

// at is an event and when it was recorded.
type at struct {
	time  time.Time
	event cart.Event
}

func fold(events ...at) cart.State {
	s := cart.Aggregate{}.Initial()
	for _, e := range events {
		s = cart.Aggregate{}.Evolve(s, e.event, e.time)
	}
	return s
}

func TestFolding(t *testing.T) {
	t.Parallel()
	older := time.Time{}
	teaLine := cart.Line{Item: "tea", Quantity: 2, UnitPrice: euro(499)}
	cupLine := cart.Line{Item: "cup", Quantity: 1}
	for name, c := range map[string]struct {
		events []at
		want   cart.State
	}{
		"no events is no cart": {},
		"an opened cart has an owner and times": {
			[]at{{monday, cart.CartOpened{Owner: "me"}}},
			cart.State{Status: cart.StatusOpen, Owner: "me", OpenedAt: monday, ChangedAt: monday},
		},
		"lines stand in the order of adding": {
			[]at{{monday, opened()}, {monday, tea()}, {friday, cup()}},
			cart.State{Status: cart.StatusOpen, Lines: []cart.Line{teaLine, cupLine}, OpenedAt: monday, ChangedAt: friday},
		},
		"a changed quantity keeps place and price": {
			[]at{{monday, opened()}, {monday, tea()}, {monday, cup()}, {friday, cart.ItemQuantityChanged{Item: "tea", Quantity: 7}}},
			cart.State{
				Status: cart.StatusOpen, Lines: []cart.Line{{Item: "tea", Quantity: 7, UnitPrice: euro(499)}, cupLine},
				OpenedAt: monday, ChangedAt: friday,
			},
		},
		"a removed line leaves the others in order": {
			[]at{{monday, opened()}, {monday, cup()}, {monday, cart.ItemAdded{Item: "jam", Quantity: 1}}, {monday, tea()}, {friday, cart.ItemRemoved{Item: "jam"}}},
			cart.State{Status: cart.StatusOpen, Lines: []cart.Line{cupLine, teaLine}, OpenedAt: monday, ChangedAt: friday},
		},
		"a closed cart keeps its own lines, also where the event has none": {
			[]at{{monday, opened()}, {monday, tea()}, {friday, cart.CartClosed{}}},
			cart.State{Status: cart.StatusClosed, Lines: []cart.Line{teaLine}, OpenedAt: monday, ChangedAt: friday, ClosedAt: friday},
		},
		"a reminder is no change": {
			[]at{{monday, opened()}, {monday, tea()}, {friday, cart.ShopperReminded{Items: 1}}},
			cart.State{Status: cart.StatusOpen, Lines: []cart.Line{teaLine}, OpenedAt: monday, ChangedAt: monday, Reminded: true},
		},
		"a change after a reminder makes another possible": {
			[]at{{monday, opened()}, {monday, tea()}, {tuesday, cart.ShopperReminded{Items: 1}}, {friday, cart.ItemQuantityChanged{Item: "tea", Quantity: 2}}},
			cart.State{Status: cart.StatusOpen, Lines: []cart.Line{teaLine}, OpenedAt: monday, ChangedAt: friday},
		},
		"the same item twice, in the older form, adds quantity beyond 999": {
			[]at{{older, opened()}, {older, cart.ItemAdded{Item: "tea", Quantity: 999}}, {older, cart.ItemAdded{Item: "tea", Quantity: 1}}},
			cart.State{Status: cart.StatusOpen, Lines: []cart.Line{{Item: "tea", Quantity: 1000}}},
		},
		"the same item twice keeps the first price": {
			[]at{{older, opened()}, {older, tea()}, {older, cart.ItemAdded{Item: "tea", Quantity: 1}}},
			cart.State{Status: cart.StatusOpen, Lines: []cart.Line{{Item: "tea", Quantity: 3, UnitPrice: euro(499)}}},
		},
		"older events give no times": {
			[]at{{older, opened()}, {older, cup()}, {older, closed()}},
			cart.State{Status: cart.StatusClosed, Lines: []cart.Line{cupLine}},
		},
		"a timed event gives an older cart the time of its change only": {
			[]at{{older, opened()}, {older, cup()}, {monday, cart.ItemQuantityChanged{Item: "cup", Quantity: 1}}},
			cart.State{Status: cart.StatusOpen, Lines: []cart.Line{cupLine}, ChangedAt: monday},
		},
		"an older event after a timed one moves no time": {
			[]at{{monday, opened()}, {older, cup()}},
			cart.State{Status: cart.StatusOpen, Lines: []cart.Line{cupLine}, OpenedAt: monday, ChangedAt: monday},
		},
		"a second opening hands the cart to nobody": {
			[]at{{monday, cart.CartOpened{Owner: "me"}}, {friday, cart.CartOpened{Owner: "you"}}},
			cart.State{Status: cart.StatusOpen, Owner: "me", OpenedAt: monday, ChangedAt: friday},
		},
		"a second closing keeps the first one's time": {
			[]at{{monday, opened()}, {tuesday, closed()}, {friday, closed()}},
			cart.State{Status: cart.StatusClosed, OpenedAt: monday, ChangedAt: friday, ClosedAt: tuesday},
		},
		"an opening after the closing does not open again": {
			[]at{{monday, closed()}, {friday, cart.CartOpened{Owner: "me"}}},
			cart.State{Status: cart.StatusClosed, ChangedAt: friday, ClosedAt: monday},
		},
		"a quantity or removal of an item that is not there changes no line": {
			[]at{{monday, opened()}, {monday, cup()}, {monday, cart.ItemQuantityChanged{Item: "x", Quantity: 1}}, {friday, cart.ItemRemoved{Item: "x"}}},
			cart.State{Status: cart.StatusOpen, Lines: []cart.Line{cupLine}, OpenedAt: monday, ChangedAt: friday},
		},
		"no event is no change": {[]at{{monday, opened()}, {friday, nil}}, fold(at{monday, opened()})},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, c.want, fold(c.events...))
		})
	}
}

func TestStateAnswers(t *testing.T) {
	t.Parallel()
	s := fold(at{monday, opened()}, at{monday, tea()})
	t.Run("which line an item has", func(t *testing.T) {
		t.Parallel()
		l, ok := s.Line("tea")
		assert.True(t, ok)
		assert.Equal(t, cart.Line{Item: "tea", Quantity: 2, UnitPrice: euro(499)}, l)
		_, ok = s.Line("cup")
		assert.False(t, ok)
	})
	t.Run("its status in words", func(t *testing.T) {
		t.Parallel()
		assert.Equal(t, "none", cart.StatusNone.String())
		assert.Equal(t, "open", cart.StatusOpen.String())
		assert.Equal(t, "closed", cart.StatusClosed.String())
		assert.Equal(t, "invalid", cart.Status(9).String())
	})
}
