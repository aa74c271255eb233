package porttest_test

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"sync"
	"sync/atomic"
	"time"

	"github.com/evercart/evercart/ports"
)

const (
	everyRange   = "a read yields every range in order, trimming the commits that span its ends"
	readsNothing = "a read of a stream without events yields nothing"
	readsLate    = "a read begins when it is ranged over, each time anew"
	readStops    = "a read stops when its consumer does, and holds nothing"
	readLets     = "a read lets appends through while it goes on"
	data         = "data is kept byte for byte"
	times        = "times keep their microseconds"
	metadata     = "metadata is kept"
	noReference  = "the store keeps no reference to a commit that it was given"
	givesAway    = "what the store returns belongs to its caller"
	appendEnded  = "an append under an ended context stores nothing"
	endsOnTheWay = "an append whose context ends on the way is stored whole or not at all, and can be tried again"
	readEnded    = "a reading call under an ended context fails with its error"
	readEndsSoon = "a read ends soon after its context"
)

type events = iter.Seq2[ports.Published, error]

// reading returns a fault in Read. whole reads a stream from its first version on.
func reading(read func(whole events, a, b ports.Version) events) func(*storeDouble) {
	return func(d *storeDouble) {
		d.read = func(ctx context.Context, stream ports.StreamID, a, b ports.Version) events {
			if stream.Validate() != nil || ctx.Err() != nil {
				return d.EventStore.Read(ctx, stream, a, b)
			}
			return read(d.EventStore.Read(ctx, stream, 1, 1<<62), a, b)
		}
	}
}

// filtered yields those of seq that keep keeps.
func filtered(seq events, keep func(p *ports.Published) bool) events {
	return func(yield func(ports.Published, error) bool) {
		for p, err := range seq {
			if (err != nil || keep(&p)) && !yield(p, err) {
				return
			}
		}
	}
}

func within(a, b ports.Version) func(p *ports.Published) bool {
	return func(p *ports.Published) bool { return p.Version >= a && p.Version <= b }
}

func readTwins() []twin[storeDouble] {
	return []twin[storeDouble]{
		{"reads commits whose first version is between a and b", reading(func(whole events, a, b ports.Version) events {
			return filtered(whole, func(p *ports.Published) bool { return p.CommitFirst >= a && within(a, b)(p) })
		}), []string{everyRange}},
		{"reads commits untrimmed", reading(func(whole events, a, b ports.Version) events {
			return filtered(whole, func(p *ports.Published) bool { return p.CommitLast >= a && p.CommitFirst <= b })
		}), []string{everyRange}},
		{"reads up to b but not b", reading(func(whole events, a, b ports.Version) events {
			return filtered(whole, within(a, b-1))
		}), []string{everyRange}},
		{"reads without what commits say", reading(func(whole events, a, b ports.Version) events {
			return filtered(whole, func(p *ports.Published) bool {
				p.CommitHash = ports.Hash{}
				return within(a, b)(p)
			})
		}), []string{everyRange}},
		{"does not know a stream without events to read", func(d *storeDouble) {
			d.read = func(ctx context.Context, stream ports.StreamID, a, b ports.Version) events {
				if loaded, err := d.EventStore.Load(ctx, stream, 0); err == nil && loaded.Head.Version() == 0 {
					return func(yield func(ports.Published, error) bool) { yield(ports.Published{}, errNoStream) }
				}
				return d.EventStore.Read(ctx, stream, a, b)
			}
		}, []string{readsNothing}},
		{"reads before it is ranged over", reading(func(whole events, a, b ports.Version) events {
			var all []ports.Published
			for p, err := range whole {
				if err == nil && within(a, b)(&p) {
					all = append(all, p)
				}
			}
			return func(yield func(ports.Published, error) bool) {
				for _, p := range all {
					if !yield(p, nil) {
						return
					}
				}
			}
		}), []string{readsLate}},
		{"reads once only", reading(func(whole events, a, b ports.Version) events {
			var used atomic.Bool
			return func(yield func(ports.Published, error) bool) {
				if !used.Swap(true) {
					filtered(whole, within(a, b))(yield)
				}
			}
		}), []string{readsLate}},
		{"goes on when its consumer stopped", reading(func(whole events, a, b ports.Version) events {
			return func(yield func(ports.Published, error) bool) {
				filtered(whole, within(a, b))(func(p ports.Published, err error) bool {
					yield(p, err)
					return true
				})
			}
		}), []string{readStops}},
		{"keeps its lock when its consumer stops", lockingReads(false), []string{readStops}},
		{"holds its lock while its consumer works", lockingReads(true), []string{readLets}},
	}
}

