package memory

import (
	"context"
	"fmt"
	"sync"

	"github.com/evercart/evercart/ports"
)

// Positions is a ports.Positions.
type Positions struct {
	mu        sync.RWMutex
	bookmarks map[string]ports.Bookmark
}

// NewPositions returns positions of which none is saved yet.
func NewPositions() *Positions {
	return &Positions{bookmarks: make(map[string]ports.Bookmark)}
}

// Position implements ports.Positions.
func (p *Positions) Position(ctx context.Context, follower string) (ports.Bookmark, error) {
	if err := ctx.Err(); err != nil {
		return ports.Bookmark{}, fmt.Errorf("memory: position of %s: %w", follower, err)
	}
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.bookmarks[follower], nil
}

// SavePosition implements ports.Positions.
func (p *Positions) SavePosition(ctx context.Context, follower string, b ports.Bookmark) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("memory: save the position of %s: %w", follower, err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.bookmarks[follower] = b
	return nil
}
