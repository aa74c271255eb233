package memory

import (
	"context"
	"maps"
	"slices"
	"sync"

	"github.com/evercart/evercart/ports"
)

// ViewCatalog is a ports.ViewCatalog in this process's memory.
type ViewCatalog struct {
	mu      sync.Mutex
	entries map[string]ports.ViewEntry
}

// NewViewCatalog returns an empty catalog.
func NewViewCatalog() *ViewCatalog {
	return &ViewCatalog{entries: map[string]ports.ViewEntry{}}
}

// View implements ports.ViewCatalog.
func (c *ViewCatalog) View(ctx context.Context, name string) (ports.ViewEntry, error) {
	if err := ctx.Err(); err != nil {
		return ports.ViewEntry{}, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	entry, ok := c.entries[name]
	if !ok {
		return ports.ViewEntry{Name: name}, nil
	}
	return cloneEntry(entry), nil
}

// Views implements ports.ViewCatalog.
func (c *ViewCatalog) Views(ctx context.Context) ([]ports.ViewEntry, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	var entries []ports.ViewEntry
	for _, name := range slices.Sorted(maps.Keys(c.entries)) {
		entries = append(entries, cloneEntry(c.entries[name]))
	}
	return entries, nil
}

// SaveView implements ports.ViewCatalog.
func (c *ViewCatalog) SaveView(ctx context.Context, entry ports.ViewEntry) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.entries[entry.Name].Revision != entry.Revision {
		return ports.ErrViewMoved
	}
	entry = cloneEntry(entry)
	entry.Revision++
	c.entries[entry.Name] = entry
	return nil
}

func cloneEntry(e ports.ViewEntry) ports.ViewEntry {
	e.Generations = slices.Clone(e.Generations)
	for i := range e.Generations {
		g := &e.Generations[i]
		g.Created, g.Flipped = storedTime(g.Created), storedTime(g.Flipped)
	}
	return e
}
