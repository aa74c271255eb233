package sqlite

import (
	"context"
	"time"

	"github.com/evercart/evercart/ports"
)

// changesPoll is how often a waiting Changes looks for what other processes
// stored: often enough for the promised 200 ms, with room for a slow machine.
const changesPoll = 50 * time.Millisecond

// Changes implements ports.ChangeFeed. Appends of this process wake it; those of
// others it sees by looking. A position after the newest commit is foreign: the
// file is an older copy.
func (s *EventStore) Changes(ctx context.Context, after ports.Position, limit int) ([]ports.Change, error) {
	number, err := feedNumber(s.epoch, after)
	if err != nil {
		return nil, err
	}
	for looked := false; ; looked = true {
		rung := s.wake.wait() // before looking, so that no wake-up is missed
		rows, _, err := page(ctx, s.reads.changes, number, limit)
		if err == nil && len(rows) == 0 && !looked {
			err = s.checkReached(ctx, number)
		}
		if err != nil {
			return nil, s.fault(ctx, err, "changes after %q", after)
		}
		if len(rows) > 0 {
			return s.changesOf(rows), nil
		}
		select {
		case <-ctx.Done():
			return nil, s.fault(ctx, ctx.Err(), "changes after %q", after)
		case <-rung:
		case <-time.After(changesPoll):
		}
	}
}

// End implements ports.ChangeFeed.
func (s *EventStore) End(ctx context.Context) (ports.Position, error) {
	last, err := s.lastPosition(ctx)
	if err != nil {
		return "", s.fault(ctx, err, "end of the changes")
	}
	return feedPosition(s.epoch, last), nil
}

// checkReached returns ports.ErrForeignPosition for a position that this store
// has not come to.
func (s *EventStore) checkReached(ctx context.Context, number int64) error {
	last, err := s.lastPosition(ctx)
	if err == nil && number > last {
		err = ports.ErrForeignPosition
	}
	return err
}

func (s *EventStore) changesOf(rows []storedRow) []ports.Change {
	changes := make([]ports.Change, len(rows))
	slab := make([]ports.Event, 0, len(rows))
	for i := range rows {
		c := &changes[i]
		c.Position = feedPosition(s.epoch, rows[i].position)
		if c.Commit, slab, c.Err = rows[i].decode(slab); c.Err != nil {
			c.Raw = []byte(rows[i].events.String)
		}
	}
	return changes
}
