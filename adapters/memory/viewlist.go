package memory

import (
	"context"
	"slices"
	"strings"

	"github.com/evercart/evercart/ports"
)

// Parked implements ports.ViewStore.
func (s *ViewStore) Parked(ctx context.Context, of ports.Target, after string, limit int) ([]ports.Checkpoint, error) {
	return s.list(ctx, of, after, limit, func(c *ports.Checkpoint) bool { return c.Parked != nil })
}

// ListCheckpoints implements ports.ViewStore.
func (s *ViewStore) ListCheckpoints(ctx context.Context, of ports.Target, after string, limit int) ([]ports.Checkpoint, error) {
	return s.list(ctx, of, after, limit, func(*ports.Checkpoint) bool { return true })
}

// list returns at most limit of the checkpoints that are wanted, after the stream
// named after, in the order of their streams' names.
func (s *ViewStore) list(
	ctx context.Context, of ports.Target, after string, limit int, wanted func(*ports.Checkpoint) bool,
) ([]ports.Checkpoint, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	t := s.targets[of]
	if t == nil {
		return nil, nil
	}
	type named struct {
		name string
		ports.Checkpoint
	}
	var found []named
	for stream, c := range t.checkpoints {
		if name := stream.String(); name > after && wanted(&c) {
			found = append(found, named{name, c})
		}
	}
	slices.SortFunc(found, func(a, b named) int { return strings.Compare(a.name, b.name) })
	var out []ports.Checkpoint
	for _, n := range found[:min(limit, len(found))] {
		out = append(out, cloneCheckpoint(n.Checkpoint))
	}
	return out, nil
}
