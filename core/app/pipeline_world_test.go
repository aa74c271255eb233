package app_test

import (
	"context"
	"fmt"
	"iter"
	"log/slog"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/memory"
	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/core/es"
	"github.com/evercart/evercart/core/es/estest"
	"github.com/evercart/evercart/ports"
)

// world is a store with tallies in it, and what stands behind it.
type world struct {
	t          *testing.T
	now        time.Time
	store      *memory.EventStore
	reads      *brokenReads
	views      *brokenViews
	catalog    *memory.ViewCatalog
	quarantine *memory.Quarantine
	counter    *counter
	commands   *app.Commands[estest.TallyState, estest.TallyCommand, estest.TallyEvent]
	projector  *tallyProjector
	keys       int
}

type tallyProjector = app.Projector[estest.TallyState, estest.TallyCommand, estest.TallyEvent]

// brokenReads is a store whose reads fail while err is set.
type brokenReads struct {
	ports.EventStore
	mu  sync.Mutex
	err error
}

func (b *brokenReads) fail(err error) { b.mu.Lock(); b.err = err; b.mu.Unlock() }

func (b *brokenReads) Read(ctx context.Context, stream ports.StreamID, from, to ports.Version) iter.Seq2[ports.Published, error] {
	b.mu.Lock()
	err := b.err
	b.mu.Unlock()
	if err != nil {
		return func(yield func(ports.Published, error) bool) { yield(ports.Published{}, err) }
	}
	return b.EventStore.Read(ctx, stream, from, to)
}

// brokenViews is a view store with a small transaction and failing or interfering
// writes.
type brokenViews struct {
	*memory.ViewStore
	rows   int
	before []func(changes []ports.ViewChange) error // one for each coming Apply
	// refuses says of a change why it is not taken; nil: all are.
	refuses func(change *ports.ViewChange) error
}

func (b *brokenViews) RowsPerChange() int { return b.rows }

func (b *brokenViews) Apply(ctx context.Context, target ports.Target, changes []ports.ViewChange) []error {
	if len(b.before) > 0 {
		hook := b.before[0]
		b.before = b.before[1:]
		if err := hook(changes); err != nil {
			errs := make([]error, len(changes))
			for i := range errs {
				errs[i] = err
			}
			return errs
		}
	}
	errs := make([]error, len(changes))
	for i := range changes {
		if b.refuses != nil {
			errs[i] = b.refuses(&changes[i])
		}
		if errs[i] == nil {
			errs[i] = b.ViewStore.Apply(ctx, target, changes[i:i+1])[0]
		}
	}
	return errs
}

// counter is a meter that remembers.
type counter struct {
	ports.NoMeter
	mu     sync.Mutex
	counts map[string]int64
	gauges map[string]float64
}

func (c *counter) Set(m ports.Metric, label string, v float64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.gauges[string(m)+" "+label] = v
}

// gauge returns what a gauge was set to; -1 where it was not.
func (c *counter) gauge(m ports.Metric, label string) float64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	if v, set := c.gauges[string(m)+" "+label]; set {
		return v
	}
	return -1
}

func (c *counter) Add(m ports.Metric, label string, n int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.counts[string(m)+" "+label] += n
}

func (c *counter) of(m ports.Metric, label string) int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.counts[string(m)+" "+label]
}

func newWorld(t *testing.T, view estest.TallyView) *world {
	t.Helper()
	w := &world{
		t: t, now: noon, store: memory.NewEventStore(), catalog: memory.NewViewCatalog(), quarantine: memory.NewQuarantine(),
		views:   &brokenViews{ViewStore: memory.NewViewStore(), rows: 10},
		counter: &counter{counts: map[string]int64{}, gauges: map[string]float64{}},
	}
	w.reads = &brokenReads{EventStore: w.store}
	clock := func() time.Time { return w.now }
	w.commands = app.NewCommands(estest.Tally{}, ports.EventStore(w.store), app.CommandOptions{Now: clock, NewID: es.NewIDs(clock, [32]byte{1}).New})
	w.projector = app.NewProjector(estest.Tally{}, es.View[estest.TallyState](view), ports.EventStore(w.reads), w.views, w.catalog, w.quarantine,
		app.TrackOptions{Now: clock, Log: slog.New(slog.DiscardHandler), Meter: w.counter})
	return w
}

// count records one command on a tally, of the given number of events.
func (w *world) count(id string, n, times int) {
	w.t.Helper()
	w.keys++
	_, err := w.commands.Handle(w.t.Context(), &app.Request[estest.TallyCommand]{
		ID: id, Command: estest.Count{N: n, Times: times}, CommandID: fmt.Sprint("k-", w.keys),
	})
	require.NoError(w.t, err)
}

// records returns the published events of a tally from version a to b, as the
// feed carries them.
func (w *world) records(id string, a, b ports.Version) []ports.Record {
	w.t.Helper()
	var records []ports.Record
	loaded, err := w.store.Load(w.t.Context(), ports.StreamID{Category: "tally", ID: id}, 0)
	require.NoError(w.t, err)
	for i := range loaded.Commits {
		out, err := app.Outgoing(&loaded.Commits[i], "/test")
		require.NoError(w.t, err)
		for k := range out {
			if v := loaded.Commits[i].First + ports.Version(k); v >= a && v <= b {
				records = append(records, ports.Record{Shard: "0", Position: ports.Position(fmt.Sprintf("%s%05d", id, v)), Arrival: w.now, Data: out[k].Data})
			}
		}
	}
	return records
}

// deliver hands records to the projector and returns the indexes that failed.
func (w *world) deliver(records ...ports.Record) []int {
	w.t.Helper()
	failed := []int{}
	for _, f := range w.projector.Handle(w.t.Context(), records) {
		require.Error(w.t, f.Err)
		failed = append(failed, f.Index)
	}
	return failed
}

var firstTarget = ports.Target{Consumer: "sums", Generation: 1}

func (w *world) checkpoint(id string) ports.Checkpoint {
	w.t.Helper()
	all, err := w.views.Checkpoints(w.t.Context(), firstTarget, []ports.StreamID{{Category: "tally", ID: id}})
	require.NoError(w.t, err)
	return all[0]
}

// sum returns what the view says of a tally; -1 where it says nothing.
func (w *world) sum(id string) int {
	w.t.Helper()
	rows, err := w.views.Rows(w.t.Context(), firstTarget, []ports.RowKey{{Partition: "all", Sort: id}})
	require.NoError(w.t, err)
	if len(rows) == 0 {
		return -1
	}
	n, err := strconv.Atoi(string(rows[0].Value))
	require.NoError(w.t, err)
	return n
}

// wide returns the sort keys of the tally's wide rows.
func (w *world) wide(id string) []string {
	w.t.Helper()
	rows, err := w.views.Query(w.t.Context(), firstTarget, ports.RowQuery{Partition: "wide/" + id, Limit: 10_000})
	require.NoError(w.t, err)
	keys := []string{}
	for _, r := range rows {
		keys = append(keys, r.Sort+"="+string(r.Value))
	}
	return keys
}
