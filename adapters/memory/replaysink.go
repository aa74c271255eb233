package memory

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/evercart/evercart/ports"
)

// ReplaySink is a ports.ReplaySink without a queue: Deliver hands the records to a
// function in the caller's goroutine. It remembers what was handled.
type ReplaySink struct {
	handle func(context.Context, ports.Target, []ports.Record) error

	mu      sync.Mutex
	handled map[ports.Target][]ports.Record
}

// NewReplaySink returns a sink that hands records to handle: all of one call, in
// their order. An error of handle is Deliver's. handle must be safe for concurrent
// use, and must not keep the records.
func NewReplaySink(handle func(context.Context, ports.Target, []ports.Record) error) *ReplaySink {
	return &ReplaySink{handle: handle, handled: map[ports.Target][]ports.Record{}}
}

// Deliver implements ports.ReplaySink.
func (s *ReplaySink) Deliver(ctx context.Context, target ports.Target, records []ports.Record) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("memory: deliver %d records to %s: %w", len(records), target, err)
	}
	for i := range records {
		if records[i].Replay == "" {
			return fmt.Errorf("memory: deliver to %s: record %d: %w", target, i, errUnmarked)
		}
	}
	if err := s.handle(ctx, target, records); err != nil {
		return fmt.Errorf("memory: deliver %d records to %s: %w", len(records), target, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range records {
		r.Data = slices.Clone(r.Data)
		s.handled[target] = append(s.handled[target], r)
	}
	return nil
}

// errUnmarked says that a record does not name its replay. It would have outward
// effects.
var errUnmarked = errors.New("it has no replay mark")

// Pending implements ports.ReplaySink: what is delivered is handled.
func (s *ReplaySink) Pending(ctx context.Context, target ports.Target) (int64, error) {
	if err := ctx.Err(); err != nil {
		return 0, fmt.Errorf("memory: pending of %s: %w", target, err)
	}
	return 0, nil
}

// Handled returns the records that were handled for target, in order.
func (s *ReplaySink) Handled(target ports.Target) []ports.Record {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.handled[target])
}
