package memory

import (
	"context"
	"slices"
	"sync"

	"github.com/evercart/evercart/ports"
)

// rowsPerChange is as many as one DynamoDB transaction takes beside the
// checkpoint, so that what runs on memory meets the same bound.
const rowsPerChange = 99

// ViewStore is a ports.ViewStore in this process's memory.
type ViewStore struct {
	mu      sync.RWMutex
	targets map[ports.Target]*target
}

// target is what one generation of one consumer has stored.
type target struct {
	checkpoints map[ports.StreamID]ports.Checkpoint
	partitions  map[string]*partition
}

// NewViewStore returns an empty store.
func NewViewStore() *ViewStore {
	return &ViewStore{targets: map[ports.Target]*target{}}
}

// RowsPerChange implements ports.ViewStore.
func (*ViewStore) RowsPerChange() int { return rowsPerChange }

// Checkpoints implements ports.ViewStore.
func (s *ViewStore) Checkpoints(ctx context.Context, of ports.Target, streams []ports.StreamID) ([]ports.Checkpoint, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	found := make([]ports.Checkpoint, len(streams))
	for i, stream := range streams {
		found[i] = ports.Checkpoint{Stream: stream}
		if t := s.targets[of]; t != nil {
			if c, ok := t.checkpoints[stream]; ok {
				found[i] = cloneCheckpoint(c)
			}
		}
	}
	return found, nil
}

// Apply implements ports.ViewStore.
func (s *ViewStore) Apply(ctx context.Context, to ports.Target, changes []ports.ViewChange) []error {
	errs := make([]error, len(changes))
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range changes {
		if errs[i] = ctx.Err(); errs[i] == nil {
			errs[i] = s.apply(to, &changes[i])
		}
	}
	return errs
}

func (s *ViewStore) apply(to ports.Target, change *ports.ViewChange) error {
	next := cloneCheckpoint(change.Checkpoint)
	if n := len(change.Put) + len(change.Delete); n > rowsPerChange {
		return &ports.TooLargeError{What: "change of " + to.String() + " by " + next.Stream.String(), Size: n, Max: rowsPerChange, Unit: "rows"}
	}
	t := s.targets[to]
	if t == nil {
		t = &target{checkpoints: map[ports.StreamID]ports.Checkpoint{}, partitions: map[string]*partition{}}
		s.targets[to] = t
	}
	if t.checkpoints[next.Stream].Revision != next.Revision {
		return ports.ErrCheckpointMoved
	}
	next.Revision++
	t.checkpoints[next.Stream] = next
	for _, row := range change.Put {
		t.put(row)
	}
	for _, key := range change.Delete {
		t.remove(key)
	}
	return nil
}

// Query implements ports.ViewStore.
func (s *ViewStore) Query(ctx context.Context, of ports.Target, q ports.RowQuery) ([]ports.Row, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	t := s.targets[of]
	if t == nil || t.partitions[q.Partition] == nil {
		return nil, nil
	}
	return t.partitions[q.Partition].query(q), nil
}

// Rows implements ports.ViewStore.
func (s *ViewStore) Rows(ctx context.Context, of ports.Target, keys []ports.RowKey) ([]ports.Row, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	t := s.targets[of]
	if t == nil {
		return nil, nil
	}
	var rows []ports.Row
	seen := make(map[ports.RowKey]bool, len(keys))
	for _, key := range keys {
		if seen[key] {
			continue
		}
		seen[key] = true
		if value, ok := t.value(key); ok {
			rows = append(rows, ports.Row{RowKey: key, Value: slices.Clone(value)})
		}
	}
	return rows, nil
}

// Drop implements ports.ViewStore.
func (s *ViewStore) Drop(ctx context.Context, of ports.Target) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.targets, of)
	return nil
}
