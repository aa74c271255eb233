package memory

import (
	"context"
	"sync"
	"time"
)

// Effects is a ports.Effects in this process's memory.
type Effects struct {
	mu   sync.Mutex
	from map[string]time.Time
}

// NewEffects returns one that knows no handler.
func NewEffects() *Effects { return &Effects{from: map[string]time.Time{}} }

// EffectsFrom implements ports.Effects.
func (e *Effects) EffectsFrom(ctx context.Context, handler string) (time.Time, bool, error) {
	if err := ctx.Err(); err != nil {
		return time.Time{}, false, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	at, ok := e.from[handler]
	return at, ok, nil
}

// SetEffectsFrom implements ports.Effects.
func (e *Effects) SetEffectsFrom(ctx context.Context, handler string, at time.Time, onlyNew bool) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if _, ok := e.from[handler]; ok && onlyNew {
		return nil
	}
	e.from[handler] = storedTime(at)
	return nil
}
