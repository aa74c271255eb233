package porttest_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/evercart/evercart/ports"
)

const (
	storesAll   = "an append stores the whole commit and returns its end"
	grows       = "a stream grows by commits of every size and form"
	apart       = "streams of like names are apart"
	stale       = "an append at a stale head meets the commit that starts there, and stores nothing"
	goesOn      = "the loser of a conflict goes on from its head"
	retry       = "a commit appended again after a lost answer succeeds with the same end"
	retryLater  = "a commit appended again succeeds when others followed it"
	otherCmd    = "another command's commit is a conflict, whatever its events"
	otherEvents = "the same command's commit of other events is a conflict"
	broken      = "a commit that breaks a rule is an *InvalidCommitError and stores nothing"
	gap         = "a commit with a gap or an overlap to its head is an *InvalidCommitError"
	foreignHead = "a commit of another stream than its head's is an *InvalidCommitError"
	nameless    = "a stream without a name is refused by every call"
	oneStream   = "of 32 writers on one stream exactly one wins each version"
	manyStreams = "32 writers on many streams leave no hole"
	loadsBeside = "every load beside 32 writers is whole, and not older than what was acknowledged"
	readsBeside = "every read beside 32 writers is whole, and not older than what was acknowledged"
	atOnce      = "one commit that 32 append at once is stored once, and all succeed"
)

// alteringCommits returns a fault that stores something else than it was given.
func alteringCommits(alter func(c *ports.Commit)) func(*storeDouble) {
	return func(d *storeDouble) {
		d.append = func(ctx context.Context, head ports.Head, c ports.Commit) (ports.Head, error) {
			altered := c.Clone()
			if ports.CheckAppend(head, &c) == nil {
				alter(&altered)
			}
			return d.EventStore.Append(ctx, head, altered)
		}
	}
}

// alteringConflicts returns a fault in the answer to an append that met a conflict.
func alteringConflicts(answer func(d *storeDouble, given ports.Head, ours *ports.Commit, conflict *ports.ConflictError) (ports.Head, error)) func(*storeDouble) {
	return func(d *storeDouble) {
		d.append = func(ctx context.Context, head ports.Head, c ports.Commit) (ports.Head, error) {
			end, err := d.EventStore.Append(ctx, head, c)
			var conflict *ports.ConflictError
			if errors.As(err, &conflict) {
				return answer(d, head, &c, conflict)
			}
			return end, err
		}
	}
}

func appendTwins() []twin[storeDouble] {
	return []twin[storeDouble]{
		{"drops the last event of a commit", alteringCommits(func(c *ports.Commit) {
			if len(c.Events) > 1 {
				c.Events, c.Last = c.Events[:len(c.Events)-1], c.Last-1
			}
		}), []string{storesAll, grows, apart, oneStream, manyStreams}},
		{"gives the older form a time", alteringCommits(func(c *ports.Commit) {
			if c.Older() {
				c.Events[0].Time = time.Unix(1, 0).UTC()
			}
		}), []string{storesAll, grows}},
		{
			"forgets the fingerprint", alteringCommits(func(c *ports.Commit) { c.Fingerprint = ports.Fingerprint{} }),
			[]string{storesAll, grows},
		},
		{"answers with the head before the commit", func(d *storeDouble) {
			d.append = func(ctx context.Context, head ports.Head, c ports.Commit) (ports.Head, error) {
				_, err := d.EventStore.Append(ctx, head, c)
				return head, err
			}
		}, []string{storesAll, grows, retry, oneStream}},
		{"answers with a head without hash", func(d *storeDouble) {
			d.append = func(ctx context.Context, head ports.Head, c ports.Commit) (ports.Head, error) {
				end, err := d.EventStore.Append(ctx, head, c)
				return ports.NewHead(end.Stream(), end.Version(), ports.Hash{}, end.Time()), err
			}
		}, []string{storesAll, grows}},
		{"takes no heed of case in a stream's ID", func(d *storeDouble) {
			d.load = func(ctx context.Context, stream ports.StreamID, schema int) (ports.Loaded, error) {
				return d.EventStore.Load(ctx, ports.StreamID{Category: stream.Category, ID: strings.ToLower(stream.ID)}, schema)
			}
		}, []string{apart}},
		{"keeps all categories together", func(d *storeDouble) {
			d.load = func(ctx context.Context, stream ports.StreamID, schema int) (ports.Loaded, error) {
				return d.EventStore.Load(ctx, ports.StreamID{Category: "cart", ID: stream.ID}, schema)
			}
		}, []string{apart}},
		{"loses an append in sixteen that it acknowledges", func(d *storeDouble) {
			var appends atomic.Int64
			d.append = func(ctx context.Context, head ports.Head, c ports.Commit) (ports.Head, error) {
				if appends.Add(1)%16 == 0 {
					return ports.HeadOf(&c), nil
				}
				return d.EventStore.Append(ctx, head, c)
			}
		}, []string{oneStream, manyStreams}},
	}
}

