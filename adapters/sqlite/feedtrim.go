package sqlite

import (
	"context"
	"fmt"
	"time"

	"github.com/evercart/evercart/ports"
)

// trimBatch is how many records one transaction of Trim deletes, so that
// publishers wait for it some milliseconds only.
const trimBatch = 1000

// Trim deletes the records that arrived before the given time and stand at or
// before upTo, and returns how many those were. upTo is what every follower has
// read; before lies some minutes back at least, because a power loss may take
// the followers' newest positions back. The file does not shrink: later records
// fill the room. A position of another feed is ports.ErrForeignPosition.
func (f *Feed) Trim(ctx context.Context, before time.Time, upTo ports.Position) (int64, error) {
	n, err := f.trim(ctx, before, upTo)
	if err != nil {
		return n, fmt.Errorf("sqlite: trim %s up to %q: %w", f.db.path, upTo, f.db.classify(ctx, err))
	}
	return n, nil
}

func (f *Feed) trim(ctx context.Context, before time.Time, upTo ports.Position) (deleted int64, err error) {
	number, err := feedNumber(f.id, upTo)
	if err != nil {
		return 0, err
	}
	for {
		// Arrivals never go back, so a batch that is not wholly older is the last.
		result, err := f.db.write.ExecContext(ctx, `DELETE FROM Records WHERE Arrival < ?2 AND Number IN
			(SELECT Number FROM Records WHERE Number <= ?1 ORDER BY Number LIMIT ?3)`, number, formatTime(before), trimBatch)
		if err != nil {
			return deleted, err
		}
		n, err := result.RowsAffected()
		deleted += n
		if err != nil || n < trimBatch {
			return deleted, err
		}
	}
}
