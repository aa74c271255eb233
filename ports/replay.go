package ports

import (
	"context"
	"errors"
	"time"
)

// ReplaySink takes the events of a replay to their target: an SQS FIFO queue
// before a handler on AWS, the handler itself on one machine.
type ReplaySink interface {
	// Deliver hands records, each marked with its Replay, to the target. When it
	// returns, they are handled or safely queued, those of one stream in the order
	// given. Delivery is at least once: after an error the caller delivers the whole
	// batch again.
	Deliver(ctx context.Context, target Target, records []Record) error
	// Pending returns how many delivered records are not yet handled; 0 where
	// Deliver handles them.
	Pending(ctx context.Context, target Target) (int64, error)
}

// ReplayJobs keeps the records of replays, so that a replay goes on after a crash
// and can be watched and paused from another process.
type ReplayJobs interface {
	// SaveReplayJob stores job if its Revision is still the stored one (0: there is
	// none yet) and returns it with its new Revision; otherwise ErrJobMoved, and
	// nothing is changed.
	SaveReplayJob(ctx context.Context, job ReplayJob) (ReplayJob, error)
	// ReplayJob returns a job, or ErrNoJob.
	ReplayJob(ctx context.Context, id string) (ReplayJob, error)
	// ListReplayJobs returns at most limit jobs, the newest first, after the ID given
	// (empty: from the newest). IDs order by the time of their start.
	ListReplayJobs(ctx context.Context, after string, limit int) ([]ReplayJob, error)
}

// ReplayState says where a replay is in its life.
type ReplayState string

// A replay runs, is paused by an operator, is done, or failed for good.
const (
	ReplayRunning ReplayState = "running"
	ReplayPaused  ReplayState = "paused"
	ReplayDone    ReplayState = "done"
	ReplayFailed  ReplayState = "failed"
)

// ReplayJob is the record of one replay.
type ReplayJob struct {
	ID       string // [a-z0-9-]{1,24}; begins with its time of start, so that IDs order by it
	Revision int64  // counts the writes; 0: not stored yet
	Target   Target // where the events go; Generation 0 for a stateless handler
	Filter   ReplayFilter
	Rate     int // the most events a second; 0: as fast as it goes
	State    ReplayState
	Reason   string // why it failed; empty otherwise

	// Cursor is the archive object and the line, from 0, to go on at.
	CursorKey  string
	CursorLine int64

	Objects     int64 // archive objects in the filter's range when the replay began; 0 also until they are counted
	Bytes       int64 // their size, compressed
	ObjectsDone int64
	BytesDone   int64
	Read        int64 // events read
	Duplicates  int64 // of those, events that were read before
	Filtered    int64 // of those, events that the filter leaves out
	Sent        int64 // of those, events delivered
	Unreadable  int64 // objects and lines that cannot be read; they are in the quarantine

	Started  time.Time
	Updated  time.Time
	Finished time.Time // zero while it is not done or failed
}

// ReplayFilter narrows a replay. The zero filter lets all events through.
type ReplayFilter struct {
	// From and To bound the hour of archiving, [From, To); zero: open.
	From, To time.Time
	Stream   string   // only this stream, "category/ID"; empty: all
	Category string   // only this category; empty: all
	Types    []string // only these event types; nil: all
}

// ErrNoJob says that there is no replay job of that ID.
var ErrNoJob = errors.New("there is no such replay")

// ErrJobMoved says that somebody else wrote the job since it was read. Nothing was
// changed: read it again.
var ErrJobMoved = errors.New("the replay's record was changed by another writer")
