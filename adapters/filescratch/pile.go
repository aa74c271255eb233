package filescratch

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/evercart/evercart/ports"
)

// pile is a ports.Pile.
type pile struct {
	parts []part
}

// Add implements ports.Pile. A record whose Add failed is not in the pile, and may
// be added again.
func (p *pile) Add(part int, record []byte) error {
	if len(record) > maxRecord {
		return &ports.TooLargeError{What: fmt.Sprintf("record of part %d", part), Size: len(record), Max: maxRecord}
	}
	err := p.check(part)
	if err == nil {
		err = p.parts[part].add(record)
	}
	if err != nil {
		return fmt.Errorf("filescratch: add to part %d: %w", part, classify(err))
	}
	return nil
}

// Records implements ports.Pile. Parts, and one part again, may be read at the
// same time.
func (p *pile) Records(ctx context.Context, part int) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		err := p.check(part)
		if err == nil {
			err = p.parts[part].read(ctx, func(record []byte) bool { return yield(record, nil) })
		}
		if err != nil {
			yield(nil, fmt.Errorf("filescratch: read part %d: %w", part, classify(err)))
		}
	}
}

func (p *pile) check(part int) error {
	if part < 0 || part >= len(p.parts) {
		return fmt.Errorf("the pile has %d parts", len(p.parts))
	}
	return nil
}

// Close implements ports.Pile.
func (p *pile) Close() error {
	var errs []error
	for i := range p.parts {
		if err := p.parts[i].close(); err != nil {
			errs = append(errs, fmt.Errorf("filescratch: close part %d: %w", i, err))
		}
	}
	return errors.Join(errs...)
}
