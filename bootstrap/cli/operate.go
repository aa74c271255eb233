package cli

import (
	"context"
	"log/slog"

	"github.com/evercart/evercart/bootstrap"
	"github.com/evercart/evercart/core/es"
)

// operator is the caller of every command: the one whom the installation trusts.
func operator() es.Caller { return es.Caller{Operator: true} }

// operate runs work with the use cases over the configured backend, within the
// configured time.
func operate(ctx context.Context, out *output, config bootstrap.Config, work func(context.Context, *bootstrap.Operator) error) error {
	return operateLong(ctx, out, config, func(ctx context.Context, op *bootstrap.Operator) error {
		ctx, cancel := context.WithTimeout(ctx, config.Timeout)
		defer cancel()
		return work(ctx, op)
	})
}

// operateLong runs work that may take as long as it takes.
func operateLong(ctx context.Context, out *output, config bootstrap.Config, work func(context.Context, *bootstrap.Operator) error) error {
	var op bootstrap.Operator
	log := out.logger(max(config.LogLevel, slog.LevelWarn))
	return bootstrap.Run(ctx, bootstrap.Operate(config, log, &op), stopMargin, func(ctx context.Context) error {
		return work(ctx, &op)
	})
}
