package porttest_test

import (
	"context"
	"iter"
	"slices"
	"testing"

	"github.com/evercart/evercart/adapters/memory"
	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/porttest"
)

// storeDouble is a memory store whose calls can be replaced one by one.
type storeDouble struct {
	*memory.EventStore
	append  func(context.Context, ports.Head, ports.Commit) (ports.Head, error)
	load    func(context.Context, ports.StreamID, int) (ports.Loaded, error)
	loadAt  func(context.Context, ports.StreamID, ports.Version, int) (ports.Past, error)
	since   func(context.Context, ports.Head) ([]ports.Commit, ports.Head, error)
	read    func(context.Context, ports.StreamID, ports.Version, ports.Version) iter.Seq2[ports.Published, error]
	scan    func(context.Context, string) iter.Seq2[ports.Commit, error]
	changes func(context.Context, ports.Position, int) ([]ports.Change, error)
	end     func(context.Context) (ports.Position, error)
}

func newStoreDouble(breakIt func(*storeDouble)) *storeDouble {
	s := memory.NewEventStore()
	d := &storeDouble{
		EventStore: s,
		append:     s.Append, load: s.Load, loadAt: s.LoadAt, since: s.Since, read: s.Read,
		scan: s.Scan, changes: s.Changes, end: s.End,
	}
	breakIt(d)
	return d
}

func (d *storeDouble) Append(ctx context.Context, head ports.Head, c ports.Commit) (ports.Head, error) {
	return d.append(ctx, head, c)
}

func (d *storeDouble) Load(ctx context.Context, stream ports.StreamID, schema int) (ports.Loaded, error) {
	return d.load(ctx, stream, schema)
}

func (d *storeDouble) LoadAt(ctx context.Context, stream ports.StreamID, at ports.Version, schema int) (ports.Past, error) {
	return d.loadAt(ctx, stream, at, schema)
}

func (d *storeDouble) Since(ctx context.Context, head ports.Head) ([]ports.Commit, ports.Head, error) {
	return d.since(ctx, head)
}

func (d *storeDouble) Read(ctx context.Context, stream ports.StreamID, a, b ports.Version) iter.Seq2[ports.Published, error] {
	return d.read(ctx, stream, a, b)
}

func (d *storeDouble) Scan(ctx context.Context, category string) iter.Seq2[ports.Commit, error] {
	return d.scan(ctx, category)
}

func (d *storeDouble) Changes(ctx context.Context, after ports.Position, limit int) ([]ports.Change, error) {
	return d.changes(ctx, after, limit)
}

func (d *storeDouble) End(ctx context.Context) (ports.Position, error) { return d.end(ctx) }

func TestEventStoreBites(t *testing.T) {
	t.Parallel()
	double := func(breakIt func(*storeDouble)) ports.EventStore { return newStoreDouble(breakIt) }
	bites(t, porttest.EventStore(porttest.EventStoreFacts{}), double, slices.Concat(
		appendTwins(), besideTwins(), conflictTwins(), retryTwins(), invalidTwins(), largeTwins(),
		loadTwins(), pastTwins(), sinceTwins(), readTwins(),
		fidelityTwins(), ownershipTwins(), contextTwins(),
	))
}
