package cart

import "time"

// Status says where a cart is in its life.
type Status uint8

// A cart has no events, or is open, or closed for good.
const (
	StatusNone Status = iota
	StatusOpen
	StatusClosed
)

// String returns "none", "open" or "closed"; "invalid" for other numbers.
func (s Status) String() string {
	switch s {
	case StatusNone:
		return "none"
	case StatusOpen:
		return "open"
	case StatusClosed:
		return "closed"
	}
	return "invalid"
}

// State is a cart as its events tell it. Times are UTC; the zero time stands for
// an unknown one, as events of the older form leave it.
type State struct {
	Status    Status
	Owner     string    // empty: nobody's
	Lines     []Line    // in the order of adding; no item twice
	OpenedAt  time.Time // when a timed CartOpened opened it
	ChangedAt time.Time // of the last timed event but ShopperReminded
	ClosedAt  time.Time // when a timed CartClosed closed it
	Reminded  bool      // the shopper was reminded since the last change
}

// Total returns what all lines cost together. It is absent if there are no lines
// or one has no price.
func (s State) Total() (Price, bool) { return total(s.Lines) }

// Line returns the line of an item.
func (s State) Line(item string) (Line, bool) {
	if i := indexOf(s.Lines, item); i >= 0 {
		return s.Lines[i], true
	}
	return Line{}, false
}

// currency returns the currency of the priced lines; empty if none is priced.
func (s *State) currency() string {
	for i := range s.Lines {
		if c := s.Lines[i].UnitPrice.Currency; c != "" {
			return c
		}
	}
	return ""
}

// due reports whether a shopper whose cart this is may be reminded. A cart whose
// last change has no known time is never due.
func (s *State) due(unchangedSince time.Time) bool {
	return len(s.Lines) > 0 && !s.Reminded && !s.ChangedAt.IsZero() && !s.ChangedAt.After(unchangedSince)
}

func (s State) clone() State {
	if s.Lines != nil {
		s.Lines = append(make([]Line, 0, len(s.Lines)+1), s.Lines...) // one may be added
	}
	return s
}

func indexOf(lines []Line, item string) int {
	for i := range lines {
		if lines[i].Item == item {
			return i
		}
	}
	return -1
}
