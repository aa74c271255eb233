package memory

import (
	"context"
	"fmt"

	"github.com/evercart/evercart/ports"
)

// Changes implements ports.ChangeFeed. It shares the store's commits and keeps
// no copy of them.
func (s *EventStore) Changes(ctx context.Context, after ports.Position, limit int) ([]ports.Change, error) {
	commits, before, err := s.changes.after(ctx, after, limit)
	if err != nil {
		return nil, fmt.Errorf("memory: changes after %q: %w", after, err)
	}
	out := make([]ports.Change, len(commits))
	for i, c := range commits {
		bare := *c
		bare.Snapshot, bare.SnapshotSchema = nil, 0
		out[i] = ports.Change{Position: s.changes.position(before + i + 1), Commit: bare.Clone()}
	}
	return out, nil
}

// End implements ports.ChangeFeed.
func (s *EventStore) End(ctx context.Context) (ports.Position, error) {
	if err := ctx.Err(); err != nil {
		return "", fmt.Errorf("memory: end of the changes: %w", err)
	}
	n := len(s.changes.all())
	if n == 0 {
		return "", nil
	}
	return s.changes.position(n), nil
}
