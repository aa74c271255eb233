package cart

import (
	"time"

	"github.com/evercart/evercart/core/es"
)

// Aggregate is the cart as core/es knows it. The zero value is ready; it holds
// nothing, and any number of goroutines may use it.
type Aggregate struct{}

var _ es.Aggregate[State, Command, Event] = Aggregate{}

// Category returns "cart".
func (Aggregate) Category() string { return Category }

// Initial returns the state of a cart that has no events.
func (Aggregate) Initial() State { return State{} }

// Decide returns the events that c leads to in state s, or a *es.Refusal. A nil
// command records nothing. The events share no changeable memory with s.
func (Aggregate) Decide(s State, c Command) ([]Event, error) { return decide(&s, c) }

// Evolve returns the state after e, recorded at that time; it may reuse the lines
// of s. It keeps no reference to slices in e.
func (Aggregate) Evolve(s State, e Event, at time.Time) State {
	s.evolve(e, at)
	return s
}

// Clone returns a state with lines of its own.
func (Aggregate) Clone(s State) State { return s.clone() }

// Admits reports whether caller may see and change the cart: its owner may, the
// operator may, and a cart without an owner is open to whoever knows its ID.
func (Aggregate) Admits(s State, caller es.Caller) bool {
	return caller.Operator || s.Owner == "" || s.Owner == caller.Subject
}

// NotFound returns ErrNotFound.
func (Aggregate) NotFound() *es.Refusal { return ErrNotFound }
