package porttest_test

import (
	"context"
	"errors"
	"iter"
	"testing"

	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/porttest"
)

const (
	largeWhole   = "a commit of a megabyte is stored whole, its snapshot too"
	halfWhole    = "a commit of half the limit is stored whole, with a small snapshot"
	tooLarge     = "a commit over the limit is a *TooLargeError and stores nothing"
	snapshotOut  = "a snapshot that does not fit is left out"
	testMaxBytes = 400_000
)

func invalidTwins() []twin[storeDouble] {
	return []twin[storeDouble]{
		{"passes over invalid commits in silence", func(d *storeDouble) {
			d.append = func(ctx context.Context, head ports.Head, c ports.Commit) (ports.Head, error) {
				if ports.CheckAppend(head, &c) != nil {
					return head, nil
				}
				return d.EventStore.Append(ctx, head, c)
			}
		}, []string{broken, gap, foreignHead}},
		{"refuses invalid commits with an error of no type", func(d *storeDouble) {
			d.append = func(ctx context.Context, head ports.Head, c ports.Commit) (ports.Head, error) {
				if ports.CheckAppend(head, &c) != nil {
					return head, errors.New("invalid commit")
				}
				return d.EventStore.Append(ctx, head, c)
			}
		}, []string{broken, gap, foreignHead}},
		{"stores a valid commit beside its complaint about the head", func(d *storeDouble) {
			d.append = func(ctx context.Context, head ports.Head, c ports.Commit) (ports.Head, error) {
				invalid := ports.CheckAppend(head, &c)
				if invalid != nil && c.Validate() == nil {
					loaded, err := d.EventStore.Load(ctx, c.Stream, 0)
					_, appendErr := d.EventStore.Append(ctx, loaded.Head, c)
					return ports.Head{}, errors.Join(invalid, err, appendErr)
				}
				return d.EventStore.Append(ctx, head, c)
			}
		}, []string{gap, foreignHead}},
		{"ignores the head that it is given", func(d *storeDouble) {
			d.append = func(ctx context.Context, _ ports.Head, c ports.Commit) (ports.Head, error) {
				loaded, err := d.EventStore.Load(ctx, c.Stream, 0)
				if err != nil {
					return ports.Head{}, &ports.InvalidCommitError{Stream: c.Stream, Err: err}
				}
				return d.EventStore.Append(ctx, loaded.Head, c)
			}
		}, []string{gap, foreignHead, stale}},
		{"loads a stream without a name as empty", func(d *storeDouble) {
			d.load = func(ctx context.Context, stream ports.StreamID, schema int) (ports.Loaded, error) {
				if stream == (ports.StreamID{}) {
					return ports.Loaded{}, nil
				}
				return d.EventStore.Load(ctx, stream, schema)
			}
		}, []string{nameless}},
		{"reads a stream without a name as empty", func(d *storeDouble) {
			d.read = func(ctx context.Context, stream ports.StreamID, a, b ports.Version) iter.Seq2[ports.Published, error] {
				if stream == (ports.StreamID{}) {
					return func(func(ports.Published, error) bool) {}
				}
				return d.EventStore.Read(ctx, stream, a, b)
			}
		}, []string{nameless}},
		{"says that a missing name is a fault that passes", func(d *storeDouble) {
			d.since = func(ctx context.Context, head ports.Head) ([]ports.Commit, ports.Head, error) {
				if head == (ports.Head{}) {
					return nil, head, ports.ErrUnavailable
				}
				return d.EventStore.Since(ctx, head)
			}
		}, []string{nameless}},
	}
}

func largeTwins() []twin[storeDouble] {
	return []twin[storeDouble]{
		{"cuts data at 64 KiB", alteringCommits(func(c *ports.Commit) {
			for i := range c.Events {
				c.Events[i].Data = c.Events[i].Data[:min(len(c.Events[i].Data), 1<<16)]
			}
		}), []string{largeWhole}},
		{"leaves out snapshots over 64 KiB", alteringCommits(func(c *ports.Commit) {
			if len(c.Snapshot) > 1<<16 {
				c.Snapshot, c.SnapshotSchema = nil, 0
			}
		}), []string{largeWhole}},
	}
}

// bounded gives a double a limit, and asks fault to answer for what is too large.
func bounded(limit int, fault func(ctx context.Context, d *storeDouble, head ports.Head, c ports.Commit, size int) (ports.Head, error)) func(*storeDouble) {
	return func(d *storeDouble) {
		d.append = func(ctx context.Context, head ports.Head, c ports.Commit) (ports.Head, error) {
			size := 0
			for _, e := range c.Events {
				size += len(e.Data)
			}
			if ports.CheckAppend(head, &c) == nil && size+len(c.Snapshot) > limit {
				return fault(ctx, d, head, c, size)
			}
			return d.EventStore.Append(ctx, head, c)
		}
	}
}

// honest is what a bounded store owes.
func honest(ctx context.Context, d *storeDouble, head ports.Head, c ports.Commit, size int) (ports.Head, error) {
	if size > testMaxBytes {
		return ports.Head{}, &ports.TooLargeError{What: "commit of " + c.Stream.String(), Size: size, Max: testMaxBytes}
	}
	c.Snapshot, c.SnapshotSchema = nil, 0
	return d.EventStore.Append(ctx, head, c)
}

func TestBoundedEventStoreBites(t *testing.T) {
	t.Parallel()
	double := func(breakIt func(*storeDouble)) ports.EventStore {
		return newStoreDouble(func(d *storeDouble) {
			bounded(testMaxBytes, honest)(d)
			breakIt(d)
		})
	}
	checks := porttest.EventStore(porttest.EventStoreFacts{MaxCommitBytes: testMaxBytes})
	var sizes []porttest.Check[ports.EventStore]
	for _, c := range checks {
		if c.Name == halfWhole || c.Name == tooLarge || c.Name == snapshotOut {
			sizes = append(sizes, c)
		}
	}
	bites(t, sizes, double, []twin[storeDouble]{
		{"takes commits of any size", func(d *storeDouble) { d.append = d.EventStore.Append }, []string{tooLarge, snapshotOut}},
		{"takes a third of its limit", bounded(testMaxBytes/3, func(_ context.Context, _ *storeDouble, _ ports.Head, _ ports.Commit, size int) (ports.Head, error) {
			return ports.Head{}, &ports.TooLargeError{Size: size, Max: testMaxBytes / 3}
		}), []string{halfWhole, snapshotOut}},
		{"leaves out every snapshot of a commit over half its limit", bounded(testMaxBytes/2, honest), []string{halfWhole}},
		{"refuses with an error of no type", bounded(testMaxBytes, func(_ context.Context, _ *storeDouble, _ ports.Head, _ ports.Commit, _ int) (ports.Head, error) {
			return ports.Head{}, errors.New("too large")
		}), []string{tooLarge, snapshotOut}},
		{"refuses with an error without sizes", bounded(testMaxBytes, func(_ context.Context, _ *storeDouble, _ ports.Head, _ ports.Commit, _ int) (ports.Head, error) {
			return ports.Head{}, &ports.TooLargeError{}
		}), []string{tooLarge, snapshotOut}},
		{"stores what it refuses", bounded(testMaxBytes, func(ctx context.Context, d *storeDouble, head ports.Head, c ports.Commit, size int) (ports.Head, error) {
			_, err := d.EventStore.Append(ctx, head, c)
			return ports.Head{}, errors.Join(err, &ports.TooLargeError{Size: size, Max: testMaxBytes})
		}), []string{tooLarge, snapshotOut}},
	})
}
