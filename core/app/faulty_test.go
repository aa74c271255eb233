package app_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/evercart/evercart/adapters/memory"
	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/core/es"
	"github.com/evercart/evercart/core/es/estest"
	"github.com/evercart/evercart/ports"
)

// faultyStore counts calls and makes faults happen at appends.
type faultyStore struct {
	ports.EventStore
	loads, bounded, appends, since atomic.Int64

	mu     sync.Mutex
	before []func(ports.Head, ports.Commit) error // one for each coming append; an error stands for it
	lose   int                                    // answers of coming appends that are lost
}

func (s *faultyStore) Load(ctx context.Context, stream ports.StreamID, schema int) (ports.Loaded, error) {
	s.loads.Add(1)
	return s.EventStore.Load(ctx, stream, schema)
}

func (s *faultyStore) LoadAt(ctx context.Context, stream ports.StreamID, at ports.Version, schema int) (ports.Past, error) {
	s.bounded.Add(1)
	return s.EventStore.LoadAt(ctx, stream, at, schema)
}

func (s *faultyStore) Since(ctx context.Context, head ports.Head) ([]ports.Commit, ports.Head, error) {
	s.since.Add(1)
	return s.EventStore.Since(ctx, head)
}

func (s *faultyStore) Append(ctx context.Context, head ports.Head, commit ports.Commit) (ports.Head, error) {
	s.appends.Add(1)
	if hook := s.next(); hook != nil {
		if err := hook(head, commit); err != nil {
			return ports.Head{}, err
		}
	}
	after, err := s.EventStore.Append(ctx, head, commit)
	s.mu.Lock()
	defer s.mu.Unlock()
	if err == nil && s.lose > 0 {
		s.lose--
		return ports.Head{}, fmt.Errorf("the answer is lost: %w", ports.ErrUnavailable)
	}
	return after, err
}

func (s *faultyStore) next() func(ports.Head, ports.Commit) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.before) == 0 {
		return nil
	}
	hook := s.before[0]
	s.before = s.before[1:]
	return hook
}

// forget sets the counters to zero.
func (s *faultyStore) forget() {
	s.loads.Store(0)
	s.bounded.Store(0)
	s.appends.Store(0)
	s.since.Store(0)
}

// tallies is the commands of two processes over one store.
type tallies struct {
	store *faultyStore
	ours  *app.Commands[estest.TallyState, estest.TallyCommand, estest.TallyEvent]
	// theirs is another process, which works on the store without faults.
	theirs *app.Commands[estest.TallyState, estest.TallyCommand, estest.TallyEvent]
	query  *app.Queries[estest.TallyState, estest.TallyCommand, estest.TallyEvent]
}

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

func newTallies(t *testing.T) *tallies {
	t.Helper()
	inner := memory.NewEventStore()
	store := &faultyStore{EventStore: inner}
	clock := func() time.Time { return noon }
	options := func(seed byte, cache int) app.CommandOptions {
		return app.CommandOptions{Now: clock, NewID: es.NewIDs(clock, [32]byte{seed}).New, CacheStreams: cache}
	}
	return &tallies{
		store:  store,
		ours:   app.NewCommands(estest.Tally{}, ports.EventStore(store), options(1, 10)),
		theirs: app.NewCommands(estest.Tally{}, ports.EventStore(inner), options(2, 0)),
		query:  app.NewQueries(estest.Tally{}, ports.EventStore(inner), "/test"),
	}
}

type tallyAnswer = app.Answer[estest.TallyState]

func request(key string, c estest.TallyCommand) *app.Request[estest.TallyCommand] {
	return &app.Request[estest.TallyCommand]{ID: "a", Command: c, CommandID: key}
}

// they counts n in the other process, by one command.
func (ts *tallies) they(t *testing.T, key string, n int) {
	t.Helper()
	if _, err := ts.theirs.Handle(t.Context(), request(key, estest.Count{N: n})); err != nil {
		t.Fatal(err)
	}
}

// beforeAppends makes the other process count 1 before each of our next n
// appends.
func (ts *tallies) beforeAppends(t *testing.T, n int) {
	t.Helper()
	for i := range n {
		ts.store.before = append(ts.store.before, func(ports.Head, ports.Commit) error {
			ts.they(t, fmt.Sprint("theirs-", i), 1)
			return nil
		})
	}
}

func canceled(t *testing.T) (context.Context, context.CancelFunc) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return ctx, cancel
}
