package porttest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/evercart/evercart/ports"
)

// writers is how many goroutines a check on concurrency runs.
const writers = 32

func writerChecks() []Check[ports.EventStore] {
	return []Check[ports.EventStore]{
		{"of 32 writers on one stream exactly one wins each version", writersOnOneStream},
		{"32 writers on many streams leave no hole", writersOnManyStreams},
		{"one commit that 32 append at once is stored once, and all succeed", oneCommitAtOnce},
		{"every load beside 32 writers is whole, and not older than what was acknowledged", loadsBesideWriters},
		{"every read beside 32 writers is whole, and not older than what was acknowledged", readsBesideWriters},
	}
}

// together runs f for each of 0..writers-1 at once and joins their errors.
func together(f func(i int) error) error {
	var wg sync.WaitGroup
	errs := make([]error, writers)
	for i := range writers {
		wg.Go(func() { errs[i] = f(i) })
	}
	wg.Wait()
	return errors.Join(errs...)
}

// record appends a commit of n events, going on from the head of each conflict,
// and returns the commit that was stored.
func record(ctx context.Context, store ports.EventStore, head ports.Head, command string, n int) (ports.Commit, error) {
	for {
		c := WithSnapshot(Commit(head, command, n), n)
		end, err := store.Append(ctx, head, c.Clone())
		var conflict *ports.ConflictError
		switch {
		case err == nil:
			return c, sameHead(end, ports.HeadOf(&c))
		case !errors.As(err, &conflict):
			return c, err
		case conflict.Commit.First != c.First || conflict.Wanted != c.First:
			return c, fmt.Errorf("wanted version %d, the commit in the way starts at %d", c.First, conflict.Commit.First)
		}
		head = conflict.Head
	}
}

func writersOnOneStream(ctx context.Context, store ports.EventStore) error {
	return manyWriters(ctx, store, 1, 3)
}

func writersOnManyStreams(ctx context.Context, store ports.EventStore) error {
	return manyWriters(ctx, store, 8, 8)
}

// manyWriters lets each writer record some commits, in turn on each of so many
// streams, and judges that the streams are these commits and nothing else.
func manyWriters(ctx context.Context, store ports.EventStore, streams, each int) error {
	var mu sync.Mutex
	acknowledged := map[string]ports.Commit{}
	err := together(func(i int) error {
		for k := range each {
			head := ports.NewHead(Stream((i+k)%streams), 0, ports.Hash{}, time.Time{})
			c, err := record(ctx, store, head, fmt.Sprintf("writer-%d-%d", i, k), (i+k)%5+1)
			if err != nil {
				return err
			}
			mu.Lock()
			acknowledged[c.CommandID] = c
			mu.Unlock()
		}
		return nil
	})
	if err != nil {
		return err
	}
	for n := range streams {
		loaded, err := store.Load(ctx, Stream(n), 0)
		if err != nil {
			return err
		}
		next := ports.Version(1)
		for _, c := range loaded.Commits {
			want, ok := acknowledged[c.CommandID]
			delete(acknowledged, c.CommandID)
			if !ok || c.First != next {
				return fmt.Errorf("%s version %d: command %q at version %d, acknowledged once: %t", c.Stream, next, c.CommandID, c.First, ok)
			}
			if err := sameCommit(&c, &want); err != nil {
				return err
			}
			next = c.Last + 1
		}
		if loaded.Head.Version() != next-1 {
			return fmt.Errorf("%s ends at version %d, its head says %d", Stream(n), next-1, loaded.Head.Version())
		}
	}
	if len(acknowledged) > 0 {
		return fmt.Errorf("%d acknowledged commits are not stored", len(acknowledged))
	}
	return nil
}

func oneCommitAtOnce(ctx context.Context, store ports.EventStore) error {
	h, err := Fill(ctx, store, Stream(1), Step{Events: 1})
	if err != nil {
		return err
	}
	c := Commit(h.End(), "one", 3)
	err = together(func(int) error {
		end, err := store.Append(ctx, h.Heads[1], c.Clone())
		if err != nil {
			return err
		}
		return sameHead(end, ports.HeadOf(&c))
	})
	if err != nil {
		return err
	}
	h.Commits = append(h.Commits, c)
	return holds(ctx, store, &h)
}
