package simulation_test

import (
	"errors"
	"fmt"

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
// been recorded before it came: then it is answered as it was then.
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
		for _, a := range o.answers {
			if a.Recorded || a.Replayed {
				continue
			}
			if len(at) > 0 && at[0] <= a.from {
				faults = append(faults, fmt.Errorf("command %s, recorded at version %d, was answered %+v after version %d", o.id, at[0], a.outcome, a.from))
			}
			if !o.justified(&a, folded[o.cart]) {
				faults = append(faults, fmt.Errorf("command %s, %T to cart %s, was answered %+v between versions %d and %d", o.id, o.command, o.cart, a.outcome, a.from, a.to))
			}
		}
	}
	return errors.Join(faults...)
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

// justified reports whether an answer was true at a moment in its time.
func (o *order) justified(a *answer, at []moment) bool {
	if len(at) == 0 {
		at = []moment{{}}
	}
	for _, m := range at {
		if m.version < a.from || m.version > a.to {
			continue
		}
		events, err := generous{}.Decide(cart.Aggregate{}.Clone(m.state), o.command)
		refusal, refused := errors.AsType[*es.Refusal](err)
		switch {
		case a.Refused != "" && refused && refusal.Code == a.Refused:
			return true
		case a.Refused == "" && err == nil && len(events) == 0 && int64(m.version) == a.Version:
			return true
		}
	}
	return false
}
