package fronts

import (
	"github.com/google/uuid"
	"go.uber.org/fx"

	"github.com/evercart/evercart/adapters/dynamostore"
	"github.com/evercart/evercart/adapters/httpapi"
	"github.com/evercart/evercart/adapters/lambdafn"
	"github.com/evercart/evercart/bootstrap/functions"
	"github.com/evercart/evercart/bootstrap/functions/stores"
	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/core/app/carts"
	"github.com/evercart/evercart/core/cart"
	"github.com/evercart/evercart/ports"
)

// Each front has the routes that its own use cases answer, and links no other: what
// a query's function cannot do, its role need not forbid.

// Command is a function that carries out the command that make makes of direct
// invocations.
func Command(make func(*lambdafn.Invocation) (cart.Command, error)) fx.Option {
	return fx.Options(stores.Events(), fx.Provide(func(b *functions.Base, store ports.EventStore) lambdafn.Handler {
		commands := app.NewCommands(cart.Aggregate{}, store, app.CommandOptions{
			Now: b.Now, NewID: b.IDs.New, CacheStreams: b.Config.CacheStreams, SnapshotEvery: b.Config.SnapshotEvery, Meter: b.Meter,
		})
		return front(b, httpapi.Config{Commands: commands}, (&lambdafn.Direct{Commands: commands, Command: make, Meter: b.Meter}).Handle)
	}))
}

// GetCart is the function that shows a cart.
func GetCart() fx.Option {
	return query(func(queries *queries) lambdafn.Handler { return (&lambdafn.DirectGet{Queries: queries}).Handle })
}

// CartHistory is the function that shows a cart's events.
func CartHistory() fx.Option {
	return query(func(queries *queries) lambdafn.Handler { return (&lambdafn.History{Queries: queries}).Handle })
}

type queries = app.Queries[cart.State, cart.Command, cart.Event]

func query(direct func(*queries) lambdafn.Handler) fx.Option {
	return fx.Options(stores.Events(), fx.Provide(func(b *functions.Base, store ports.EventStore) lambdafn.Handler {
		queries := app.NewQueries(cart.Aggregate{}, store, b.Config.Source)
		return front(b, httpapi.Config{Queries: queries}, direct(queries))
	}))
}

// ListCarts is the function that lists carts.
func ListCarts() fx.Option {
	return view(func(views carts.Views) lambdafn.Handler { return (&lambdafn.List{Views: views}).Handle })
}

// RelatedItems is the function that tells what else was in carts with an item.
func RelatedItems() fx.Option {
	return view(func(views carts.Views) lambdafn.Handler { return (&lambdafn.Related{Views: views}).Handle })
}

func view(direct func(carts.Views) lambdafn.Handler) fx.Option {
	return fx.Options(stores.Views(), fx.Provide(func(b *functions.Base, views *dynamostore.Views) lambdafn.Handler {
		reader := carts.NewViewReader(views, views)
		return front(b, httpapi.Config{Views: reader}, direct(reader))
	}))
}

// front returns the handler of a function that answers requests by the use cases in
// api, and direct invocations by direct.
func front(b *functions.Base, api httpapi.Config, direct lambdafn.Handler) lambdafn.Handler {
	api.Tokens, api.NewCartID, api.NewCommandID = lambdafn.GatewayTokens{}, newSecretID, newSecretID
	api.Meter, api.Log, api.Timeout, api.Now = b.Meter, b.Log, b.Config.Timeout, b.Now
	return (&lambdafn.Front{Gateway: lambdafn.Gateway{Handler: httpapi.New(api)}, Direct: direct}).Handle
}

// newSecretID makes IDs that cannot be guessed.
func newSecretID() string { return uuid.Must(uuid.NewV7()).String() }
