package sqlite

import (
	"context"
	"math"

	"github.com/evercart/evercart/ports"
)

// Since implements ports.EventStore.
func (s *EventStore) Since(ctx context.Context, head ports.Head) ([]ports.Commit, ports.Head, error) {
	commits, err := s.since(ctx, head)
	switch {
	case err != nil:
		return nil, ports.Head{}, s.fault(ctx, err, "read %s after version %d", head.Stream(), head.Version())
	case len(commits) == 0:
		return nil, head, nil
	}
	return commits, ports.HeadOf(&commits[len(commits)-1]), nil
}

func (s *EventStore) since(ctx context.Context, head ports.Head) (commits []ports.Commit, err error) {
	stream := head.Stream()
	if err := stream.Validate(); err != nil {
		return nil, err
	}
	var slab []ports.Event
	next := head.Version() + 1
	for more := true; more; {
		var rows []storedRow
		rows, more, err = page(ctx, s.reads.forward, stream.Category, stream.ID, int64(next), int64(math.MaxInt64), pageRows)
		if err != nil {
			return nil, err
		}
		for i := range rows {
			var commit ports.Commit
			if commit, slab, err = rows[i].decode(slab); err != nil {
				return nil, err
			}
			commits, next = append(commits, commit), commit.Last+1
		}
	}
	return commits, nil
}
