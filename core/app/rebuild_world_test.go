package app_test

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/filearchive"
	"github.com/evercart/evercart/adapters/memory"
	"github.com/evercart/evercart/adapters/sqlite"
	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/core/es"
	"github.com/evercart/evercart/core/es/estest"
	"github.com/evercart/evercart/ports"
)

// shelf is everything that outlives a process.
type shelf struct {
	store      ports.EventStore
	changes    ports.ChangeFeed
	publisher  ports.Publisher
	feed       ports.FeedReader
	positions  ports.Positions
	views      ports.ViewStore
	catalog    ports.ViewCatalog
	jobs       ports.ReplayJobs
	quarantine ports.Quarantine
	archive    ports.Archive
	leases     ports.Leases
}

func memoryShelf() shelf {
	store, feed := memory.NewEventStore(), memory.NewFeed(time.Now)
	return shelf{
		store: store, changes: store, publisher: feed, feed: feed, positions: memory.NewPositions(),
		views: memory.NewViewStore(), catalog: memory.NewViewCatalog(), jobs: memory.NewReplayJobs(),
		quarantine: memory.NewQuarantine(), archive: memory.NewArchive(), leases: memory.NewLeases(),
	}
}

// fileShelf opens the files of a folder, as each process does.
func fileShelf(t *testing.T, folder string) shelf {
	t.Helper()
	ctx := context.Background()
	store, err := sqlite.OpenEventStore(ctx, filepath.Join(folder, "events.db"))
	require.NoError(t, err)
	feed, err := sqlite.OpenFeed(ctx, filepath.Join(folder, "feed.db"), time.Now)
	require.NoError(t, err)
	views, err := sqlite.OpenViews(ctx, filepath.Join(folder, "views.db"))
	require.NoError(t, err)
	archive, err := filearchive.New(filepath.Join(folder, "archive"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, errors.Join(views.Close(), feed.Close(), store.Close())) })
	return shelf{
		store: store, changes: store, publisher: feed, feed: feed, positions: views, views: views, catalog: views,
		jobs: views, quarantine: views, archive: archive, leases: sqlite.NewLeases(folder),
	}
}

// fate kills a process after a number of steps, each before or after a write.
type fate struct {
	left atomic.Int64
	kill context.CancelFunc
}

var errKilled = errors.New("the process is dead")

func (f *fate) step() error {
	switch left := f.left.Add(-1); {
	case left > 0:
		return nil
	case left == 0:
		f.kill()
	}
	return errKilled
}

// The writes of a process that a fate ends: what is written stays, whether or not
// the process learns of it.
type (
	mortalViews struct {
		ports.ViewStore
		*fate
	}
	mortalCatalog struct {
		ports.ViewCatalog
		*fate
	}
	mortalJobs struct {
		ports.ReplayJobs
		*fate
	}
	mortalPositions struct {
		ports.Positions
		*fate
	}
	mortalArchive struct {
		ports.Archive
		*fate
	}
)

func (m mortalViews) Apply(ctx context.Context, target ports.Target, changes []ports.ViewChange) []error {
	errs := make([]error, len(changes))
	if err := m.step(); err != nil {
		for i := range errs {
			errs[i] = err
		}
		return errs
	}
	errs = m.ViewStore.Apply(ctx, target, changes)
	if err := m.step(); err != nil {
		for i := range errs {
			errs[i] = err
		}
	}
	return errs
}

// around makes a write between two steps.
func around(f *fate, write func() error) error {
	if err := f.step(); err != nil {
		return err
	}
	return errors.Join(write(), f.step())
}

func (m mortalCatalog) SaveView(ctx context.Context, entry ports.ViewEntry) error {
	if err := m.step(); err != nil {
		return err
	}
	if err := m.ViewCatalog.SaveView(ctx, entry); err != nil {
		return err
	}
	return m.step()
}

func (m mortalJobs) SaveReplayJob(ctx context.Context, job ports.ReplayJob) (saved ports.ReplayJob, err error) {
	if err := m.step(); err != nil {
		return job, err
	}
	if saved, err = m.ReplayJobs.SaveReplayJob(ctx, job); err != nil {
		return saved, err
	}
	return saved, m.step()
}

func (m mortalPositions) SavePosition(ctx context.Context, follower string, b ports.Bookmark) error {
	return around(m.fate, func() error { return m.Positions.SavePosition(ctx, follower, b) })
}

func (m mortalArchive) WriteObject(ctx context.Context, batch ports.ArchiveBatch, lines [][]byte) (o ports.ArchiveObject, err error) {
	err = around(m.fate, func() error { o, err = m.Archive.WriteObject(ctx, batch, lines); return err })
	return o, err
}

// process is one process over a shelf.
type process struct {
	shelf
	ctx       context.Context
	die       context.CancelFunc
	fate      *fate
	commands  *app.Commands[estest.TallyState, estest.TallyCommand, estest.TallyEvent]
	projector *tallyProjector
	runner    *app.ReplayRunner
	followers []*app.Subscription
	relay     *app.Relay
}

// immortal is more steps than a test takes.
const immortal = 1 << 40

var (
	rebuiltView = estest.TallyView{Wide: 60} // an event is more rows than one transaction takes
	processes   atomic.Uint64
)

