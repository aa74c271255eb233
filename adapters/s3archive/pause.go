package s3archive

import (
	"context"
	"math/rand/v2"
	"time"
)

const (
	firstPause = 100 * time.Millisecond
	maxPause   = 5 * time.Second
)

// pause waits before a try that follows so many (1 or more) failed ones: a random
// while of at most 100 ms, which doubles with each, up to 5 s.
func pause(ctx context.Context, tries int) error { return wait(ctx, rand.N(longest(tries))) }

// WithSpread makes the archive draw its pauses, from 0 up to what spread is given,
// from spread and not from the process's random source. It is called before the
// archive is used.
func (a *Archive) WithSpread(spread func(below time.Duration) time.Duration) *Archive {
	a.pause = func(ctx context.Context, tries int) error { return wait(ctx, spread(longest(tries))) }
	return a
}

func wait(ctx context.Context, wait time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(wait):
		return nil
	}
}

// longest is the longest pause after so many failed tries.
func longest(tries int) time.Duration {
	return min(maxPause, firstPause<<min(tries-1, 10))
}
