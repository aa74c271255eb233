package ports

import (
	"context"
	"iter"
)

// Scratch gives room for working sets that are larger than memory. What is in it
// is gone when it is closed; nothing in it is ever read by another process.
type Scratch interface {
	// NewPile makes an empty pile with the given number of parts (1 or more).
	NewPile(ctx context.Context, parts int) (Pile, error)
}

// Pile is a set of unordered byte records in numbered parts, written first and
// read afterwards. Add is safe for concurrent use; reading may begin when all
// adding has ended.
type Pile interface {
	// Add puts a record (0 to 1 MiB) into part number part, from 0.
	Add(part int, record []byte) error
	// Records yields the records of one part in the order in which each goroutine
	// added its own. A slice is valid until the next one is asked for. It yields an
	// error at most once, as its last pair.
	Records(ctx context.Context, part int) iter.Seq2[[]byte, error]
	// Close frees the room. The pile is not used afterwards; closing again does
	// nothing.
	Close() error
}
