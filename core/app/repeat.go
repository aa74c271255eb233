package app

import (
	"context"
	"time"
)

// repeat takes step after step until ctx ends. After a step that fails it tells of
// it, with the number of failures in a row, and waits: backoff at first, doubled up to
// 32 times as much.
func repeat(ctx context.Context, backoff time.Duration, step func(context.Context) error, failed func(inARow int, err error)) {
	for failures := 0; ctx.Err() == nil; {
		err := step(ctx)
		switch {
		case err == nil:
			failures = 0
		case ctx.Err() != nil:
			return
		default:
			failed(failures+1, err)
			sleep(ctx, backoff<<min(failures, 5))
			failures++
		}
	}
}

// sleep waits for d, or for the context's end.
func sleep(ctx context.Context, d time.Duration) {
	if d <= 0 {
		return
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
