package app

import (
	"context"
	"sync"
)

// parallel runs n workers and hands each what produce sends to it, in order. It
// returns when all is worked off, with the first error: of a worker, of produce or
// of the context. After an error the rest is not worked off, and send returns an
// error.
func parallel[T any](
	ctx context.Context, n int,
	produce func(ctx context.Context, send func(worker int, job T) error) error,
	work func(ctx context.Context, worker int, job T) error,
) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var running sync.WaitGroup
	queues := make([]chan T, n)
	for worker := range queues {
		queues[worker] = make(chan T, 2)
		running.Go(func() {
			for job := range queues[worker] {
				if ctx.Err() != nil {
					return
				}
				if err := work(ctx, worker, job); err != nil {
					cancel(err)
				}
			}
		})
	}
	err := produce(ctx, func(worker int, job T) error {
		select {
		case queues[worker] <- job:
			return nil
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	})
	for _, queue := range queues {
		close(queue)
	}
	running.Wait()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}
