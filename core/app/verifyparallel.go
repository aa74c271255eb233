package app

import (
	"context"
	"sync"
)

// parallel runs n workers, of which each takes what produce sends to its queue, in
// order: with as many queues as workers the one of its number, with one queue all
// share it. It returns when all is worked off, with the first error: of a worker,
// of produce or of the context. After an error the rest is not worked off, and send
// returns an error.
func parallel[T any](
	ctx context.Context, n, queues int,
	produce func(ctx context.Context, send func(queue int, job T) error) error,
	work func(ctx context.Context, worker int, job T) error,
) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var running sync.WaitGroup
	waiting := make([]chan T, queues)
	for i := range waiting {
		waiting[i] = make(chan T, 2)
	}
	for worker := range n {
		running.Go(func() {
			for job := range waiting[worker%queues] {
				if ctx.Err() != nil {
					return
				}
				if err := work(ctx, worker, job); err != nil {
					cancel(err)
				}
			}
		})
	}
	err := produce(ctx, func(queue int, job T) error {
		select {
		case waiting[queue] <- job:
			return nil
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	})
	for _, queue := range waiting {
		close(queue)
	}
	running.Wait()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}
