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

// Command is a function that carries out the command that make makes of direct
// invocations.
func Command(make func(*lambdafn.Invocation) (cart.Command, error)) fx.Option {
	return fx.Options(stores.Events(), fx.Provide(func(b *functions.Base, store ports.EventStore) lambdafn.Handler {
		f := newFront(b, store)
		return f.handler(b, nil, (&lambdafn.Direct{Commands: f.commands, Queries: f.queries, Command: make}).Handle)
	}))
}

// GetCart is the function that shows a cart.
func GetCart() fx.Option { return Command(nil) }

// CartHistory is the function that shows a cart's events.
func CartHistory() fx.Option {
	return fx.Options(stores.Events(), fx.Provide(func(b *functions.Base, store ports.EventStore) lambdafn.Handler {
		f := newFront(b, store)
		return f.handler(b, nil, (&lambdafn.History{Queries: f.queries}).Handle)
	}))
}

// ListCarts is the function that lists carts.
func ListCarts() fx.Option {
	return fx.Options(stores.Both(), fx.Provide(func(b *functions.Base, store ports.EventStore, views *dynamostore.Views) lambdafn.Handler {
		reader := carts.NewViewReader(views, views)
		return newFront(b, store).handler(b, reader, (&lambdafn.List{Views: reader}).Handle)
	}))
}

// RelatedItems is the function that tells what else was in carts with an item.
func RelatedItems() fx.Option {
	return fx.Options(stores.Both(), fx.Provide(func(b *functions.Base, store ports.EventStore, views *dynamostore.Views) lambdafn.Handler {
		reader := carts.NewViewReader(views, views)
		return newFront(b, store).handler(b, reader, (&lambdafn.Related{Views: reader}).Handle)
	}))
}

// front is the use cases behind a function.
type front struct {
	commands *app.Commands[cart.State, cart.Command, cart.Event]
	queries  *app.Queries[cart.State, cart.Command, cart.Event]
}

func newFront(b *functions.Base, store ports.EventStore) *front {
	return &front{
		commands: app.NewCommands(cart.Aggregate{}, store, app.CommandOptions{
			Now: b.Now, NewID: b.IDs.New, CacheStreams: b.Config.CacheStreams, SnapshotEvery: b.Config.SnapshotEvery, Meter: b.Meter,
		}),
		queries: app.NewQueries(cart.Aggregate{}, store, b.Config.Source),
	}
}

// handler returns the handler of a function whose direct invocations are answered
// by direct. views is nil where no route of views leads to it.
func (f *front) handler(b *functions.Base, views carts.Views, direct lambdafn.Handler) lambdafn.Handler {
	api := httpapi.New(httpapi.Config{
		Commands: f.commands, Queries: f.queries, Views: views, Tokens: lambdafn.GatewayTokens{},
		NewCartID: newSecretID, NewCommandID: newSecretID, Meter: b.Meter, Log: b.Log, Timeout: b.Config.Timeout, Now: b.Now,
	})
	return (&lambdafn.Front{Gateway: lambdafn.Gateway{Handler: api}, Direct: direct}).Handle
}

// newSecretID makes IDs that cannot be guessed.
func newSecretID() string { return uuid.Must(uuid.NewV7()).String() }
