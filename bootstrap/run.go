package bootstrap

import (
	"context"
	"time"

	"go.uber.org/dig"
	"go.uber.org/fx"
)

// startTimeout bounds the start of a program.
const startTimeout = time.Minute

// Run starts a program, runs work, and stops the program. The error is the first
// that start, work or stop gave, without what fx says around it.
func Run(ctx context.Context, program fx.Option, stopTimeout time.Duration, work func(context.Context) error) error {
	fxapp := fx.New(program, fx.StartTimeout(startTimeout), fx.StopTimeout(stopTimeout))
	if err := fxapp.Err(); err != nil {
		return dig.RootCause(err)
	}
	start, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	if err := fxapp.Start(start); err != nil {
		return advise(dig.RootCause(err))
	}
	err := advise(work(ctx))
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
	defer cancel()
	if stopErr := fxapp.Stop(stop); err == nil {
		err = stopErr
	}
	return err
}

// RunUntilStopped runs a program until ctx ends or the program stops itself, and
// returns its exit code.
func RunUntilStopped(ctx context.Context, program fx.Option, stopTimeout time.Duration) (int, error) {
	fxapp := fx.New(program, fx.StartTimeout(startTimeout), fx.StopTimeout(stopTimeout))
	if err := fxapp.Err(); err != nil {
		return 1, dig.RootCause(err)
	}
	// A stop that comes during the start takes effect after it.
	start, cancel := context.WithTimeout(context.WithoutCancel(ctx), startTimeout)
	defer cancel()
	if err := fxapp.Start(start); err != nil {
		return 1, advise(dig.RootCause(err))
	}
	code := 0
	select {
	case <-ctx.Done():
	case signal := <-fxapp.Wait():
		code = signal.ExitCode
	}
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
	defer cancel()
	if err := fxapp.Stop(stop); err != nil {
		return 1, err
	}
	return code, nil
}
