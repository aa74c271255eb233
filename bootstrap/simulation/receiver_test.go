package simulation_test

import (
	"context"

	"github.com/evercart/evercart/ports"
)

// receiver is the outside world: it takes notifications.
type receiver struct {
	w    *world
	told map[string]int // by the event's ID: how often
}

// Notify implements ports.Notifier.
func (r *receiver) Notify(ctx context.Context, n ports.Notification) error {
	return ask(ctx, r.w, "receiver", n.ID, func() error {
		r.told[n.ID]++
		return nil
	})
}
