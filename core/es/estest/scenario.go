package estest

import (
	"errors"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/evercart/evercart/core/es"
)

// start is the time of given events that At says nothing about.
var start = time.Date(2026, time.January, 5, 12, 0, 0, 0, time.UTC)

// Scenario is what was before the command.
type Scenario[S, C, E any] struct {
	t       testing.TB
	decider es.Decider[S, C, E]
	state   S
	pending []E
}

// Given starts from an aggregate to which events happened, in order. Without At
// they happened at noon of Monday, 5 January 2026, UTC.
func Given[S, C, E any](t testing.TB, d es.Decider[S, C, E], events ...E) *Scenario[S, C, E] {
	t.Helper()
	return &Scenario[S, C, E]{t: t, decider: d, state: d.Initial(), pending: slices.Clone(events)}
}

// At says when the events given since the last At happened. The zero time stands
// for events of the older form, which have none.
func (g *Scenario[S, C, E]) At(at time.Time) *Scenario[S, C, E] {
	for _, e := range g.pending {
		g.state = g.decider.Evolve(g.state, e, at)
	}
	g.pending = nil
	return g
}

// And gives more events, which happened after those before.
func (g *Scenario[S, C, E]) And(events ...E) *Scenario[S, C, E] {
	g.pending = append(g.pending, events...)
	return g
}

// When decides on a command. It fails the test if deciding changed the state.
func (g *Scenario[S, C, E]) When(command C) *Outcome[S, C, E] {
	g.t.Helper()
	g.At(start)
	before := g.decider.Clone(g.state)
	events, err := g.decider.Decide(g.state, command)
	if !reflect.DeepEqual(before, g.state) {
		g.t.Errorf("deciding on %+v changed the state\nfrom %+v\nto   %+v", command, before, g.state)
	}
	return &Outcome[S, C, E]{t: g.t, command: command, events: events, err: err}
}

// Outcome is what a command led to.
type Outcome[S, C, E any] struct {
	t       testing.TB
	command C
	events  []E
	err     error
}

// Then fails the test unless exactly these events were recorded, in order. At
// least one must be named: for none there is ThenNothing.
func (o *Outcome[S, C, E]) Then(events ...E) {
	o.t.Helper()
	switch {
	case len(events) == 0:
		o.t.Errorf("Then of %+v names no event: say ThenNothing or ThenRefused", o.command)
	case o.err != nil:
		o.t.Errorf("%+v: want %s, got refused: %v", o.command, list(events), o.err)
	case !reflect.DeepEqual(o.events, events):
		o.t.Errorf("%+v:\nwant %s\ngot  %s", o.command, list(events), list(o.events))
	}
}

// ThenNothing fails the test unless the command was accepted and recorded nothing.
func (o *Outcome[S, C, E]) ThenNothing() {
	o.t.Helper()
	switch {
	case o.err != nil:
		o.t.Errorf("%+v: want nothing recorded, got refused: %v", o.command, o.err)
	case len(o.events) > 0:
		o.t.Errorf("%+v: want nothing recorded, got %s", o.command, list(o.events))
	}
}

// ThenRefused fails the test unless the command was refused with the code of want,
// and recorded nothing.
func (o *Outcome[S, C, E]) ThenRefused(want *es.Refusal) {
	o.t.Helper()
	var refusal *es.Refusal
	switch {
	case o.err == nil:
		o.t.Errorf("%+v: want refused with %s, got %s", o.command, want.Code, list(o.events))
	case !errors.As(o.err, &refusal):
		o.t.Errorf("%+v: want refused with %s, got an error that is no refusal: %v", o.command, want.Code, o.err)
	case refusal.Code != want.Code:
		o.t.Errorf("%+v: want refused with %s, got %s: %v", o.command, want.Code, refusal.Code, refusal)
	case refusal.Message == "":
		o.t.Errorf("%+v: refused with %s, but without a message", o.command, want.Code)
	case len(o.events) > 0:
		o.t.Errorf("%+v: refused with %s, but recorded %s", o.command, want.Code, list(o.events))
	}
}