// besideTwins read more than once to answer one call, and do not see one moment.
func besideTwins() []twin[storeDouble] {
	return []twin[storeDouble]{
		{"loads the head before the commits", func(d *storeDouble) {
			d.load = func(ctx context.Context, stream ports.StreamID, schema int) (ports.Loaded, error) {
				before, err := d.EventStore.Load(ctx, stream, schema)
				<-time.After(time.Millisecond)
				loaded, laterErr := d.EventStore.Load(ctx, stream, schema)
				loaded.Head = before.Head
				return loaded, errors.Join(err, laterErr)
			}
		}, []string{loadsBeside}},
		{"loads the snapshot after the commits", func(d *storeDouble) {
			d.load = func(ctx context.Context, stream ports.StreamID, schema int) (ports.Loaded, error) {
				loaded, err := d.EventStore.Load(ctx, stream, schema)
				<-time.After(time.Millisecond)
				later, laterErr := d.EventStore.Load(ctx, stream, schema)
				loaded.Snapshot = later.Snapshot
				return loaded, errors.Join(err, laterErr)
			}
		}, []string{loadsBeside}},
		{"loads what was there a moment ago", func(d *storeDouble) {
			var mu sync.Mutex
			last := map[ports.StreamID]ports.Loaded{}
			d.load = func(ctx context.Context, stream ports.StreamID, schema int) (ports.Loaded, error) {
				loaded, err := d.EventStore.Load(ctx, stream, schema)
				mu.Lock()
				defer mu.Unlock()
				stale, ok := last[stream]
				last[stream] = loaded
				if ok {
					return stale, err
				}
				return loaded, err
			}
		}, []string{loadsBeside, storesAll}},
		{"reads without the newest commit", func(d *storeDouble) {
			d.read = func(ctx context.Context, stream ports.StreamID, a, b ports.Version) events {
				loaded, err := d.EventStore.Load(ctx, stream, 0)
				if n := len(loaded.Commits); err == nil && n > 0 {
					b = min(b, loaded.Commits[n-1].First-1)
				}
				return d.EventStore.Read(ctx, stream, a, b)
			}
		}, []string{readsBeside, everyRange}},
		{"repeats an event at the end of a page", func(d *storeDouble) {
			d.read = func(ctx context.Context, stream ports.StreamID, a, b ports.Version) events {
				return func(yield func(ports.Published, error) bool) {
					for p, err := range d.EventStore.Read(ctx, stream, a, b) {
						if !yield(p, err) || p.Version == 10 && !yield(p, err) {
							return
						}
					}
				}
			}
		}, []string{readsBeside, everyRange}},
	}
}

