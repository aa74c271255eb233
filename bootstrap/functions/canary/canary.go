// Package canary wires the function that sends a cart of its own through the whole
// installation.
package canary

import (
	"context"

	"github.com/google/uuid"
	"go.uber.org/fx"

	"github.com/evercart/evercart/adapters/dynamostore"
	"github.com/evercart/evercart/adapters/lambdafn"
	"github.com/evercart/evercart/bootstrap/functions"
	"github.com/evercart/evercart/bootstrap/functions/archive"
	"github.com/evercart/evercart/bootstrap/functions/stores"
	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/core/app/carts"
	"github.com/evercart/evercart/core/cart"
	"github.com/evercart/evercart/ports"
)

// Canary is the function canary.
func Canary() fx.Option {
	return fx.Options(stores.Both(), archive.S3(), fx.Provide(newHandler))
}

// outcome is what a run answers.
type outcome struct {
	Cart           string  `json:"cart"`
	ViewSeconds    float64 `json:"view_seconds"`    // from the cart's close until the view carts showed it
	ArchiveSeconds float64 `json:"archive_seconds"` // the same of the archive
}

func newHandler(b *functions.Base, store ports.EventStore, views *dynamostore.Views, archive ports.Archive) lambdafn.Handler {
	commands := app.NewCommands(cart.Aggregate{}, store, app.CommandOptions{
		Now: b.Now, NewID: b.IDs.New, SnapshotEvery: b.Config.SnapshotEvery, Meter: b.Meter,
	})
	canary := &carts.Canary{
		Commands: commands, Views: carts.NewViewReader(views, views), Archive: archive,
		NewID: func() string { return uuid.Must(uuid.NewV7()).String() }, Now: b.Now, Meter: b.Meter,
	}
	job := &lambdafn.Job{Run: func(ctx context.Context) (any, error) {
		report, err := canary.Run(ctx)
		return outcome{report.Cart, report.View.Seconds(), report.Archive.Seconds()}, err
	}}
	return job.Handle
}
