package porttest_test

import (
	"context"
	"errors"
	"math"
	"slices"

	"github.com/evercart/evercart/ports"
)

const (
	loadsNothing  = "a stream without events loads as version 0"
	fromSnapshot  = "a load takes the newest snapshot of its schema, the commits after it and the head"
	schemaZero    = "a load with snapshot schema 0 returns every commit"
	atEachVersion = "a load at any version takes a snapshot that ends at or before it, and the events after"
	beyondTheEnd  = "a load at a version beyond the end returns what there is"
	sinceHeads    = "the commits since every head are those after it, up to the new head"
)

var errNoStream = errors.New("no such stream")

// alteringLoads returns a fault in the answer to Load.
func alteringLoads(alter func(d *storeDouble, schema int, loaded *ports.Loaded)) func(*storeDouble) {
	return func(d *storeDouble) {
		d.load = func(ctx context.Context, stream ports.StreamID, schema int) (ports.Loaded, error) {
			loaded, err := d.EventStore.Load(ctx, stream, schema)
			if err == nil {
				alter(d, schema, &loaded)
			}
			return loaded, err
		}
	}
}

// newestOfAny loads stream from its newest snapshot of any schema.
func newestOfAny(d *storeDouble, stream ports.StreamID) ports.Loaded {
	var newest ports.Loaded
	for schema := range 10 {
		loaded, err := d.EventStore.Load(context.Background(), stream, schema)
		if err == nil && (schema == 0 || loaded.Snapshot != nil && (newest.Snapshot == nil || loaded.Snapshot.Version > newest.Snapshot.Version)) {
			newest = loaded
		}
	}
	return newest
}

func loadTwins() []twin[storeDouble] {
	return []twin[storeDouble]{
		{"does not know a stream without events", func(d *storeDouble) {
			d.load = func(ctx context.Context, stream ports.StreamID, schema int) (ports.Loaded, error) {
				loaded, err := d.EventStore.Load(ctx, stream, schema)
				if err == nil && loaded.Head.Version() == 0 {
					err = errNoStream
				}
				return loaded, err
			}
		}, []string{loadsNothing}},
		{"ignores a snapshot's schema", alteringLoads(func(d *storeDouble, schema int, loaded *ports.Loaded) {
			if schema != 0 {
				*loaded = newestOfAny(d, loaded.Head.Stream())
			}
		}), []string{fromSnapshot}},
		{"takes any snapshot for schema 0", alteringLoads(func(d *storeDouble, schema int, loaded *ports.Loaded) {
			if schema == 0 {
				*loaded = newestOfAny(d, loaded.Head.Stream())
			}
		}), []string{schemaZero, fromSnapshot}},
		{"takes an older snapshot than the newest", alteringLoads(func(d *storeDouble, schema int, loaded *ports.Loaded) {
			if loaded.Snapshot == nil {
				return
			}
			past, err := d.EventStore.LoadAt(context.Background(), loaded.Head.Stream(), loaded.Snapshot.Version-1, schema)
			all, loadErr := d.EventStore.Load(context.Background(), loaded.Head.Stream(), 0)
			if err != nil || loadErr != nil || past.Snapshot == nil {
				return
			}
			loaded.Snapshot = past.Snapshot
			loaded.Commits = slices.DeleteFunc(all.Commits, func(c ports.Commit) bool { return c.Last <= past.Snapshot.Version })
		}), []string{fromSnapshot}},
		{"never finds a snapshot", func(d *storeDouble) {
			d.load = func(ctx context.Context, stream ports.StreamID, _ int) (ports.Loaded, error) {
				return d.EventStore.Load(ctx, stream, 0)
			}
		}, []string{fromSnapshot, largeWhole}},
		{"repeats the commits that the snapshot holds", alteringLoads(func(d *storeDouble, _ int, loaded *ports.Loaded) {
			if all, err := d.EventStore.Load(context.Background(), loaded.Head.Stream(), 0); err == nil {
				loaded.Commits = all.Commits
			}
		}), []string{fromSnapshot}},
		{"loses the newest commit of a load", alteringLoads(func(_ *storeDouble, _ int, loaded *ports.Loaded) {
			loaded.Commits = loaded.Commits[:max(len(loaded.Commits)-1, 0)]
		}), []string{fromSnapshot, schemaZero, storesAll, grows}},
		{"gives the head of the snapshot", alteringLoads(func(_ *storeDouble, _ int, loaded *ports.Loaded) {
			if s := loaded.Snapshot; s != nil {
				loaded.Head = ports.NewHead(loaded.Head.Stream(), s.Version, loaded.Head.Hash(), loaded.Head.Time())
			}
		}), []string{fromSnapshot}},
	}
}