// readerLock keeps appends out while it is held.
type readerLock struct{ held atomic.Int32 }

// keepingOut makes the appends of d wait for the lock.
func (l *readerLock) keepingOut(d *storeDouble) {
	d.append = func(ctx context.Context, head ports.Head, c ports.Commit) (ports.Head, error) {
		for l.held.Load() > 0 && ctx.Err() == nil {
			select {
			case <-time.After(time.Millisecond):
			case <-ctx.Done():
			}
		}
		return d.EventStore.Append(ctx, head, c)
	}
}

// held ranges over seq under l, which it keeps when its consumer stops, unless it
// releases it then.
func held[T any](l *readerLock, release bool, seq iter.Seq2[T, error]) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		l.held.Add(1)
		for item, err := range seq {
			if !yield(item, err) {
				if release {
					l.held.Add(-1)
				}
				return
			}
		}
		l.held.Add(-1)
	}
}

// lockingReads returns a store whose reads keep appends out while they go on.
func lockingReads(release bool) func(*storeDouble) {
	return func(d *storeDouble) {
		var lock readerLock
		lock.keepingOut(d)
		d.read = func(ctx context.Context, stream ports.StreamID, a, b ports.Version) events {
			return held(&lock, release, d.EventStore.Read(ctx, stream, a, b))
		}
	}
}

// alteringEvents returns a fault that stores other events than it was given.
func alteringEvents(alter func(e *ports.Event)) func(*storeDouble) {
	return alteringCommits(func(c *ports.Commit) {
		for i := range c.Events {
			alter(&c.Events[i])
		}
	})
}

func fidelityTwins() []twin[storeDouble] {
	return []twin[storeDouble]{
		{"escapes HTML in data", alteringEvents(func(e *ports.Event) {
			if text, err := json.Marshal(json.RawMessage(e.Data)); err == nil {
				e.Data = string(text)
			}
		}), []string{data, storesAll}},
		{"decodes data and encodes it again", alteringEvents(func(e *ports.Event) {
			var value map[string]any
			if json.Unmarshal([]byte(e.Data), &value) == nil {
				text, _ := json.Marshal(value)
				e.Data = string(text)
			}
		}), []string{data}},
		{"keeps milliseconds", alteringEvents(func(e *ports.Event) { e.Time = e.Time.Truncate(time.Millisecond) }), []string{times, storesAll}},
		{"keeps times in another zone", alteringEvents(func(e *ports.Event) { e.Time = e.Time.In(time.FixedZone("", 3600)) }), []string{times}},
		{"loses the actor", alteringEvents(func(e *ports.Event) { e.Actor = "" }), []string{metadata}},
		{"loses the causation ID", alteringEvents(func(e *ports.Event) { e.CausationID = "" }), []string{metadata}},
		{"cuts the actor at 256 bytes", alteringEvents(func(e *ports.Event) { e.Actor = e.Actor[:min(len(e.Actor), 256)] }), []string{metadata}},
	}
}

// remembering returns a store that answers Load with commits that it remembers as
// given or cloned, and gives away as they are or cloned.
func remembering(cloneIn, cloneOut bool) func(*storeDouble) {
	return func(d *storeDouble) {
		var mu sync.Mutex
		remembered := map[ports.Version]ports.Commit{}
		d.append = func(ctx context.Context, head ports.Head, c ports.Commit) (ports.Head, error) {
			end, err := d.EventStore.Append(ctx, head, c)
			mu.Lock()
			defer mu.Unlock()
			if _, ok := remembered[c.First]; !ok && err == nil {
				remembered[c.First] = c
				if cloneIn {
					remembered[c.First] = c.Clone()
				}
			}
			return end, err
		}
		alteringLoads(func(_ *storeDouble, _ int, loaded *ports.Loaded) {
			mu.Lock()
			defer mu.Unlock()
			for i := range loaded.Commits {
				c := remembered[loaded.Commits[i].First]
				loaded.Commits[i] = c
				if cloneOut {
					loaded.Commits[i] = c.Clone()
				}
			}
		})(d)
	}
}

