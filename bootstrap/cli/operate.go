package cli

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/evercart/evercart/bootstrap"
	"github.com/evercart/evercart/core/es"
)

// operator is the caller of every command: the one whom the installation trusts.
func operator() es.Caller { return es.Caller{Operator: true} }

// operate runs work with the use cases over the configured backend, on data that is
// there and within the configured time.
func operate(ctx context.Context, out *output, config bootstrap.Config, work func(context.Context, *bootstrap.Operator) error) error {
	return operateLong(ctx, out, config, func(ctx context.Context, op *bootstrap.Operator) error {
		ctx, cancel := context.WithTimeout(ctx, config.Timeout)
		defer cancel()
		return work(ctx, op)
	})
}

// operateLong runs work that may take as long as it takes, on data that is there.
func operateLong(ctx context.Context, out *output, config bootstrap.Config, work func(context.Context, *bootstrap.Operator) error) error {
	if err := bootstrap.RequireData(config); err != nil {
		return fmt.Errorf("%w; --data or EVERCART_DATA names another", err)
	}
	return operateNew(ctx, out, config, work)
}

// operateNew is operateLong for work that may begin an installation: it makes a data
// folder where there is none.
func operateNew(ctx context.Context, out *output, config bootstrap.Config, work func(context.Context, *bootstrap.Operator) error) error {
	var op bootstrap.Operator
	log := out.logger(max(config.LogLevel, slog.LevelWarn))
	return bootstrap.Run(ctx, bootstrap.Operate(config, log, &op), stopMargin, func(ctx context.Context) error {
		return work(ctx, &op)
	})
}
