package envelope

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/evercart/evercart/ports"
)

// Commit puts the published events of one commit together again; they may come in
// any order, and the same event more than once. It returns an error that says
// what is missing or does not fit.
//
// For any commit without a snapshot, Commit(c.Published(source)) is c. It does
// not change events, and checks no hash (core/es does).
func Commit(events []ports.Published) (ports.Commit, error) {
	if len(events) == 0 {
		return ports.Commit{}, errors.New("no events to make a commit of")
	}
	sorted := slices.Clone(events)
	slices.SortStableFunc(sorted, func(a, b ports.Published) int { return cmp.Compare(a.Version, b.Version) })
	first := &sorted[0]
	c := ports.Commit{
		Stream: first.Stream, First: first.CommitFirst, Last: first.CommitLast,
		CommandID: first.CommandID, Fingerprint: first.Fingerprint, Hash: first.CommitHash,
		Events: make([]ports.Event, 0, len(sorted)),
	}
	for i := range sorted {
		if err := join(&c, &sorted[i]); err != nil {
			return ports.Commit{}, fmt.Errorf("commit of %s at version %d: %w", c.Stream, c.First, err)
		}
	}
	if next := c.First + ports.Version(len(c.Events)); next <= c.Last {
		return ports.Commit{}, fmt.Errorf("commit of %s at version %d: the event at version %d is missing", c.Stream, c.First, next)
	}
	if err := c.Validate(); err != nil {
		return ports.Commit{}, err
	}
	return c, nil
}

// join appends p, the next event in the order of versions, to c.
func join(c *ports.Commit, p *ports.Published) error {
	next := c.First + ports.Version(len(c.Events))
	switch {
	case p.Stream != c.Stream:
		return fmt.Errorf("an event is of stream %s", p.Stream)
	case p.CommitFirst != c.First || p.CommitLast != c.Last:
		return fmt.Errorf("the event at version %d is of a commit of versions %d to %d, not %d to %d",
			p.Version, p.CommitFirst, p.CommitLast, c.First, c.Last)
	case p.CommandID != c.CommandID:
		return fmt.Errorf("the event at version %d has another command ID, %q", p.Version, p.CommandID)
	case p.Fingerprint != c.Fingerprint:
		return fmt.Errorf("the event at version %d has another fingerprint, %x", p.Version, p.Fingerprint)
	case p.CommitHash != c.Hash:
		return fmt.Errorf("the event at version %d has another hash of the commit, %x", p.Version, p.CommitHash)
	case p.Version < c.First || p.Version > c.Last:
		return fmt.Errorf("the event at version %d is outside of versions %d to %d", p.Version, c.First, c.Last)
	case p.Version > next:
		return fmt.Errorf("the event at version %d is missing", next)
	case p.Version == next:
		c.Events = append(c.Events, p.Event)
		return nil
	}
	if last := &c.Events[len(c.Events)-1]; !sameEvent(last, &p.Event) {
		return fmt.Errorf("two events at version %d: %s and %s", p.Version, last.ID, p.ID)
	}
	return nil
}

// sameEvent reports whether a and b are one event that came twice.
func sameEvent(a, b *ports.Event) bool {
	same := *b
	same.Time = a.Time
	return *a == same && a.Time.Equal(b.Time)
}
