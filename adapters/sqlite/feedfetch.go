package sqlite

import (
	"context"
	"fmt"
	"time"

	"github.com/evercart/evercart/ports"
)

// feedPoll is how often a waiting Fetch looks for what other processes
// published: often enough for the promised 200 ms, with room for a slow machine.
// A look reads one small row, no more than PRAGMA data_version would.
const feedPoll = 50 * time.Millisecond

// fetchBytes bounds the memory of one Fetch: it ends with the record that reaches so
// many bytes.
const fetchBytes = 8 << 20

// Fetch returns at most limit records after position and waits until there is
// one. Publish wakes it in this process; what others publish it sees by looking.
// A position after the newest record is foreign: the file is an older copy.
func (f *Feed) Fetch(ctx context.Context, after ports.Position, limit int) ([]ports.Record, error) {
	records, err := f.fetch(ctx, after, limit)
	if err != nil {
		return nil, fmt.Errorf("sqlite: fetch from %s after %q: %w", f.db.path, after, f.db.classify(ctx, err))
	}
	return records, nil
}

func (f *Feed) fetch(ctx context.Context, after ports.Position, limit int) ([]ports.Record, error) {
	number, err := feedNumber(f.id, after)
	if err != nil {
		return nil, err
	}
	for {
		rung := f.wake.wait() // before looking, so that no wake-up is missed
		last, _, err := f.newest(ctx)
		if err != nil {
			return nil, err
		}
		if number > last {
			return nil, ports.ErrForeignPosition
		}
		if number < last {
			records, err := f.recordsAfter(ctx, number, limit)
			if err != nil || len(records) > 0 {
				return records, err
			}
			number = last // all up to there was trimmed
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-rung:
		case <-time.After(feedPoll):
		}
	}
}

func (f *Feed) recordsAfter(ctx context.Context, number int64, limit int) ([]ports.Record, error) {
	rows, err := f.after.QueryContext(ctx, number, limit)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // rows.Err says what went wrong
	var records []ports.Record
	for size := 0; size < fetchBytes && rows.Next(); {
		var arrival nullTime
		r := ports.Record{Shard: feedShard}
		if err := rows.Scan(&number, &arrival, &r.Data); err != nil {
			return nil, unreadable(ctx, fmt.Sprintf("record number %d of %s", number, f.db.path), err)
		}
		r.Position, r.Arrival = feedPosition(f.id, number), arrival.Time
		records, size = append(records, r), size+len(r.Data)
	}
	return records, rows.Err()
}

// Tip returns the position and arrival of the newest record, also when it was
// trimmed since.
func (f *Feed) Tip(ctx context.Context) (ports.Record, error) {
	last, arrival, err := f.newest(ctx)
	if err != nil {
		return ports.Record{}, fmt.Errorf("sqlite: tip of %s: %w", f.db.path, f.db.classify(ctx, err))
	}
	if last == 0 {
		return ports.Record{}, nil
	}
	return ports.Record{Shard: feedShard, Position: feedPosition(f.id, last), Arrival: arrival}, nil
}

// newest returns number and arrival of the newest record ever; 0 where there was
// none.
func (f *Feed) newest(ctx context.Context) (last int64, arrival time.Time, err error) {
	var text string
	if err := f.tipOf.QueryRowContext(ctx).Scan(&last, &text); err != nil || last == 0 {
		return 0, time.Time{}, err
	}
	if arrival, err = parseTime(text); err != nil {
		return 0, time.Time{}, unreadable(ctx, "the newest arrival of "+f.db.path, err)
	}
	return last, arrival, nil
}
