package memory

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/evercart/evercart/ports"
)

// Scan implements ports.StoreScanner. It yields what the store holds when the
// ranging starts, in the order of the streams' IDs.
func (s *EventStore) Scan(ctx context.Context, category string) iter.Seq2[ports.Commit, error] {
	return func(yield func(ports.Commit, error) bool) {
		if err := ctx.Err(); err != nil {
			yield(ports.Commit{}, fmt.Errorf("memory: scan %s: %w", category, err))
			return
		}
		for _, commits := range s.category(category) {
			for _, c := range commits {
				if err := ctx.Err(); err != nil {
					yield(ports.Commit{}, fmt.Errorf("memory: scan %s at %s: %w", category, c.Stream, err))
					return
				}
				if !yield(c.Clone(), nil) {
					return
				}
			}
		}
	}
}

// category returns the commits of each stream of a category, by the streams' IDs.
// The caller must not change them.
func (s *EventStore) category(name string) [][]*ports.Commit {
	var streams [][]*ports.Commit
	s.mu.RLock()
	for id, commits := range s.streams {
		if id.Category == name {
			streams = append(streams, commits)
		}
	}
	s.mu.RUnlock()
	slices.SortFunc(streams, func(a, b []*ports.Commit) int {
		return strings.Compare(a[0].Stream.ID, b[0].Stream.ID)
	})
	return streams
}
