package simulation_test

import (
	"errors"
	"fmt"

	"github.com/evercart/evercart/adapters/httpapi"
	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/core/cart"
	"github.com/evercart/evercart/core/es"
	"github.com/evercart/evercart/ports"
)

// moment is a cart at the end of a commit.
type moment struct {
	version ports.Version
	state   cart.State
}

// moments folds a cart's commits.
func moments(commits []ports.Commit) ([]moment, error) {
	out := []moment{{}}
	state := cart.State{}
	for _, c := range commits {
		for i := range c.Events {
			next, err := cart.Aggregate{}.Apply(cart.Aggregate{}.Clone(state), &c.Events[i])
			if err != nil {
				return nil, err
			}
			state = next
		}
		out = append(out, moment{c.Last, cart.Aggregate{}.Clone(state)})
	}
	return out, nil
}

// answersTrue: what recorded nothing was answered as the cart was at some moment
// between the command's coming and its answer; and not at all where the command had
// been recorded before it came: then it is answered as it was then. What was recorded
// was the caller's to command, and each cart that was shown is that of its moment.
func (s *shopping) answersTrue(all history) error {
	folded := map[string][]moment{}
	for stream, commits := range all {
		m, err := moments(commits)
		if err != nil {
			return err
		}
		folded[stream.ID] = m
	}
	var faults []error
	for _, o := range s.orders {
		at := o.recordedIn(all)
		faults = append(faults, o.rightful(all, folded[o.cart]))
		for i := range o.answers {
			a := &o.answers[i]
			if !o.true(a, at, folded[o.cart]) {
				faults = append(faults, fmt.Errorf("command %s, %T to cart %s, recorded at %v, was answered %+v between versions %d and %d", o.id, o.command, o.cart, at, a.outcome, a.from, a.to))
			}
		}
	}
	return errors.Join(faults...)
}

// true reports whether an answer is: of a command that was recorded, or of one that
// was not.
func (o *order) true(a *answer, at []ports.Version, folded []moment) bool {
	recorded := len(at) > 0
	if a.Refused == "" && recorded && (a.Version == int64(at[0]) || a.Version == 0 && a.Unsaid) && o.shows(a, momentOf(folded, at[0])) {
		said := a.Recorded || a.Replayed || o.way == direct
		return said || at[0] > a.from // who came later is told that it was recorded before
	}
	return !a.Recorded && !a.Replayed && (!recorded || at[0] > a.from) && o.justified(a, folded)
}

// momentOf returns the moment at a version.
func momentOf(folded []moment, v ports.Version) *moment {
	for i := range folded {
		if folded[i].version == v {
			return &folded[i]
		}
	}
	return &moment{version: -1} // which none has
}

// shows reports whether the cart that an answer shows, if it does, is that of the
// moment.
func (o *order) shows(a *answer, m *moment) bool {
	switch {
	case a.Shown == "":
		return true
	case o.way == direct:
		return a.Shown == shownDirectly(o.cart, &m.state)
	}
	return a.Shown == string(httpapi.AppendCart(nil, o.cart, m.version, &m.state))+"\n"
}

// rightful: the order was recorded where it could be, and is what was recorded.
func (o *order) rightful(all history, folded []moment) error {
	for _, c := range all[ports.StreamID{Category: cart.Category, ID: o.cart}] {
		if c.CommandID != o.id {
			continue
		}
		events, err := o.decide(momentOf(folded, c.First-1))
		if err != nil {
			return fmt.Errorf("command %s, %T by %+v to cart %s, is recorded from version %d on: %w", o.id, o.command, o.caller, o.cart, c.First, err)
		}
		if len(events) != len(c.Events) {
			return fmt.Errorf("command %s, %T to cart %s, is recorded from version %d on by %d events, want %d", o.id, o.command, o.cart, c.First, len(c.Events), len(events))
		}
	}
	return nil
}

// decide returns what the order leads to at a moment.
func (o *order) decide(m *moment) ([]cart.Event, error) {
	switch {
	case !generous{}.Admits(m.state, o.caller):
		return nil, generous{}.NotFound()
	case o.ifMatch > 0 && o.ifMatch != m.version:
		return nil, app.ErrVersionMismatch
	}
	return generous{}.Decide(cart.Aggregate{}.Clone(m.state), o.command)
}

// recordedIn returns the versions at which the order's commits end.
func (o *order) recordedIn(all history) (at []ports.Version) {
	for _, c := range all[ports.StreamID{Category: cart.Category, ID: o.cart}] {
		if c.CommandID == o.id {
			at = append(at, c.Last)
		}
	}
	return at
}

// justified reports whether an answer that nothing was recorded for was true at a
// moment in its time.
func (o *order) justified(a *answer, at []moment) bool {
	if len(at) == 0 {
		at = []moment{{}}
	}
	for i := range at {
		m := &at[i]
		if m.version < a.from || m.version > a.to {
			continue
		}
		events, err := o.decide(m)
		refusal, refused := errors.AsType[*es.Refusal](err)
		switch {
		case a.Refused != "" && refused && refusal.Code == a.Refused:
			return true
		case a.Refused == "" && err == nil && len(events) == 0 && (int64(m.version) == a.Version || a.Version == 0) && o.shows(a, m):
			return true
		}
	}
	return false
}
