package ports

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// ViewStore keeps the rows of views and the checkpoints of consumers, and
// changes both in one transaction. Keys are strings ordered by their bytes;
// values are bytes that only the view reads.
type ViewStore interface {
	// Checkpoints returns target's checkpoint of each stream, in the order asked. A
	// stream without one gets a Checkpoint with Revision 0.
	Checkpoints(ctx context.Context, target Target, streams []StreamID) ([]Checkpoint, error)

	// Apply carries out changes. Each is atomic: its rows and its checkpoint change
	// together or not at all. Changes are independent of each other and of one
	// stream each; no stream may appear twice. The error at index i is nil when
	// changes[i] is stored, ErrCheckpointMoved when its checkpoint is no longer the
	// one it was read as, a *TooLargeError for more rows than RowsPerChange, or a
	// fault. The slice is as long as changes.
	Apply(ctx context.Context, target Target, changes []ViewChange) []error

	// RowsPerChange is the most rows, put and deleted together, that one change may
	// have (1 or more). An effect with more rows is applied in parts.
	RowsPerChange() int

	// Query returns the rows of one partition in the order of their sort keys.
	Query(ctx context.Context, target Target, q RowQuery) ([]Row, error)

	// Rows returns the rows with the given keys, in any order; a row that is not
	// there is left out. A key given twice is returned once.
	Rows(ctx context.Context, target Target, keys []RowKey) ([]Row, error)

	// Parked returns the checkpoints of target that are parked, in the order of
	// their streams' names, after the stream named after (empty: from the first),
	// at most limit.
	Parked(ctx context.Context, target Target, after string, limit int) ([]Checkpoint, error)

	// ListCheckpoints returns all checkpoints of target, parked or not, in the order
	// of their streams' names, after the stream named after (empty: from the first),
	// at most limit.
	ListCheckpoints(ctx context.Context, target Target, after string, limit int) ([]Checkpoint, error)

	// Drop deletes all rows and checkpoints of target. It may be called again after
	// it was cut short.
	Drop(ctx context.Context, target Target) error
}

// Target is one generation of one consumer's work: of a view, or of a consumer
// that keeps checkpoints only.
type Target struct {
	Consumer   string // the view's or handler's name: [a-z][a-z0-9-]{0,31}
	Generation int    // from 1
}

// String returns "carts.1".
func (t Target) String() string { return fmt.Sprintf("%s.%d", t.Consumer, t.Generation) }

// Checkpoint is how far a target has come in one stream.
type Checkpoint struct {
	Stream StreamID
	// Revision counts the writes of this checkpoint; 0 means that it was never
	// stored. A write succeeds only over the Revision that it was read with.
	Revision int64
	Version  Version // of the last event applied; 0: none yet
	EventID  string  // of that event; another ID at the same version is a fork
	// Part counts the transactions in which the rows of event Version+1 were
	// already written; 0 unless an effect with too many rows is half done.
	Part  int
	State []byte // the stream's state as of Version, as the target folds it; may be nil
	// Failures counts the deliveries of event Version+1 that ended in an error that
	// will not pass. FailingSince is when it first failed in a way that may pass;
	// zero where it does not fail.
	Failures     int
	FailingSince time.Time // this and all times here: UTC, whole microseconds
	Parked       *Parked   // nil: not parked
}

// Parked says why a stream was set aside. Its later records are acknowledged
// and counted; it goes on from the store when it is unparked.
type Parked struct {
	Reason    string    // the error's text
	Transient bool      // it failed for too long in a way that may pass, and is tried again by itself
	Since     time.Time // when it was parked
	RetryAt   time.Time // of a transient one; zero otherwise
	Version   Version   // of the event that could not be applied
	EventID   string    // of that event
	Held      int64     // records acknowledged since
}

// ViewChange is one atomic step of a target: rows, and the checkpoint that says
// so.
type ViewChange struct {
	// Checkpoint is the new value, with the Revision that was read; the store adds
	// one to it.
	Checkpoint Checkpoint
	Put        []Row
	Delete     []RowKey // a row that is not there is no error; none of Put's keys
}

// RowKey names a row within a target. Both parts are valid UTF-8 without NUL:
// Partition has 1 to 1 024 bytes, Sort 0 to 512.
type RowKey struct {
	Partition string
	Sort      string
}

// Row is one row of a view.
type Row struct {
	RowKey
	Value []byte
}

// RowQuery asks for rows of one partition.
type RowQuery struct {
	Partition  string
	After      string // the sort key to go on after, exclusive, in the direction asked; empty: from the start
	Until      string // the sort key to stop at, inclusive, in the direction asked; empty: to the end
	Descending bool   // from the greatest sort key down
	Limit      int    // the most rows returned, 1 or more
}

// ErrCheckpointMoved says that somebody else wrote the checkpoint since it was
// read. Nothing was changed: read it again.
var ErrCheckpointMoved = errors.New("the checkpoint was moved by another writer")