func conflictTwins() []twin[storeDouble] {
	return []twin[storeDouble]{
		{"accepts a stale head", alteringConflicts(func(_ *storeDouble, _ ports.Head, ours *ports.Commit, _ *ports.ConflictError) (ports.Head, error) {
			return ports.HeadOf(ours), nil
		}), []string{stale, goesOn, otherCmd, otherEvents, oneStream, manyStreams}},
		{"reports a conflict without its commit", alteringConflicts(func(_ *storeDouble, _ ports.Head, _ *ports.Commit, conflict *ports.ConflictError) (ports.Head, error) {
			conflict.Commit = ports.Commit{}
			return ports.Head{}, conflict
		}), []string{stale, otherCmd, otherEvents, oneStream}},
		{"reports a conflict with the newest commit", alteringConflicts(func(d *storeDouble, head ports.Head, _ *ports.Commit, conflict *ports.ConflictError) (ports.Head, error) {
			commits, _, err := d.EventStore.Since(context.Background(), head)
			conflict.Commit = commits[len(commits)-1]
			return ports.Head{}, errors.Join(err, conflict)
		}), []string{stale}},
		{"reports a conflict with the head that was given", alteringConflicts(func(_ *storeDouble, head ports.Head, _ *ports.Commit, conflict *ports.ConflictError) (ports.Head, error) {
			conflict.Head = head
			return ports.Head{}, conflict
		}), []string{stale, goesOn}},
		{"reports a conflict as a fault that passes", alteringConflicts(func(_ *storeDouble, _ ports.Head, _ *ports.Commit, _ *ports.ConflictError) (ports.Head, error) {
			return ports.Head{}, ports.ErrUnavailable
		}), []string{stale, goesOn, otherCmd, otherEvents, oneStream, manyStreams}},
		{"stores the commit of a conflict at the end", alteringConflicts(func(d *storeDouble, _ ports.Head, ours *ports.Commit, conflict *ports.ConflictError) (ports.Head, error) {
			loaded, err := d.EventStore.Load(context.Background(), ours.Stream, 0)
			moved := ours.Clone()
			moved.First, moved.Last = loaded.Head.Version()+1, loaded.Head.Version()+ports.Version(len(ours.Events))
			for i := range moved.Events {
				moved.Events[i].Version = moved.First + ports.Version(i)
			}
			_, moveErr := d.EventStore.Append(context.Background(), loaded.Head, moved)
			return ports.Head{}, errors.Join(err, moveErr, conflict)
		}), []string{stale, goesOn, otherCmd, otherEvents}},
	}
}

func sameIDs(a, b ports.Commit) bool {
	return slices.EqualFunc(a.Events, b.Events, func(x, y ports.Event) bool { return x.ID == y.ID })
}

func retryTwins() []twin[storeDouble] {
	return []twin[storeDouble]{
		{"takes its own commit for another's", func(d *storeDouble) {
			var mu sync.Mutex
			d.append = func(ctx context.Context, head ports.Head, c ports.Commit) (ports.Head, error) {
				mu.Lock()
				defer mu.Unlock()
				if commits, _, err := d.EventStore.Since(ctx, head); err == nil && len(commits) > 0 {
					inTheWay := commits[0]
					return ports.Head{}, &ports.ConflictError{
						Stream: c.Stream, Wanted: c.First, Commit: inTheWay, Head: ports.HeadOf(&inTheWay),
					}
				}
				return d.EventStore.Append(ctx, head, c)
			}
		}, []string{retry, retryLater, atOnce}},
		{"answers a retry with the stream's end", func(d *storeDouble) {
			d.append = func(ctx context.Context, head ports.Head, c ports.Commit) (ports.Head, error) {
				end, err := d.EventStore.Append(ctx, head, c)
				if err == nil {
					_, end, err = d.EventStore.Since(ctx, end)
				}
				return end, err
			}
		}, []string{retryLater}},
		{"knows its own commit by the event IDs alone", alteringConflicts(func(_ *storeDouble, _ ports.Head, ours *ports.Commit, conflict *ports.ConflictError) (ports.Head, error) {
			if sameIDs(*ours, conflict.Commit) {
				return conflict.Head, nil
			}
			return ports.Head{}, conflict
		}), []string{otherCmd}},
		{"knows its own commit by the command ID alone", alteringConflicts(func(_ *storeDouble, _ ports.Head, ours *ports.Commit, conflict *ports.ConflictError) (ports.Head, error) {
			if ours.CommandID == conflict.Commit.CommandID {
				return conflict.Head, nil
			}
			return ports.Head{}, conflict
		}), []string{otherEvents, stale}},
		{"knows its own commit by the first event's ID alone", alteringConflicts(func(_ *storeDouble, _ ports.Head, ours *ports.Commit, conflict *ports.ConflictError) (ports.Head, error) {
			if ours.Events[0].ID == conflict.Commit.Events[0].ID {
				return conflict.Head, nil
			}
			return ports.Head{}, conflict
		}), []string{otherEvents}},
	}
}
