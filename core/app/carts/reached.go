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
//
// Of a cart that is not closed the view related has nothing to tell, and where its
// consumer gets closed carts only, it never hears of it: there the view carts says
// that the cart is open.
func (r *ViewReader) Reached(ctx context.Context, view string, seen []Seen, caller es.Caller) (bool, error) {
	behind, err := r.behind(ctx, view, seen, caller, func(cart.State) bool { return true })
	if err != nil || len(behind) == 0 || view != (cart.RelatedView{}).Name() {
		return err == nil && len(behind) == 0, err
	}
	behind, err = r.behind(ctx, cart.CartsView{}.Name(), behind, caller, func(s cart.State) bool { return s.Status == cart.StatusOpen })
	return err == nil && len(behind) == 0, err
}

// behind returns what of seen a view does not tell of: to caller, and in a state as
// wanted.
func (r *ViewReader) behind(ctx context.Context, view string, seen []Seen, caller es.Caller, wanted func(cart.State) bool) ([]Seen, error) {
	target, ok, err := r.live(ctx, view)
	if err != nil || !ok {
		return seen, err
	}
	streams := make([]ports.StreamID, len(seen))
	for i := range seen {
		streams[i] = ports.StreamID{Category: cart.Category, ID: seen[i].ID}
	}
	checkpoints, err := r.views.Checkpoints(ctx, target, streams)
	if err != nil {
		return seen, err
	}
	var behind []Seen
	for i := range checkpoints {
		c := &checkpoints[i]
		if state, known := stateOf(c); c.Version < seen[i].Version || !known && !caller.Operator || !(cart.Aggregate{}).Admits(state, caller) || !wanted(state) {
			behind = append(behind, seen[i])
		}
	}
	return behind, nil
}

// stateOf returns the state of a checkpoint; false for one in another program's form,
// which admits only the operator, until the cart changes again.
func stateOf(c *ports.Checkpoint) (cart.State, bool) {
	carts := cart.Aggregate{}
	state, _, err := es.ReadSnapshot(carts, &ports.Snapshot{Version: c.Version, Schema: carts.SnapshotSchema(), Data: c.State})
	return state, err == nil
}
