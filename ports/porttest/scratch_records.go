package porttest

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/evercart/evercart/ports"
)

func scratchRecordChecks() []Check[ports.Scratch] {
	return []Check[ports.Scratch]{
		{"each part yields its records in the order of adding", pileYieldsRecords},
		{"records of every size up to 1 MiB come back as they were", pileKeepsSizes},
		{"a record over 1 MiB is a *TooLargeError, and nothing else is changed", pileRefusesLarge},
		{"a reading that stops early holds nothing, and a part can be read again", pileReadAgain},
		{"all parts can be read at once", pileReadAtOnce},
	}
}

func scratchAddingChecks() []Check[ports.Scratch] {
	return []Check[ports.Scratch]{
		{"of 32 who add at once none loses a record or its order", pileOfMany},
		{"256 parts are kept apart", pileOfManyParts},
		{"a pile keeps no reference to a record that it was given", pileKeepsNoReference},
	}
}

func pileYieldsRecords(ctx context.Context, s ports.Scratch) error {
	return inPile(ctx, s, 3, func(p ports.Pile) error {
		first, third := numbered(0, 3000), numbered(2, 10)
		for i, record := range first { // part 1 stays empty
			if err := addAll(p, 0, record); err != nil {
				return err
			}
			if i < len(third) {
				if err := addAll(p, 2, third[i]); err != nil {
					return err
				}
			}
		}
		return errors.Join(expectRecords(ctx, p, 0, first...), expectRecords(ctx, p, 1), expectRecords(ctx, p, 2, third...))
	})
}

func pileKeepsSizes(ctx context.Context, s ports.Scratch) error {
	return inPile(ctx, s, 2, func(p ports.Pile) error {
		var records [][]byte
		for _, size := range []int{0, 1, 0, 0, 127, 128, 255, 256, 16383, 16384, 32 << 10, 65535, 65536, 0, maxRecord - 1, maxRecord, 2, maxRecord, 0} {
			records = append(records, bytes.Repeat([]byte{byte(len(records)), 0xff, '\n', 0}, size/4+1)[:size])
		}
		if err := errors.Join(addAll(p, 0, records...), addAll(p, 1, nil, []byte{}, nil)); err != nil {
			return err
		}
		return errors.Join(expectRecords(ctx, p, 0, records...), expectRecords(ctx, p, 1, nil, nil, nil))
	})
}

func pileRefusesLarge(ctx context.Context, s ports.Scratch) error {
	return inPile(ctx, s, 1, func(p ports.Pile) error {
		if err := addAll(p, 0, []byte("before")); err != nil {
			return err
		}
		var large *ports.TooLargeError
		if err := p.Add(0, make([]byte, maxRecord+1)); !errors.As(err, &large) {
			return fmt.Errorf("a record of %d bytes: got %w, want a *TooLargeError", maxRecord+1, orNil(err))
		}
		if large.Size != maxRecord+1 || large.Max != maxRecord {
			return fmt.Errorf("the error says %d bytes, at most %d", large.Size, large.Max)
		}
		if err := addAll(p, 0, []byte("after")); err != nil {
			return err
		}
		return expectRecords(ctx, p, 0, []byte("before"), []byte("after"))
	})
}

func pileReadAgain(ctx context.Context, s ports.Scratch) error {
	return inPile(ctx, s, 1, func(p ports.Pile) error {
		records := numbered(0, 3000)
		if err := addAll(p, 0, records...); err != nil {
			return err
		}
		for stop := 1; stop <= 2001; stop += 1000 {
			yielded := 0
			p.Records(ctx, 0)(func([]byte, error) bool {
				yielded++
				return yielded < stop
			})
			if yielded != stop {
				return fmt.Errorf("a consumer stopped at record %d and got %d", stop, yielded)
			}
			if err := expectRecords(ctx, p, 0, records...); err != nil {
				return fmt.Errorf("read after a reading that stopped at record %d: %w", stop, err)
			}
		}
		return nil
	})
}

func pileReadAtOnce(ctx context.Context, s ports.Scratch) error {
	const parts = 8
	return inPile(ctx, s, parts, func(p ports.Pile) error {
		for part := range parts {
			if err := addAll(p, part, numbered(part, 1000)...); err != nil {
				return err
			}
		}
		return errors.Join(race(racers, func(i int) error {
			return expectRecords(ctx, p, i%parts, numbered(i%parts, 1000)...)
		})...)
	})
}

// pileOfMany lets each racer add numbered records to each part in turn.
func pileOfMany(ctx context.Context, s ports.Scratch) error {
	const parts, each = 5, 400
	return inPile(ctx, s, parts, func(p ports.Pile) error {
		err := errors.Join(race(racers, func(racer int) error {
			for i := range each * parts {
				record := make([]byte, 6+(racer*i)%500)
				binary.BigEndian.PutUint16(record, uint16(racer))
				binary.BigEndian.PutUint32(record[2:], uint32(i))
				if err := p.Add(i%parts, record); err != nil {
					return fmt.Errorf("racer %d: add: %w", racer, err)
				}
			}
			return nil
		})...)
		if err != nil {
			return err
		}
		for part := range parts {
			if err := expectOfMany(ctx, p, part, parts, each); err != nil {
				return err
			}
		}
		return nil
	})
}

// expectOfMany returns an error unless a part has each records of every racer:
// those whose number leaves the part's when divided by the number of parts.
func expectOfMany(ctx context.Context, p ports.Pile, part, parts, each int) error {
	var seen [racers]int
	for record, err := range p.Records(ctx, part) {
		if err != nil {
			return fmt.Errorf("part %d: %w", part, err)
		}
		if len(record) < 6 {
			return fmt.Errorf("part %d has a record of %d bytes", part, len(record))
		}
		racer, i := int(binary.BigEndian.Uint16(record)), int(binary.BigEndian.Uint32(record[2:]))
		if racer >= racers || i != part+seen[racer]*parts || len(record) != 6+(racer*i)%500 {
			return fmt.Errorf("part %d has record %d of racer %d with %d bytes out of turn", part, i, racer, len(record))
		}
		seen[racer]++
	}
	for racer, n := range seen {
		if n != each {
			return fmt.Errorf("part %d has %d records of racer %d, want %d", part, n, racer, each)
		}
	}
	return nil
}

func pileOfManyParts(ctx context.Context, s ports.Scratch) error {
	const parts = 256
	return inPile(ctx, s, parts, func(p ports.Pile) error {
		for i := range 300 { // more than any buffer holds
			for part := range parts {
				if err := addAll(p, part, fmt.Appendf(nil, "%d of %d%s", i, part, bytes.Repeat([]byte{'.'}, 150))); err != nil {
					return err
				}
			}
		}
		for part := range parts {
			var want [][]byte
			for i := range 300 {
				want = append(want, fmt.Appendf(nil, "%d of %d%s", i, part, bytes.Repeat([]byte{'.'}, 150)))
			}
			if err := expectRecords(ctx, p, part, want...); err != nil {
				return err
			}
		}
		return nil
	})
}

func pileKeepsNoReference(ctx context.Context, s ports.Scratch) error {
	return inPile(ctx, s, 1, func(p ports.Pile) error {
		want := numbered(0, 100)
		var record []byte
		for i := range want {
			record = append(record[:0], want[i]...)
			if err := addAll(p, 0, record); err != nil {
				return err
			}
		}
		return expectRecords(ctx, p, 0, want...)
	})
}
