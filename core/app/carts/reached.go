package carts

import (
	"context"

	"github.com/evercart/evercart/core/cart"
	"github.com/evercart/evercart/core/es"
	"github.com/evercart/evercart/ports"
)

// Seen is a version of a cart that somebody has seen, and expects views to tell of.
type Seen struct {
	ID      string
	Version ports.Version // 1 or more
}

// Reached reports whether the live generation of a view (cart.CartsView's or
// cart.RelatedView's name) tells of all that was seen. A cart that the caller may
// not see is never reached, as one that does not exist.
func (r *ViewReader) Reached(ctx context.Context, view string, seen []Seen, caller es.Caller) (bool, error) {
	target, ok, err := r.live(ctx, view)
	if err != nil || !ok {
		return false, err
	}
	streams := make([]ports.StreamID, len(seen))
	for i := range seen {
		streams[i] = ports.StreamID{Category: cart.Category, ID: seen[i].ID}
	}
	checkpoints, err := r.views.Checkpoints(ctx, target, streams)
	if err != nil {
		return false, err
	}
	for i := range checkpoints {
		if checkpoints[i].Version < seen[i].Version || !admitted(&checkpoints[i], caller) {
			return false, nil
		}
	}
	return true, nil
}

// admitted reports whether caller may see the cart of a checkpoint. A state in
// another program's form admits only the operator, until the cart changes again.
func admitted(c *ports.Checkpoint, caller es.Caller) bool {
	if caller.Operator {
		return true
	}
	carts := cart.Aggregate{}
	state, _, err := es.ReadSnapshot(carts, &ports.Snapshot{Version: c.Version, Schema: carts.SnapshotSchema(), Data: c.State})
	return err == nil && carts.Admits(state, caller)
}
