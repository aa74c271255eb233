package demo

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/core/cart"
)

// Options say which shop is made up.
type Options struct {
	Carts int    // 1 or more
	Seed  uint64 // the same seed makes the same carts
	Weeks int    // over how many weeks, 1 or more
	// Until is when the last of those weeks ends: everything happens before it.
	Until time.Time
	// RemindAfter is after how long a shopper is reminded of a cart left alone. A cart
	// that will be due is reminded in time, or, where Now is beyond Until, closed when
	// it would be due between the two: so none is due at once, when it is there.
	RemindAfter time.Duration
	Now         time.Time
}

// Step is one command of the demo, at its instant.
type Step struct {
	At time.Time
	app.Request[cart.Command]
}

// Plan returns all commands in the order of their instants. Each of them records
// something.
func Plan(o Options) []Step {
	var steps []Step
	for i := range o.Carts {
		// Each cart has dice of its own, so that more carts change none of the others.
		dice := rand.New(rand.NewPCG(o.Seed, uint64(i))) //nolint:gosec // a demo is no secret
		c := visitor{Options: &o, dice: dice, id: CartID(o.Seed, i), number: i}
		steps = append(steps, c.shop()...)
	}
	slices.SortStableFunc(steps, func(a, b Step) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ID, b.ID))
	})
	return steps
}

// CartID returns the ID of the i-th cart of a seed, from 0.
func CartID(seed uint64, i int) string {
	return cart.IDForKey("evercart demo", fmt.Sprintf("seed %d, cart %d", seed, i))
}
