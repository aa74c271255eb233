package memory

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/evercart/evercart/ports"
)

// Feed is a ports.Publisher and ports.FeedReader: one shard, "0".
type Feed struct {
	now func() time.Time

	mu      sync.Mutex // serialises Publish, so that arrivals do not go backwards
	newest  time.Time
	records log[published]
}

// published is a record without what its place in the log says.
type published struct {
	arrival time.Time
	data    []byte
}

const onlyShard = "0"

// NewFeed returns an empty feed. now tells the arrival of records; where it goes
// backwards, arrivals stand still.
func NewFeed(now func() time.Time) *Feed {
	return &Feed{now: now, records: newLog[published]()}
}

// Publish implements ports.Publisher. It publishes all records or none.
func (f *Feed) Publish(ctx context.Context, records []ports.Outgoing) error {
	if len(records) == 0 {
		return nil
	}
	if err := ctx.Err(); err != nil {
		unpublished := &ports.UnpublishedError{Indexes: make([]int, len(records)), Err: err}
		for i := range records {
			unpublished.Indexes[i] = i
		}
		return fmt.Errorf("memory: publish: %w", unpublished)
	}
	batch := make([]published, len(records))
	for i := range records {
		batch[i].data = slices.Clone(records[i].Data)
	}

	f.mu.Lock()
	defer f.mu.Unlock()
	if now := f.now().UTC().Truncate(time.Microsecond); now.After(f.newest) {
		f.newest = now
	}
	for i := range batch {
		batch[i].arrival = f.newest
	}
	f.records.append(batch...)
	return nil
}

// Fetch implements ports.FeedReader.
func (f *Feed) Fetch(ctx context.Context, after ports.Position, limit int) ([]ports.Record, error) {
	items, before, err := f.records.after(ctx, after, limit)
	if err != nil {
		return nil, fmt.Errorf("memory: fetch after %q: %w", after, err)
	}
	out := make([]ports.Record, len(items))
	for i, item := range items {
		out[i] = f.record(item, before+i+1)
	}
	return out, nil
}

// Tip implements ports.FeedReader.
func (f *Feed) Tip(ctx context.Context) (ports.Record, error) {
	if err := ctx.Err(); err != nil {
		return ports.Record{}, fmt.Errorf("memory: tip of the feed: %w", err)
	}
	all := f.records.all()
	if len(all) == 0 {
		return ports.Record{}, nil
	}
	return f.record(all[len(all)-1], len(all)), nil
}

// record returns the n-th record, from 1.
func (f *Feed) record(p published, n int) ports.Record {
	return ports.Record{
		Shard: onlyShard, Position: f.records.position(n),
		Arrival: p.arrival, Data: slices.Clone(p.data),
	}
}
