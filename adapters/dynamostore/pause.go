package dynamostore

import (
	"context"
	"errors"
	"time"
)

// maxIdle is how many tries in a row may process nothing.
const maxIdle = 8

var errUnprocessed = errors.New("nothing of what was asked was processed, try after try")

// WithSpread makes the views draw their pauses, from 0 up to what spread is given,
// from spread and not from the process's random source. It is called before the
// views are used.
func (v *Views) WithSpread(spread func(below time.Duration) time.Duration) *Views {
	v.spread = spread
	return v
}

// backoff waits before another try of what DynamoDB left undone: not before the
// first, then for a random while of at most 20 ms, doubled up to 1.28 s.
func (v *Views) backoff(ctx context.Context, idle int) error {
	if idle == 0 {
		return ctx.Err()
	}
	if idle >= maxIdle {
		return errUnprocessed
	}
	timer := time.NewTimer(v.spread(longest(idle)))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// longest is the longest pause after so many tries in vain, 1 or more.
func longest(idle int) time.Duration { return 20 * time.Millisecond << min(idle-1, 6) }
