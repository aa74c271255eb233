package bootstrap

import (
	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/core/cart"
	"github.com/evercart/evercart/ports"
)

// Verifier proves that carts and their archive are whole.
type Verifier = app.Verifier[cart.State, cart.Command, cart.Event]

// NewVerifier returns a verifier of carts.
func NewVerifier(p app.VerifyPorts) *Verifier { return app.NewVerifier(cart.Aggregate{}, p) }

// newChecks returns what verifiers and backfills look at.
func newChecks(
	now Clock, scanner ports.StoreScanner, archive ports.Archive, scratch ports.Scratch,
	changes ports.ChangeFeed, feed ports.FeedReader, positions ports.Positions,
) app.VerifyPorts {
	checks := app.VerifyPorts{Scanner: scanner, Archive: archive, Scratch: scratch, Now: now}
	if changes != nil {
		checks.Reach = &app.Reach{Changes: changes, Feed: feed, Positions: positions}
	}
	return checks
}

func newBackfiller(c Config, checks app.VerifyPorts, store ports.EventStore, publisher ports.Publisher) *app.Backfiller {
	return &app.Backfiller{VerifyPorts: checks, Category: cart.Category, Store: store, Publisher: publisher, Source: c.Source}
}
