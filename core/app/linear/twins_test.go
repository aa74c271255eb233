package linear_test

import (
	"context"
	"errors"
	"iter"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/memory"
	"github.com/evercart/evercart/ports"
)

// twinSeeds is how many histories of a broken store may pass before the proof is
// called blind.
const twinSeeds = 10

// Each twin breaks one promise that linearizability rests on. The proof sees it.
func TestTheProofBites(t *testing.T) {
	t.Parallel()
	for name, twin := range map[string]func(ports.EventStore) ports.EventStore{
		"a load is stale now and then": func(s ports.EventStore) ports.EventStore { return &staleLoads{EventStore: s} },
		"a process answers no-ops and refusals from what it knew": func(s ports.EventStore) ports.EventStore {
			return &ownLoads{EventStore: s, known: map[string]ports.Loaded{}}
		},
		"an append that meets a conflict is lost and acknowledged": func(s ports.EventStore) ports.EventStore { return lostUpdates{s} },
		"a retry is carried out again":                             func(s ports.EventStore) ports.EventStore { return forgetful{s} },
		"a command that comes again is answered as of now":         func(s ports.EventStore) ports.EventStore { return timeless{s} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			caught(t, func(store ports.EventStore) opener {
				return func(context.Context) (ports.EventStore, func() error, error) {
					return twin(store), func() error { return nil }, nil
				}
			})
		})
	}
	t.Run("the last writer wins", func(t *testing.T) {
		t.Parallel()
		caught(t, func(ports.EventStore) opener {
			store := &lastWriterWins{streams: map[ports.StreamID][]ports.Commit{}}
			return func(context.Context) (ports.EventStore, func() error, error) {
				return store, func() error { return nil }, nil
			}
		})
	})
}

func caught(t *testing.T, twin func(ports.EventStore) opener) {
	t.Helper()
	for seed := range uint64(twinSeeds) {
		h, err := run(t.Context(), twin(memory.NewEventStore()), seed+1, 2000)
		if err == nil {
			err = h.check()
		}
		if v, ok := errors.AsType[*violation](err); ok {
			t.Logf("in history %d: %s", seed+1, strings.SplitN(v.Error(), "\n", 2)[0])
			return
		}
		require.NoError(t, err, "it is found by chance, not by the proof")
	}
	t.Fatalf("%d histories of a broken store are taken for linearizable", twinSeeds)
}

// staleLoads answers one load in ten without the newest commit, as an eventually
// consistent read does.
type staleLoads struct{ ports.EventStore }

func (s *staleLoads) Load(ctx context.Context, stream ports.StreamID, _ int) (ports.Loaded, error) {
	loaded, err := s.EventStore.Load(ctx, stream, 0)
	if n := len(loaded.Commits); err == nil && n > 1 && rand.IntN(10) == 0 {
		loaded.Commits, loaded.Head = loaded.Commits[:n-1], ports.HeadOf(&loaded.Commits[n-2])
	}
	return loaded, err
}

// ownLoads answers a load with what this process loaded or stored last: a cache
// that says no.
type ownLoads struct {
	ports.EventStore
	mu    sync.Mutex
	known map[string]ports.Loaded
}

func (s *ownLoads) Load(ctx context.Context, stream ports.StreamID, _ int) (ports.Loaded, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if known, ok := s.known[stream.ID]; ok {
		return known, nil
	}
	loaded, err := s.EventStore.Load(ctx, stream, 0)
	if err == nil {
		s.known[stream.ID] = loaded
	}
	return loaded, err
}

func (s *ownLoads) Append(ctx context.Context, head ports.Head, commit ports.Commit) (ports.Head, error) {
	after, err := s.EventStore.Append(ctx, head, commit)
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.known, commit.Stream.ID)
	return after, err
}

// lostUpdates acknowledges what a conflict kept from being stored.
type lostUpdates struct{ ports.EventStore }

func (s lostUpdates) Append(ctx context.Context, head ports.Head, commit ports.Commit) (ports.Head, error) {
	after, err := s.EventStore.Append(ctx, head, commit)
	if conflict, ok := errors.AsType[*ports.ConflictError](err); ok {
		return conflict.Head, nil
	}
	return after, err
}

// forgetful does not say which command recorded a commit.
type forgetful struct{ ports.EventStore }

func (s forgetful) Load(ctx context.Context, stream ports.StreamID, _ int) (ports.Loaded, error) {
	loaded, err := s.EventStore.Load(ctx, stream, 0)
	for i := range loaded.Commits {
		loaded.Commits[i].CommandID = ""
	}
	return loaded, err
}

// timeless reads the past as it is now.
type timeless struct{ ports.EventStore }

func (s timeless) LoadAt(ctx context.Context, stream ports.StreamID, at ports.Version, _ int) (ports.Past, error) {
	return s.EventStore.LoadAt(ctx, stream, at+1, 0)
}

// lastWriterWins stores a commit over whatever stands in its place.
type lastWriterWins struct {
	mu      sync.Mutex
	streams map[ports.StreamID][]ports.Commit // of one event each
}

func (s *lastWriterWins) Append(_ context.Context, _ ports.Head, commit ports.Commit) (ports.Head, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := slices.Clone(s.streams[commit.Stream]) // readers have the old ones
	if at := int(commit.First - 1); at < len(all) {
		all[at] = commit.Clone()
	} else {
		all = append(all, commit.Clone())
	}
	s.streams[commit.Stream] = all
	return ports.HeadOf(&commit), nil
}

func (s *lastWriterWins) Load(_ context.Context, stream ports.StreamID, _ int) (ports.Loaded, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	l := ports.Loaded{Commits: s.streams[stream], Head: ports.NewHead(stream, 0, ports.Hash{}, time.Time{})}
	if n := len(l.Commits); n > 0 {
		l.Head = ports.HeadOf(&l.Commits[n-1])
	}
	return l, nil
}

func (s *lastWriterWins) LoadAt(ctx context.Context, stream ports.StreamID, at ports.Version, _ int) (ports.Past, error) {
	var past ports.Past
	for e, err := range s.Read(ctx, stream, 1, at) {
		if err != nil {
			return past, err
		}
		past.Events = append(past.Events, e.Event)
	}
	return past, nil
}

func (s *lastWriterWins) Since(_ context.Context, head ports.Head) ([]ports.Commit, ports.Head, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := s.streams[head.Stream()]
	if len(all) == 0 {
		return nil, head, nil
	}
	return all[min(len(all), int(head.Version())):], ports.HeadOf(&all[len(all)-1]), nil
}

func (s *lastWriterWins) Read(_ context.Context, stream ports.StreamID, a, b ports.Version) iter.Seq2[ports.Published, error] {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := s.streams[stream]
	return func(yield func(ports.Published, error) bool) {
		for _, c := range all {
			if c.First >= a && c.First <= b && !yield(c.Published("")[0], nil) {
				return
			}
		}
	}
}
