package bootstrap

import (
	"log/slog"

	"go.uber.org/fx"

	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/core/app/carts"
	"github.com/evercart/evercart/ports"
)

// Operator is what the operator's commands work with.
type Operator struct {
	fx.In

	Store      ports.EventStore
	Effects    ports.Effects
	Commands   *CartCommands
	Queries    *CartQueries
	Lists      *carts.ViewReader
	Views      ports.ViewStore
	Catalog    ports.ViewCatalog
	Positions  ports.Positions
	Feed       ports.FeedReader // nil where functions of AWS run the pipeline
	Quarantine ports.Quarantine
	Redriver   *app.Redriver
	Checks     app.VerifyPorts
	Backfiller *app.Backfiller
	Restorer   *app.Restorer
	Leases     ports.Leases
	Notify     *app.Notify
	Replays    *app.ReplayRunner
	Sink       *app.DirectSink
	Jobs       ports.ReplayJobs
	Projectors []Projector
	Cloud      Cloud
	Now        Clock
}

// Operate is the program of every operator's command: the use cases, without
// server and pipeline. It fills in op when it starts.
func Operate(c Config, log *slog.Logger, op *Operator) fx.Option {
	return operate(c, log, op, operating)
}

// Look is Operate for commands that only read. What of the data is not there reads as
// empty, and is not made.
func Look(c Config, log *slog.Logger, op *Operator) fx.Option { return operate(c, log, op, looking) }

func operate(c Config, log *slog.Logger, op *Operator, a access) fx.Option {
	return fx.Options(
		core(c, log, a),
		fx.Provide(func() ports.Meter { return ports.NoMeter{} }),
		fx.Populate(op),
	)
}
