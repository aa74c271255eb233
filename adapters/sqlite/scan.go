package sqlite

import (
	"context"
	"iter"

	"github.com/evercart/evercart/ports"
)

// Scan implements ports.StoreScanner. It goes by stream ID and version, in pages,
// and leaves out what was stored after it began. Between two pages it holds
// nothing, so the caller may take its time.
func (s *EventStore) Scan(ctx context.Context, category string) iter.Seq2[ports.Commit, error] {
	return func(yield func(ports.Commit, error) bool) {
		if err := s.scan(ctx, category, yield); err != nil {
			yield(ports.Commit{}, s.fault(ctx, err, "scan %s", category))
		}
	}
}

// scan calls yield with the commits of category until it returns false.
func (s *EventStore) scan(ctx context.Context, category string, yield func(ports.Commit, error) bool) error {
	end, err := s.lastPosition(ctx)
	var id, version any = "", 0
	for more := true; more && err == nil; {
		var rows []storedRow
		if rows, more, err = page(ctx, s.reads.scan, category, id, version, end, pageRows); err != nil {
			return err
		}
		for i := range rows {
			if err := ctx.Err(); err != nil { // the caller may have taken its time
				return err
			}
			commit, _, unreadable := rows[i].decode(nil)
			if !yield(commit, unreadable) {
				return nil
			}
		}
		if more {
			// As it stands in the file: a broken row may have a key of any type.
			err = s.reads.key.QueryRowContext(ctx, rows[len(rows)-1].position).Scan(&id, &version)
		}
	}
	return err
}

// lastPosition returns the position of the newest commit, 0 where there is none.
func (s *EventStore) lastPosition(ctx context.Context) (last int64, err error) {
	err = s.reads.last.QueryRowContext(ctx).Scan(&last)
	return last, err
}
