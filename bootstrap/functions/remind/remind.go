// Package remind wires the process manager that has shoppers reminded.
package remind

import (
	"context"

	"go.uber.org/fx"

	"github.com/evercart/evercart/adapters/dynamostore"
	"github.com/evercart/evercart/adapters/lambdafn"
	"github.com/evercart/evercart/bootstrap/functions"
	"github.com/evercart/evercart/bootstrap/functions/stores"
	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/core/app/carts"
	"github.com/evercart/evercart/core/cart"
	"github.com/evercart/evercart/ports"
)

// Remind is the function remind, which runs on a schedule.
func Remind() fx.Option {
	return fx.Options(stores.Both(), fx.Provide(newHandler))
}

// outcome is what a run answers.
type outcome struct {
	Reminded int `json:"reminded"` // shoppers
}

func newHandler(b *functions.Base, store ports.EventStore, views *dynamostore.Views) lambdafn.Handler {
	commands := app.NewCommands(cart.Aggregate{}, store, app.CommandOptions{
		Now: b.Now, NewID: b.IDs.New, SnapshotEvery: b.Config.SnapshotEvery, Meter: b.Meter,
	})
	reminder := &carts.Reminder{Commands: commands, Views: views, Catalog: views, After: b.Config.RemindAfter, Now: b.Now, Log: b.Log}
	job := &lambdafn.Job{Run: func(ctx context.Context) (any, error) {
		n, err := reminder.Run(ctx)
		return outcome{Reminded: n}, err
	}}
	return job.Handle
}
