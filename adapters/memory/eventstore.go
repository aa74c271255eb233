package memory

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"sort"
	"sync"
	"time"

	"github.com/evercart/evercart/ports"
)

// EventStore is a ports.EventStore, ports.StoreScanner and ports.ChangeFeed.
//
// A stored commit is never changed and a stream's list only grows, so a reader
// takes the list under the lock and reads it without.
type EventStore struct {
	mu      sync.RWMutex
	streams map[ports.StreamID][]*ports.Commit
	// changes holds every commit in the order of storing; it is appended to under mu.
	changes log[*ports.Commit]
}

// NewEventStore returns an empty store.
func NewEventStore() *EventStore {
	return &EventStore{
		streams: make(map[ports.StreamID][]*ports.Commit),
		changes: newLog[*ports.Commit](),
	}
}

// Append implements ports.EventStore.
func (s *EventStore) Append(ctx context.Context, head ports.Head, commit ports.Commit) (ports.Head, error) {
	if err := ports.CheckAppend(head, &commit); err != nil {
		return ports.Head{}, err
	}
	if err := ctx.Err(); err != nil {
		return ports.Head{}, fmt.Errorf("memory: append %s after version %d: %w", commit.Stream, head.Version(), err)
	}
	stored := keep(&commit)

	s.mu.Lock()
	defer s.mu.Unlock()
	commits := s.streams[commit.Stream]
	if end(commits) != head.Version() {
		return conflict(commits, &commit)
	}
	s.streams[commit.Stream] = append(commits, stored)
	s.changes.append(stored)
	return ports.HeadOf(stored), nil
}

// keep returns a copy of commit that shares no slice with it. A commit of one
// event, as most are, lies in one piece of memory.
func keep(commit *ports.Commit) *ports.Commit {
	if len(commit.Events) != 1 {
		stored := commit.Clone()
		return &stored
	}
	piece := struct {
		commit ports.Commit
		event  [1]ports.Event
	}{*commit, [1]ports.Event{commit.Events[0]}}
	stored := &piece.commit
	stored.Events, stored.Snapshot = piece.event[:], slices.Clone(commit.Snapshot)
	return stored
}

// conflict answers an append to a stream that does not end where commit was to
// build on.
func conflict(commits []*ports.Commit, commit *ports.Commit) (ports.Head, error) {
	i := firstAfter(commits, commit.First-1)
	if i == len(commits) || commits[i].First != commit.First {
		return ports.Head{}, &ports.InvalidCommitError{
			Stream: commit.Stream,
			Err:    fmt.Errorf("the head's version %d is no commit's end in this store", commit.First-1),
		}
	}
	inTheWay := commits[i]
	if ports.SameCommit(commit, inTheWay) {
		return ports.HeadOf(inTheWay), nil
	}
	return ports.Head{}, &ports.ConflictError{
		Stream: commit.Stream, Wanted: commit.First,
		Commit: inTheWay.Clone(), Head: ports.HeadOf(inTheWay),
	}
}

// Load implements ports.EventStore.
func (s *EventStore) Load(ctx context.Context, stream ports.StreamID, snapshotSchema int) (ports.Loaded, error) {
	commits, err := s.read(ctx, stream)
	if err != nil {
		return ports.Loaded{}, fmt.Errorf("memory: load %s: %w", stream, err)
	}
	snapshot, after := newestSnapshot(commits, snapshotSchema)
	return ports.Loaded{Snapshot: snapshot, Commits: cloneAll(commits[after:]), Head: headOf(stream, commits)}, nil
}

// LoadAt implements ports.EventStore.
func (s *EventStore) LoadAt(ctx context.Context, stream ports.StreamID, at ports.Version, snapshotSchema int) (ports.Past, error) {
	commits, err := s.read(ctx, stream)
	if err != nil {
		return ports.Past{}, fmt.Errorf("memory: load %s at version %d: %w", stream, at, err)
	}
	whole := firstAfter(commits, at)
	snapshot, after := newestSnapshot(commits[:whole], snapshotSchema)
	past := ports.Past{Snapshot: snapshot}
	for _, c := range commits[after:] {
		if c.First > at {
			break
		}
		past.Events = append(past.Events, c.Events[:min(c.Last, at)-c.First+1]...)
	}
	return past, nil
}

// Since implements ports.EventStore.
func (s *EventStore) Since(ctx context.Context, head ports.Head) ([]ports.Commit, ports.Head, error) {
	commits, err := s.read(ctx, head.Stream())
	if err != nil {
		return nil, ports.Head{}, fmt.Errorf("memory: read %s after version %d: %w", head.Stream(), head.Version(), err)
	}
	news := commits[firstAfter(commits, head.Version()):]
	if len(news) == 0 {
		return nil, head, nil
	}
	return cloneAll(news), headOf(head.Stream(), news), nil
}

// Read implements ports.EventStore. It yields what the stream holds when the
// ranging starts.
func (s *EventStore) Read(ctx context.Context, stream ports.StreamID, a, b ports.Version) iter.Seq2[ports.Published, error] {
	return func(yield func(ports.Published, error) bool) {
		commits, err := s.read(ctx, stream)
		if err != nil {
			yield(ports.Published{}, fmt.Errorf("memory: read %s from version %d: %w", stream, a, err))
			return
		}
		for _, c := range commits[firstAfter(commits, a-1):] {
			for _, e := range c.Published("") {
				if e.Version < a {
					continue
				}
				if e.Version > b {
					return
				}
				if err := ctx.Err(); err != nil {
					yield(ports.Published{}, fmt.Errorf("memory: read %s from version %d: %w", stream, e.Version, err))
					return
				}
				if !yield(e, nil) {
					return
				}
			}
		}
	}
}

// read returns a stream's commits, which the caller must not change.
func (s *EventStore) read(ctx context.Context, stream ports.StreamID) ([]*ports.Commit, error) {
	if err := errors.Join(ctx.Err(), stream.Validate()); err != nil {
		return nil, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.streams[stream], nil
}

// end returns the version of the last event of commits, which start a stream.
func end(commits []*ports.Commit) ports.Version {
	if len(commits) == 0 {
		return 0
	}
	return commits[len(commits)-1].Last
}

func headOf(stream ports.StreamID, commits []*ports.Commit) ports.Head {
	if len(commits) == 0 {
		return ports.NewHead(stream, 0, ports.Hash{}, time.Time{})
	}
	return ports.HeadOf(commits[len(commits)-1])
}

// firstAfter returns the index of the first commit that ends after version v.
func firstAfter(commits []*ports.Commit, v ports.Version) int {
	return sort.Search(len(commits), func(i int) bool { return commits[i].Last > v })
}

// newestSnapshot returns the newest snapshot of schema in commits, or nil, and the
// index of the commit after it. Schema 0 finds none.
func newestSnapshot(commits []*ports.Commit, schema int) (*ports.Snapshot, int) {
	for i, c := range slices.Backward(commits) {
		if schema != 0 && c.SnapshotSchema == schema {
			return &ports.Snapshot{Version: c.Last, Schema: schema, Data: slices.Clone(c.Snapshot)}, i + 1
		}
	}
	return nil, 0
}

func cloneAll(commits []*ports.Commit) []ports.Commit {
	if len(commits) == 0 {
		return nil
	}
	out := make([]ports.Commit, len(commits))
	for i, c := range commits {
		out[i] = c.Clone()
	}
	return out
}
