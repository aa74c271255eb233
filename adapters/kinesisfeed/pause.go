package kinesisfeed

import (
	"context"
	"math/rand/v2"
	"time"
)

const (
	firstPause = 100 * time.Millisecond
	maxPause   = 5 * time.Second
)

// pause waits before the next call when so many (1 or more) have failed in a row:
// a random while of at most 100 ms, which doubles with each, up to 5 s. It returns
// an error at once where ctx would end sooner.
func pause(ctx context.Context, tries int) error { return wait(ctx, rand.N(longest(tries))) }

// WithSpread makes the publisher draw its pauses, from 0 up to what spread is given,
// from spread and not from the process's random source. It is called before the
// publisher is used.
func (p *Publisher) WithSpread(spread func(below time.Duration) time.Duration) *Publisher {
	p.pause = func(ctx context.Context, tries int) error { return wait(ctx, spread(longest(tries))) }
	return p
}

func wait(ctx context.Context, wait time.Duration) error {
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) <= wait {
		return context.DeadlineExceeded
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(wait):
		return nil
	}
}

// longest is the longest pause after so many failures.
func longest(tries int) time.Duration {
	return min(maxPause, firstPause<<min(tries-1, 10))
}
