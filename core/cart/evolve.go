package cart

import (
	"slices"
	"time"
)

// The methods below fold one event each into s, in place. They take events in any
// order, also those that Decide would never have recorded: what does not fit
// changes nothing but the time. at is zero for events of the older form.

func (s *State) evolve(e Event, at time.Time) {
	switch e := e.(type) {
	case CartOpened:
		s.opened(e, at)
	case ItemAdded:
		s.added(e, at)
	case ItemQuantityChanged:
		s.quantityChanged(e, at)
	case ItemRemoved:
		s.removed(e, at)
	case CartClosed:
		s.closed(at)
	case ShopperReminded:
		s.Reminded = true
	}
}

// opened fixes the owner once: a second CartOpened does not hand the cart over.
func (s *State) opened(e CartOpened, at time.Time) {
	if s.Status == StatusNone {
		s.Status, s.Owner, s.OpenedAt = StatusOpen, e.Owner, at
	}
	s.changed(at)
}

// added adds to the quantity of an item that is there already, as carts of the
// older form have it; the price stays the one that came first.
func (s *State) added(e ItemAdded, at time.Time) {
	if i := indexOf(s.Lines, e.Item); i >= 0 {
		s.Lines[i].Quantity += e.Quantity
	} else {
		s.Lines = append(s.Lines, Line(e))
	}
	s.changed(at)
}

func (s *State) quantityChanged(e ItemQuantityChanged, at time.Time) {
	if i := indexOf(s.Lines, e.Item); i >= 0 {
		s.Lines[i].Quantity = e.Quantity
	}
	s.changed(at)
}

func (s *State) removed(e ItemRemoved, at time.Time) {
	if i := indexOf(s.Lines, e.Item); i >= 0 {
		s.Lines = slices.Delete(s.Lines, i, i+1)
	}
	s.changed(at)
}

func (s *State) closed(at time.Time) {
	if s.Status != StatusClosed {
		s.Status, s.ClosedAt = StatusClosed, at
	}
	s.changed(at)
}

// changed notes a change. An event without a time counts as before any instant, so
// it moves no time, but it makes a reminder possible again.
func (s *State) changed(at time.Time) {
	if !at.IsZero() {
		s.ChangedAt = at
	}
	s.Reminded = false
}
