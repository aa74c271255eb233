package porttest

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/evercart/evercart/ports"
)

// followerBesideWriters follows from the first change on while 32 writers append,
// so that it reads at every moment of a store's writing.
func followerBesideWriters(ctx context.Context, store FollowedStore) error {
	const streams, each = 8, 8
	const total = writers * each
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	written := make(chan error, 1)
	go func() {
		err := manyWriters(ctx, store, streams, each)
		if err != nil {
			cancel()
		}
		written <- err
	}()
	changes, err := follow(ctx, store, "", total, 3)
	if wrote := <-written; wrote != nil {
		return wrote
	}
	if err != nil {
		return fmt.Errorf("after %d of %d changes: %w", len(changes), total, err)
	}
	next := map[ports.StreamID]ports.Version{}
	for i, change := range changes {
		c := change.Commit
		if c.First != next[c.Stream]+1 {
			return fmt.Errorf("change %d: %s goes on with version %d after %d", i+1, c.Stream, c.First, next[c.Stream])
		}
		next[c.Stream] = c.Last
	}
	for n := range streams {
		loaded, err := store.Load(ctx, Stream(n), 0)
		if err != nil {
			return err
		}
		if got := next[Stream(n)]; got != loaded.Head.Version() {
			return fmt.Errorf("%s was followed to version %d of %d", Stream(n), got, loaded.Head.Version())
		}
	}
	return nil
}

// latency lets n followers wait at the end, makes news for them to see, and
// returns how long it took until all had seen it: the median of some rounds,
// because a busy machine may delay any one of them. atEnd returns a call that
// waits at the end as it is then.
func latency(n int, atEnd func() (wait func() error, err error), makeNews func() error) (time.Duration, error) {
	took := make([]time.Duration, 5)
	for round := range took {
		wait, err := atEnd()
		if err != nil {
			return 0, err
		}
		waiting, seen := make(chan struct{}, n), make(chan error, n)
		for range n {
			go func() {
				waiting <- struct{}{}
				_, err := soon("a waiting follower", func() (struct{}, error) { return struct{}{}, wait() })
				seen <- err
			}()
		}
		for range n {
			<-waiting
		}
		<-time.After(settling)
		start := time.Now()
		if err := makeNews(); err != nil {
			return 0, err
		}
		for range n {
			if err := <-seen; err != nil {
				return 0, err
			}
		}
		took[round] = time.Since(start)
	}
	slices.Sort(took)
	return took[len(took)/2], nil
}

// settling is the time that a goroutine gets to pass from saying that it waits to
// waiting. One that needs longer finds the news at once, which is no fault.
const settling = 20 * time.Millisecond

// followerLatency is latency for followers of a store.
func followerLatency(ctx context.Context, store FollowedStore, followers int) (time.Duration, error) {
	h, err := Fill(ctx, store, Stream(1))
	if err != nil {
		return 0, err
	}
	return latency(followers,
		func() (func() error, error) {
			end, err := store.End(ctx)
			return func() error {
				_, err := store.Changes(ctx, end, 10)
				return err
			}, err
		},
		func() error { return h.add(ctx, store, Step{Events: 1}) })
}

func changesWake(ctx context.Context, store FollowedStore) error {
	took, err := followerLatency(ctx, store, 1)
	if err == nil && took > visibleWithin {
		err = fmt.Errorf("a commit was seen after %s, want within %s", took, visibleWithin)
	}
	return err
}

func changesWakeAll(ctx context.Context, store FollowedStore) error {
	took, err := followerLatency(ctx, store, 8)
	if err == nil && took > visibleWithin {
		err = fmt.Errorf("a commit was seen by all after %s, want within %s", took, visibleWithin)
	}
	return err
}

func changesWaitEnds(ctx context.Context, store FollowedStore) error {
	return waitEnds(ctx, func(ctx context.Context) error {
		_, err := store.Changes(ctx, "", 1)
		return err
	})
}

// waitEnds returns an error unless a call that waits in vain ends soon after its
// context, with its error.
func waitEnds(ctx context.Context, wait func(ctx context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
	defer cancel()
	_, err := soon("a wait whose context ended", func() (struct{}, error) { return struct{}{}, wait(ctx) })
	return matches(err, context.DeadlineExceeded)
}

func changesEnded(ctx context.Context, store FollowedStore) error {
	if _, err := Fill(ctx, store, Stream(1), Step{Events: 1}); err != nil {
		return err
	}
	return honoursDeadContexts(ctx, []portCall{
		{"Changes", func(ctx context.Context) error { _, err := store.Changes(ctx, "", 1); return err }},
		{"End", func(ctx context.Context) error { _, err := store.End(ctx); return err }},
	})
}