func ownershipTwins() []twin[storeDouble] {
	return []twin[storeDouble]{
		{"keeps the slices that it was given", remembering(false, true), []string{noReference}},
		{"gives away the slices that it keeps", remembering(true, false), []string{givesAway}},
		{"gives away the snapshot that it keeps", func(d *storeDouble) {
			kept := map[ports.Version]*ports.Snapshot{}
			alteringLoads(func(_ *storeDouble, _ int, loaded *ports.Loaded) {
				if s := loaded.Snapshot; s != nil && kept[s.Version] == nil {
					kept[s.Version] = s
				}
				if s := loaded.Snapshot; s != nil {
					loaded.Snapshot = kept[s.Version]
				}
			})(d)
		}, []string{givesAway}},
	}
}

// outlived returns a context that does not end with ctx, but only after a while.
func outlived(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), 8*time.Second)
}

func contextTwins() []twin[storeDouble] {
	return []twin[storeDouble]{
		{"appends under an ended context", func(d *storeDouble) {
			d.append = func(ctx context.Context, head ports.Head, c ports.Commit) (ports.Head, error) {
				return d.EventStore.Append(context.WithoutCancel(ctx), head, c)
			}
		}, []string{appendEnded}},
		{"stores what it reports as cancelled", func(d *storeDouble) {
			d.append = func(ctx context.Context, head ports.Head, c ports.Commit) (ports.Head, error) {
				end, err := d.EventStore.Append(context.WithoutCancel(ctx), head, c)
				if ctx.Err() != nil {
					return ports.Head{}, ctx.Err()
				}
				return end, err
			}
		}, []string{appendEnded}},
		{"stores half a commit when its context ends", func(d *storeDouble) {
			d.append = func(ctx context.Context, head ports.Head, c ports.Commit) (ports.Head, error) {
				<-time.After(time.Millisecond)
				if len(c.Events) > 1 && ctx.Err() != nil {
					half := c.Clone()
					half.Events, half.Last = half.Events[:1], half.First
					_, err := d.EventStore.Append(context.WithoutCancel(ctx), head, half)
					return ports.Head{}, errors.Join(ctx.Err(), err)
				}
				return d.EventStore.Append(ctx, head, c)
			}
		}, []string{endsOnTheWay, appendEnded}},
		{"calls the end of a context a fault that passes", func(d *storeDouble) {
			d.append = func(ctx context.Context, head ports.Head, c ports.Commit) (ports.Head, error) {
				if ctx.Err() != nil {
					return ports.Head{}, ports.ErrUnavailable
				}
				return d.EventStore.Append(ctx, head, c)
			}
		}, []string{endsOnTheWay, appendEnded}},
		{"loads under an ended context", func(d *storeDouble) {
			d.load = func(ctx context.Context, stream ports.StreamID, schema int) (ports.Loaded, error) {
				return d.EventStore.Load(context.WithoutCancel(ctx), stream, schema)
			}
		}, []string{readEnded}},
		{"loads the past under an ended context", func(d *storeDouble) {
			d.loadAt = func(ctx context.Context, stream ports.StreamID, at ports.Version, schema int) (ports.Past, error) {
				return d.EventStore.LoadAt(context.WithoutCancel(ctx), stream, at, schema)
			}
		}, []string{readEnded}},
		{"catches up under an ended context", func(d *storeDouble) {
			d.since = func(ctx context.Context, head ports.Head) ([]ports.Commit, ports.Head, error) {
				return d.EventStore.Since(context.WithoutCancel(ctx), head)
			}
		}, []string{readEnded}},
		{"reads under an ended context", func(d *storeDouble) {
			d.read = func(ctx context.Context, stream ports.StreamID, a, b ports.Version) events {
				return d.EventStore.Read(context.WithoutCancel(ctx), stream, a, b)
			}
		}, []string{readEnded, readEndsSoon}},
		{"ends a read early and in silence when its context ends", func(d *storeDouble) {
			d.read = func(ctx context.Context, stream ports.StreamID, a, b ports.Version) events {
				return func(yield func(ports.Published, error) bool) {
					for p, err := range d.EventStore.Read(context.WithoutCancel(ctx), stream, a, b) {
						if ctx.Err() != nil || !yield(p, err) {
							return
						}
					}
				}
			}
		}, []string{readEnded, readEndsSoon}},
	}
}
