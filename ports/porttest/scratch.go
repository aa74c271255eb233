package porttest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/evercart/evercart/ports"
)

// maxRecord is the most bytes of a record in a pile.
const maxRecord = 1 << 20

// Scratch returns the promises of ports.Scratch.
func Scratch() []Check[ports.Scratch] {
	return slices.Concat(scratchRecordChecks(), scratchAddingChecks(), []Check[ports.Scratch]{
		{"a pile without parts is refused", pileWithoutParts},
		{"a part that is not there is refused, and nothing else is changed", pilePartAbsent},
		{"closing a pile again does nothing", pileClosedTwice},
		{"piles have records of their own", pilesApart},
		{"a dead context ends every call of scratch room", scratchHonoursDeadContexts},
		{"reading ends soon after its context", pileReadEndsSoon},
	})
}

// inPile runs f on a new pile and closes it.
func inPile(ctx context.Context, s ports.Scratch, parts int, f func(p ports.Pile) error) error {
	p, err := s.NewPile(ctx, parts)
	if err != nil {
		return fmt.Errorf("new pile of %d parts: %w", parts, err)
	}
	err = f(p)
	if closing := p.Close(); closing != nil {
		err = errors.Join(err, fmt.Errorf("close: %w", closing))
	}
	return err
}

func addAll(p ports.Pile, part int, records ...[]byte) error {
	for i, record := range records {
		if err := p.Add(part, record); err != nil {
			return fmt.Errorf("add record %d of %d bytes to part %d: %w", i, len(record), part, err)
		}
	}
	return nil
}

// expectRecords returns an error unless a part yields want, in order.
func expectRecords(ctx context.Context, p ports.Pile, part int, want ...[]byte) error {
	n := 0
	for got, err := range p.Records(ctx, part) {
		switch {
		case err != nil:
			return fmt.Errorf("record %d of part %d: %w", n, part, err)
		case n == len(want):
			return fmt.Errorf("part %d has more than %d records", part, n)
		case !bytes.Equal(got, want[n]):
			return fmt.Errorf("record %d of part %d has %d bytes %.40q, want %d bytes %.40q", n, part, len(got), got, len(want[n]), want[n])
		}
		n++
	}
	if n != len(want) {
		return fmt.Errorf("part %d has %d records, want %d", part, n, len(want))
	}
	return nil
}

// numbered returns n records, each of another text and length.
func numbered(part, n int) [][]byte {
	records := make([][]byte, n)
	for i := range records {
		records[i] = fmt.Appendf(nil, "record %d of part %d%s", i, part, bytes.Repeat([]byte{'.'}, i%300))
	}
	return records
}

func pileWithoutParts(ctx context.Context, s ports.Scratch) error {
	for _, parts := range []int{0, -1} {
		if p, err := s.NewPile(ctx, parts); err == nil {
			return errors.Join(fmt.Errorf("a pile of %d parts was made", parts), p.Close())
		}
	}
	return nil
}

func pilePartAbsent(ctx context.Context, s ports.Scratch) error {
	return inPile(ctx, s, 2, func(p ports.Pile) error {
		for _, part := range []int{-1, 2, 1 << 20} {
			if err := p.Add(part, []byte("lost")); err == nil {
				return fmt.Errorf("a record was added to part %d of 2", part)
			}
			if err := expectRecords(ctx, p, part); err == nil {
				return fmt.Errorf("part %d of 2 was read", part)
			}
		}
		return errors.Join(expectRecords(ctx, p, 0), expectRecords(ctx, p, 1))
	})
}

func pileClosedTwice(ctx context.Context, s ports.Scratch) error {
	return inPile(ctx, s, 3, func(p ports.Pile) error {
		if err := addAll(p, 1, numbered(1, 2000)...); err != nil {
			return err
		}
		if err := p.Close(); err != nil {
			return fmt.Errorf("first close: %w", err)
		}
		if err := p.Close(); err != nil {
			return fmt.Errorf("second close: %w", err)
		}
		return nil
	})
}

func pilesApart(ctx context.Context, s ports.Scratch) error {
	return inPile(ctx, s, 1, func(a ports.Pile) error {
		err := inPile(ctx, s, 1, func(b ports.Pile) error {
			if err := errors.Join(addAll(a, 0, numbered(1, 1000)...), addAll(b, 0, numbered(2, 2000)...)); err != nil {
				return err
			}
			return expectRecords(ctx, b, 0, numbered(2, 2000)...)
		})
		return errors.Join(err, expectRecords(ctx, a, 0, numbered(1, 1000)...)) // when b is closed
	})
}

func scratchHonoursDeadContexts(ctx context.Context, s ports.Scratch) error {
	return inPile(ctx, s, 2, func(p ports.Pile) error {
		if err := addAll(p, 0, numbered(0, 3)...); err != nil {
			return err
		}
		return honoursDeadContexts(ctx, []portCall{
			{"NewPile", func(ctx context.Context) error {
				return inPile(ctx, s, 1, func(ports.Pile) error { return nil })
			}},
			{"Records", func(ctx context.Context) error { return expectRecords(ctx, p, 0, numbered(0, 3)...) }},
		})
	})
}

func pileReadEndsSoon(ctx context.Context, s ports.Scratch) error {
	return inPile(ctx, s, 1, func(p ports.Pile) error {
		if err := addAll(p, 0, numbered(0, 5000)...); err != nil {
			return err
		}
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		n := 0
		for _, err := range p.Records(ctx, 0) {
			if err != nil {
				return matches(err, context.Canceled)
			}
			if n++; n == 100 {
				cancel()
			}
		}
		return fmt.Errorf("all %d records were read under a context that ended at the 100th", n)
	})
}
