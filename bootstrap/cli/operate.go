package cli

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"go.uber.org/fx"

	"github.com/evercart/evercart/bootstrap"
	"github.com/evercart/evercart/core/es"
)

// operator is the caller of every command: the one whom the installation trusts.
func operator() es.Caller { return es.Caller{Operator: true} }

// work is what a command does, with the use cases over the configured backend.
type work func(ctx context.Context, op *bootstrap.Operator) error

// operate runs work on data that is there, within the configured time.
func operate(ctx context.Context, out *output, config bootstrap.Config, w work) error {
	return operateLong(ctx, out, config, within(config.Timeout, w))
}

// operateLong runs work that may take as long as it takes, on data that is there.
func operateLong(ctx context.Context, out *output, config bootstrap.Config, w work) error {
	return onData(ctx, out, config, bootstrap.Operate, w)
}

// look is operate for work that only reads, and lookLong is operateLong for such.
func look(ctx context.Context, out *output, config bootstrap.Config, w work) error {
	return lookLong(ctx, out, config, within(config.Timeout, w))
}

func lookLong(ctx context.Context, out *output, config bootstrap.Config, w work) error {
	return onData(ctx, out, config, bootstrap.Look, w)
}

// operateNew is operateLong for work that may begin an installation: it makes a data
// folder where there is none.
func operateNew(ctx context.Context, out *output, config bootstrap.Config, w work) error {
	return run(ctx, out, config, bootstrap.Operate, w)
}

// within returns w, bounded in time.
func within(timeout time.Duration, w work) work {
	return func(ctx context.Context, op *bootstrap.Operator) error {
		ctx, cancel := context.WithTimeout(ctx, timeout)
		defer cancel()
		return w(ctx, op)
	}
}

// program is bootstrap.Operate or bootstrap.Look.
type program func(bootstrap.Config, *slog.Logger, *bootstrap.Operator) fx.Option

func onData(ctx context.Context, out *output, config bootstrap.Config, p program, w work) error {
	if err := bootstrap.RequireData(config); err != nil {
		return fmt.Errorf("%w; --data or EVERCART_DATA names another, and %s makes this one", err, out.hint("serve"))
	}
	return run(ctx, out, config, p, w)
}

func run(ctx context.Context, out *output, config bootstrap.Config, p program, w work) error {
	var op bootstrap.Operator
	log := out.logger(max(config.LogLevel, slog.LevelWarn))
	return bootstrap.Run(ctx, p(config, log, &op), stopMargin, func(ctx context.Context) error { return w(ctx, &op) })
}