// newProcess starts a process that dies after some steps.
func newProcess(s shelf, steps int64) *process {
	number := processes.Add(1)
	ctx, cancel := context.WithCancel(context.Background())
	f := &fate{kill: cancel}
	f.left.Store(steps)
	s.views, s.catalog, s.jobs = mortalViews{s.views, f}, mortalCatalog{s.catalog, f}, mortalJobs{s.jobs, f}
	s.positions, s.archive = mortalPositions{s.positions, f}, mortalArchive{s.archive, f}
	log := slog.New(slog.DiscardHandler)
	p := &process{shelf: s, ctx: ctx, die: cancel, fate: f}
	p.commands = app.NewCommands(estest.Tally{}, s.store, app.CommandOptions{
		Now: time.Now, NewID: es.NewIDs(time.Now, [32]byte{byte(number), byte(number >> 8)}).New,
	})
	p.projector = app.NewProjector(estest.Tally{}, es.View[estest.TallyState](rebuiltView), s.store, s.views, s.catalog, s.quarantine,
		app.TrackOptions{Now: time.Now, Log: log})
	sink := &app.DirectSink{Backoff: time.Millisecond, Targets: map[string]app.ReplayTarget{p.projector.Name(): p.projector.HandleFor}}
	p.runner = &app.ReplayRunner{
		Replayer: &app.Replayer{
			Archive: s.archive, Jobs: s.jobs, Sink: sink, Quarantine: s.quarantine, Now: time.Now, Log: log,
			SaveEvery: time.Nanosecond, Batch: 7, Backoff: time.Millisecond,
		},
		Rebuilder: &app.Rebuilder{
			Archive: s.archive, Catalog: s.catalog, Views: s.views, Sink: sink, Jobs: s.jobs, Now: time.Now, Log: log,
			Kinds: map[string]app.ViewKind{p.projector.Name(): {Category: "tally", CatchUp: p.projector.CatchUp}},
		},
		Leases: s.leases, Takes: sink.Knows, Log: log, Poll: time.Millisecond,
	}
	follower := func(consumer app.Consumer, limit int) *app.Subscription {
		return &app.Subscription{
			Reader: s.feed, Positions: s.positions, Consumer: consumer, Limit: limit, Backoff: time.Millisecond,
			Meter: ports.NoMeter{}, Now: time.Now, Log: log,
		}
	}
	p.followers = []*app.Subscription{
		follower(app.NewArchiver(s.archive, s.quarantine, time.Now, ports.NoMeter{}), 9), follower(p.projector, 5),
	}
	p.relay = &app.Relay{
		Changes: s.changes, Publisher: s.publisher, Positions: s.positions, Quarantine: s.quarantine,
		Source: "/test", Meter: ports.NoMeter{}, Now: time.Now, Log: log,
	}
	return p
}

// serve runs the pipeline, and what replays nobody carries out if it may, until the
// process dies.
func (p *process) serve(takesUp bool) {
	var parts sync.WaitGroup
	parts.Go(func() { p.relay.Run(p.ctx) })
	for _, f := range p.followers {
		parts.Go(func() { f.Run(p.ctx) })
	}
	if takesUp {
		parts.Go(func() { p.runner.Run(p.ctx) })
	}
	parts.Wait()
}

// catchUp serves until everything that was committed is archived and in the views.
func catchUp(t *testing.T, s shelf) {
	t.Helper()
	p := newProcess(s, immortal)
	var serving sync.WaitGroup
	serving.Go(func() { p.serve(true) })
	require.Eventually(t, func() bool {
		end, err := s.changes.End(t.Context())
		require.NoError(t, err)
		relayed, err := s.positions.Position(t.Context(), app.RelayName)
		require.NoError(t, err)
		tip, err := s.feed.Tip(t.Context())
		require.NoError(t, err)
		ok := relayed.Position == end
		for _, follower := range p.followers {
			at, err := s.positions.Position(t.Context(), follower.Consumer.Name())
			require.NoError(t, err)
			ok = ok && at.Position == tip.Position
		}
		return ok
	}, 3*time.Minute, 5*time.Millisecond, "the pipeline catches up") // the machine may be busy
	p.die()
	serving.Wait()
}

// rowsIn returns every row of a generation, of the tallies given.
func rowsIn(t *testing.T, s shelf, generation int, tallies []string) []ports.Row {
	t.Helper()
	target := ports.Target{Consumer: rebuiltView.Name(), Generation: generation}
	partitions := []string{"all"}
	for _, id := range tallies {
		partitions = append(partitions, "wide/"+id)
	}
	var rows []ports.Row
	for _, partition := range partitions {
		some, err := s.views.Query(t.Context(), target, ports.RowQuery{Partition: partition, Limit: 100_000})
		require.NoError(t, err)
		rows = append(rows, some...)
	}
	return rows
}

// folded returns the rows that the whole store folds to.
func folded(t *testing.T, s shelf, tallies []string) []ports.Row {
	t.Helper()
	var all, wide []ports.Row
	for _, id := range slices.Sorted(slices.Values(tallies)) {
		stream := ports.StreamID{Category: "tally", ID: id}
		state, version := estest.TallyState{}, ports.Version(0)
		for e, err := range s.store.Read(t.Context(), stream, 1, 1<<40) {
			require.NoError(t, err)
			state, err = estest.Tally{}.Apply(state, &e.Event)
			require.NoError(t, err)
			version = e.Version
		}
		if version > 0 {
			rows := rebuiltView.Rows(stream, version, state)
			all, wide = append(all, rows[0]), append(wide, rows[1:]...)
		}
	}
	return append(all, wide...)
}
