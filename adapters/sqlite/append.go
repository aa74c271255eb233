package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/envelope"
)

// maxCommitBytes is the most that the events of one commit take, together with
// its snapshot. It bounds a transaction's memory, and is far above what other
// stores hold.
const maxCommitBytes = 1 << 20

// usualEvents is the room for the events of a new row, in bytes; more grow.
const usualEvents = 512

// errNotNext answers an append whose commit is not the stream's next one.
var errNotNext = errors.New("the stream does not end where the commit begins")

// newRow is a commit as it is written.
type newRow struct {
	stream         ports.StreamID
	first, last    ports.Version
	older          bool // without command, fingerprint and hash
	commandID      string
	fingerprint    ports.Fingerprint
	hash           ports.Hash
	events         []byte
	snapshot       []byte // nil: none
	snapshotSchema int
}

// size is what counts towards maxCommitBytes and maxBatchBytes.
func (r *newRow) size() int { return len(r.events) + len(r.snapshot) }

// Append implements ports.EventStore. It returns when the commit is on disk.
func (s *EventStore) Append(ctx context.Context, head ports.Head, commit ports.Commit) (ports.Head, error) {
	if err := ports.CheckAppend(head, &commit); err != nil {
		return ports.Head{}, err
	}
	row, err := rowOf(&commit)
	if err != nil {
		return ports.Head{}, err
	}
	if err = ctx.Err(); err == nil {
		err = s.queue.do(&pendingAppend{ctx: ctx, row: row, answered: make(chan error, 1)})
	}
	switch {
	case err == nil:
		return ports.HeadOf(&commit), nil
	case errors.Is(err, errNotNext):
		return s.conflict(ctx, &commit)
	}
	return ports.Head{}, s.appendFault(ctx, &commit, err)
}

// rowOf returns commit as it is written; it shares no slice with commit.
func rowOf(commit *ports.Commit) (newRow, error) {
	events, err := envelope.AppendStored(make([]byte, 0, usualEvents), commit)
	if err != nil {
		return newRow{}, &ports.InvalidCommitError{Stream: commit.Stream, Err: err}
	}
	if len(events) > maxCommitBytes {
		return newRow{}, &ports.TooLargeError{
			What: fmt.Sprintf("commit of %s at version %d", commit.Stream, commit.First),
			Size: len(events), Max: maxCommitBytes,
		}
	}
	row := newRow{
		stream: commit.Stream, first: commit.First, last: commit.Last,
		older: commit.Older(), commandID: commit.CommandID, fingerprint: commit.Fingerprint, hash: commit.Hash,
		events: events,
	}
	if commit.Snapshot != nil && len(events)+len(commit.Snapshot) <= maxCommitBytes {
		row.snapshot = append([]byte{}, commit.Snapshot...)
		row.snapshotSchema = commit.SnapshotSchema
	}
	return row, nil
}

// conflict answers an append whose commit is not the stream's next one, by the
// commit that has its place.
func (s *EventStore) conflict(ctx context.Context, ours *ports.Commit) (ports.Head, error) {
	stored, err := s.commitAt(ctx, ours.Stream, ours.First)
	if errors.Is(err, sql.ErrNoRows) {
		return ports.Head{}, &ports.InvalidCommitError{
			Stream: ours.Stream, Err: fmt.Errorf("the head's version %d is no commit's end in this store", ours.First-1),
		}
	}
	if err != nil {
		return ports.Head{}, s.appendFault(ctx, ours, err)
	}
	if ports.SameCommit(ours, &stored) {
		return ports.HeadOf(&stored), nil
	}
	return ports.Head{}, &ports.ConflictError{
		Stream: ours.Stream, Wanted: ours.First, Commit: stored, Head: ports.HeadOf(&stored),
	}
}

func (s *EventStore) appendFault(ctx context.Context, commit *ports.Commit, err error) error {
	return s.fault(ctx, err, "append %s after version %d", commit.Stream, commit.First-1)
}
