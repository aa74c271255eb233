package sqlite

import (
	"context"
	"iter"

	"github.com/evercart/evercart/ports"
)

// scanSpan is how many positions one query of a scan covers.
const scanSpan = 256

// Scan implements ports.StoreScanner. It goes by position, which is also the
// order within each stream, up to the commit that was the newest when it began.
func (s *EventStore) Scan(ctx context.Context, category string) iter.Seq2[ports.Commit, error] {
	return func(yield func(ports.Commit, error) bool) {
		end, err := s.lastPosition(ctx)
		for after := int64(0); err == nil && after < end; after += scanSpan {
			var rows []storedRow
			err = each(ctx, s.reads.scan, func(r *storedRow) bool {
				rows = append(rows, *r)
				return true
			}, after, min(after+scanSpan, end), category)
			for i := range rows {
				if err = ctx.Err(); err != nil {
					break
				}
				commit, _, unreadable := rows[i].decode(nil)
				if !yield(commit, unreadable) {
					return
				}
			}
		}
		if err != nil {
			yield(ports.Commit{}, s.fault(ctx, err, "scan %s", category))
		}
	}
}

// lastPosition returns the position of the newest commit, 0 where there is none.
func (s *EventStore) lastPosition(ctx context.Context) (last int64, err error) {
	err = s.reads.last.QueryRowContext(ctx).Scan(&last)
	return last, err
}
