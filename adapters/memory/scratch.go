package memory

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"sync"

	"github.com/evercart/evercart/ports"
)

// maxRecord is the most bytes of a record in a pile.
const maxRecord = 1 << 20

// Scratch is a ports.Scratch in this process's memory: for tests, and for working
// sets that fit.
type Scratch struct{}

// NewScratch returns one.
func NewScratch() *Scratch { return &Scratch{} }

// NewPile implements ports.Scratch.
func (*Scratch) NewPile(ctx context.Context, parts int) (ports.Pile, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("memory: new pile: %w", err)
	}
	if parts < 1 {
		return nil, fmt.Errorf("memory: new pile: %d parts, want 1 or more", parts)
	}
	return &pile{parts: make([][][]byte, parts)}, nil
}

// pile is a ports.Pile.
type pile struct {
	mu    sync.Mutex
	parts [][][]byte // nil when closed
}

// Add implements ports.Pile.
func (p *pile) Add(part int, record []byte) error {
	if len(record) > maxRecord {
		return &ports.TooLargeError{What: fmt.Sprintf("record of part %d", part), Size: len(record), Max: maxRecord}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if part < 0 || part >= len(p.parts) {
		return fmt.Errorf("memory: add to part %d of a pile of %d", part, len(p.parts))
	}
	p.parts[part] = append(p.parts[part], slices.Clone(record))
	return nil
}

// Records implements ports.Pile. All records come in the same memory, one after
// another, as they do where they are read from a disk.
func (p *pile) Records(ctx context.Context, part int) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		records, err := p.records(part)
		var buffer []byte
		for i := 0; i < len(records) && err == nil; i++ {
			if err = ctx.Err(); err == nil {
				buffer = append(buffer[:0], records[i]...)
				if !yield(buffer, nil) {
					return
				}
			}
		}
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			yield(nil, fmt.Errorf("memory: read part %d: %w", part, err))
		}
	}
}

// records returns the records of a part, which the caller must not change.
func (p *pile) records(part int) ([][]byte, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if part < 0 || part >= len(p.parts) {
		return nil, fmt.Errorf("the pile has %d parts", len(p.parts))
	}
	return p.parts[part], nil
}

// Close implements ports.Pile.
func (p *pile) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.parts = nil
	return nil
}
