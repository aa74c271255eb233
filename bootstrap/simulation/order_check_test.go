package simulation_test

import (
	"errors"
	"fmt"

	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/envelope"
)

// feedOrder watches in which order events come to the feed for the first time.
type feedOrder struct {
	highest map[ports.StreamID]ports.Version
	broken  []error
}

func (o *feedOrder) published(data []byte) {
	event, err := envelope.ParseWire(string(data))
	if err != nil {
		o.broken = append(o.broken, fmt.Errorf("an event on the feed cannot be read: %w", err))
		return
	}
	switch last := o.highest[event.Stream]; {
	case event.Version == last+1:
		o.highest[event.Stream] = event.Version
	case event.Version > last+1:
		o.broken = append(o.broken, fmt.Errorf("version %d of %s is on the feed before version %d", event.Version, event.Stream, last+1))
		o.highest[event.Stream] = event.Version
	}
}

// feedInOrder: where the table's stream keeps the order of a cart's changes, and the
// relay's mapping gives none up, so does the feed.
func (w *world) feedInOrder() error {
	if w.plan.reorder > 0 || w.plan.outage > 0 || w.plan.injected["mapping: batch given up by relay"] > 0 {
		return nil
	}
	return errors.Join(w.order.broken...)
}
