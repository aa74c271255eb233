package memory

import (
	"context"
	"maps"
	"slices"
	"sync"

	"github.com/evercart/evercart/ports"
)

// Quarantine is a ports.Quarantine in this process's memory.
type Quarantine struct {
	mu    sync.Mutex
	items map[string]ports.Quarantined // by ID
}

// NewQuarantine returns an empty quarantine.
func NewQuarantine() *Quarantine {
	return &Quarantine{items: map[string]ports.Quarantined{}}
}

// PutQuarantined implements ports.Quarantine.
func (q *Quarantine) PutQuarantined(ctx context.Context, item ports.Quarantined) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if _, there := q.items[item.ID()]; !there {
		item.Payload, item.At = slices.Clone(item.Payload), storedTime(item.At)
		q.items[item.ID()] = item
	}
	return nil
}

// ListQuarantined implements ports.Quarantine.
func (q *Quarantine) ListQuarantined(ctx context.Context, after string, limit int) ([]ports.Quarantined, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	var items []ports.Quarantined
	for _, id := range slices.Sorted(maps.Keys(q.items)) {
		if id > after && len(items) < limit {
			item := q.items[id]
			item.Payload = slices.Clone(item.Payload)
			items = append(items, item)
		}
	}
	return items, nil
}

// RemoveQuarantined implements ports.Quarantine.
func (q *Quarantine) RemoveQuarantined(ctx context.Context, id string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	delete(q.items, id)
	return nil
}
