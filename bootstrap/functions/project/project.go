// Package project wires the functions that keep views.
package project

import (
	"go.uber.org/fx"

	"github.com/evercart/evercart/adapters/dynamostore"
	"github.com/evercart/evercart/adapters/lambdafn"
	"github.com/evercart/evercart/bootstrap/functions"
	"github.com/evercart/evercart/bootstrap/functions/stores"
	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/core/cart"
	"github.com/evercart/evercart/core/es"
	"github.com/evercart/evercart/ports"
)

// View is the function that keeps a view of carts: from the feed, and from the
// replays that build its generations. On a schedule it tries parked streams again, and
// it finishes its rebuilds when function replay says so.
func View(view es.View[cart.State]) fx.Option {
	return fx.Options(stores.Both(), fx.Provide(func(b *functions.Base, store ports.EventStore, views *dynamostore.Views) lambdafn.Handler {
		projector := app.NewProjector(cart.Aggregate{}, view, store, views, views, views, b.TrackOptions())
		rebuilder := &app.Rebuilder{
			Catalog: views, Views: views, Now: b.Now, Log: b.Log,
			Kinds: map[string]app.ViewKind{projector.Name(): {Category: projector.Category(), CatchUp: projector.CatchUp}},
		}
		consumer := &lambdafn.Consumer{
			Consumer: projector, Replay: projector.HandleFor, RetryParked: projector.RetryParked, Finish: rebuilder.FinishFrom,
			Quarantine: views, Meter: b.Meter, Now: b.Now, Log: b.Log,
		}
		return consumer.Handle
	}))
}
