package cli

import (
	"context"
	"time"

	"go.uber.org/fx"

	"github.com/evercart/evercart/bootstrap"
)

type serveCommand struct {
	Addr *string `help:"Where to listen; port 0 takes a free one. Default: EVERCART_ADDR, or 127.0.0.1:8080." placeholder:"HOST:PORT"`
}

// Help is shown by 'evercart serve --help'.
func (*serveCommand) Help() string {
	return `Serves the HTTP API and runs the pipeline: relay, archive and views. All data is in the
folder of --data. Several processes may use one folder; one of them runs the pipeline, and another
takes over when it stops. SIGTERM or Ctrl-C lets requests in flight finish; a second one ends at once.

  evercart serve --addr 127.0.0.1:8080 --data ./data`
}

// Run serves until ctx ends.
func (*serveCommand) Run(ctx context.Context, out *output, config bootstrap.Config) error {
	log := out.logger(config.LogLevel)
	program := fx.Options(bootstrap.Serve(config, log, out.stdout), bootstrap.CalledAs(out.called.typed))
	code, err := bootstrap.RunUntilStopped(ctx, program, config.ShutdownTimeout+stopMargin)
	switch {
	case err != nil:
		return err
	case code != exitOK:
		return &silentExit{code: code}
	}
	log.Info("stopped")
	return nil
}

// stopMargin is what a stop may take beyond the requests in flight.
const stopMargin = 10 * time.Second