func pastTwins() []twin[storeDouble] {
	return []twin[storeDouble]{
		{"serves a snapshot too early", func(d *storeDouble) {
			d.loadAt = func(ctx context.Context, stream ports.StreamID, at ports.Version, schema int) (ports.Past, error) {
				later, err := d.EventStore.LoadAt(ctx, stream, at+1, schema)
				if err != nil || later.Snapshot == nil || later.Snapshot.Version <= at {
					return d.EventStore.LoadAt(ctx, stream, at, schema)
				}
				return ports.Past{Snapshot: later.Snapshot}, nil
			}
		}, []string{atEachVersion}},
		{"drops the part of a commit that spans the version", func(d *storeDouble) {
			d.loadAt = func(ctx context.Context, stream ports.StreamID, at ports.Version, schema int) (ports.Past, error) {
				past, err := d.EventStore.LoadAt(ctx, stream, at, schema)
				all, loadErr := d.EventStore.Load(ctx, stream, 0)
				for _, c := range all.Commits {
					if c.First <= at && c.Last > at {
						past.Events = slices.DeleteFunc(past.Events, func(e ports.Event) bool { return e.Version >= c.First })
					}
				}
				return past, errors.Join(err, loadErr)
			}
		}, []string{atEachVersion}},
		{"returns the whole commit that spans the version", func(d *storeDouble) {
			d.loadAt = func(ctx context.Context, stream ports.StreamID, at ports.Version, schema int) (ports.Past, error) {
				all, err := d.EventStore.Load(ctx, stream, 0)
				for _, c := range all.Commits {
					if err == nil && c.First <= at && c.Last > at {
						past, err := d.EventStore.LoadAt(ctx, stream, at, schema)
						past.Events = append(past.Events, c.Events[at-c.First+1:]...)
						return past, err
					}
				}
				return d.EventStore.LoadAt(ctx, stream, at, schema)
			}
		}, []string{atEachVersion}},
		{"never finds a past snapshot", func(d *storeDouble) {
			d.loadAt = func(ctx context.Context, stream ports.StreamID, at ports.Version, _ int) (ports.Past, error) {
				return d.EventStore.LoadAt(ctx, stream, at, 0)
			}
		}, []string{atEachVersion, beyondTheEnd}},
		{"does not know versions beyond the end", func(d *storeDouble) {
			d.loadAt = func(ctx context.Context, stream ports.StreamID, at ports.Version, schema int) (ports.Past, error) {
				loaded, err := d.EventStore.Load(ctx, stream, 0)
				if err == nil && loaded.Head.Version() < at {
					err = errNoStream
				}
				if err != nil {
					return ports.Past{}, err
				}
				return d.EventStore.LoadAt(ctx, stream, at, schema)
			}
		}, []string{beyondTheEnd, loadsNothing}},
		{"counts on from the greatest version", func(d *storeDouble) {
			d.loadAt = func(ctx context.Context, stream ports.StreamID, at ports.Version, schema int) (ports.Past, error) {
				if at == math.MaxInt64 {
					at++
				}
				return d.EventStore.LoadAt(ctx, stream, at, schema)
			}
		}, []string{beyondTheEnd}},
	}
}

func sinceTwins() []twin[storeDouble] {
	return []twin[storeDouble]{
		{"returns every commit since the beginning", func(d *storeDouble) {
			d.since = func(ctx context.Context, head ports.Head) ([]ports.Commit, ports.Head, error) {
				loaded, err := d.EventStore.Load(ctx, head.Stream(), 0)
				return loaded.Commits, loaded.Head, err
			}
		}, []string{sinceHeads}},
		{"returns the next commit only", func(d *storeDouble) {
			d.since = func(ctx context.Context, head ports.Head) ([]ports.Commit, ports.Head, error) {
				commits, end, err := d.EventStore.Since(ctx, head)
				return commits[:min(len(commits), 1)], end, err
			}
		}, []string{sinceHeads}},
		{"returns the head that it was given", func(d *storeDouble) {
			d.since = func(ctx context.Context, head ports.Head) ([]ports.Commit, ports.Head, error) {
				commits, _, err := d.EventStore.Since(ctx, head)
				return commits, head, err
			}
		}, []string{sinceHeads}},
	}
}
