package ports

import (
	"context"
	"errors"
)

// Position is a place in a feed or a change feed: opaque to everybody but the
// adapter that made it, and ordered only by that adapter. The zero Position is
// before the first record. It has at most 128 characters of [A-Za-z0-9], so
// that it fits a file's name.
type Position string

// ErrForeignPosition says that a position was made by another store or feed
// (the data was wiped or restored since). The caller starts again from the zero
// Position; delivery is at least once, so nothing is lost.
var ErrForeignPosition = errors.New("the position is of another store")

// ChangeFeed follows all commits of a store, in the order in which they were
// stored. Stores that have a feed of their own implement it (memory, SQLite);
// on AWS the table's stream does its work.
type ChangeFeed interface {
	// Changes returns at most limit (1 or more) changes after position, in order.
	// It waits until there is at least one; a change becomes visible within 200 ms
	// of its commit, whichever process stored it. Commits come without snapshots.
	// A commit that cannot be read comes as a Change with Err set, so that it stops
	// no other. A position of another store is ErrForeignPosition.
	Changes(ctx context.Context, after Position, limit int) ([]Change, error)
	// End returns the position of the newest change; the zero Position where there is
	// none.
	End(ctx context.Context) (Position, error)
}

// Change is one stored commit and its place in the change feed.
type Change struct {
	Position Position
	Commit   Commit
	// Err is nil, or says why the commit cannot be read (*FormatError,
	// *CorruptError); Raw is then what was stored, and of Commit only Stream and
	// First may be set.
	Err error
	Raw []byte
}
