package sqlite

import (
	"context"
	"math"
	"slices"
	"time"

	"github.com/evercart/evercart/ports"
)

// Load implements ports.EventStore. It reads backward from the stream's end and
// stops at the first usable snapshot.
func (s *EventStore) Load(ctx context.Context, stream ports.StreamID, snapshotSchema int) (ports.Loaded, error) {
	t, err := s.tail(ctx, stream, math.MaxInt64, snapshotSchema)
	if err != nil {
		return ports.Loaded{}, s.fault(ctx, err, "load %s", stream)
	}
	return ports.Loaded{Snapshot: t.snapshot, Commits: t.commits, Head: t.head}, nil
}

// LoadAt implements ports.EventStore.
func (s *EventStore) LoadAt(ctx context.Context, stream ports.StreamID, at ports.Version, snapshotSchema int) (ports.Past, error) {
	t, err := s.tail(ctx, stream, at, snapshotSchema)
	if err != nil {
		return ports.Past{}, s.fault(ctx, err, "load %s at version %d", stream, at)
	}
	past := ports.Past{Snapshot: t.snapshot}
	for i := range t.commits {
		c := &t.commits[i]
		past.Events = append(past.Events, c.Events[:min(c.Last, at)-c.First+1]...)
	}
	return past, nil
}

// tail is the end of a stream, as of some version.
type tail struct {
	snapshot *ports.Snapshot // the newest that is usable; nil: none
	commits  []ports.Commit  // after it, in order; the last may reach beyond the version
	head     ports.Head      // the end of the newest commit read
}

// tail reads the stream's commits from the one that version at is within down to
// the newest usable snapshot, or to the first commit where there is none. A
// snapshot is usable if it is of the schema and its commit ends at or before at.
func (s *EventStore) tail(ctx context.Context, stream ports.StreamID, at ports.Version, schema int) (tail, error) {
	if err := stream.Validate(); err != nil {
		return tail{}, err
	}
	r := tailReader{at: at, schema: schema, tail: tail{head: ports.NewHead(stream, 0, ports.Hash{}, time.Time{})}}
	for next := at; !r.done; {
		read := 0
		err := each(ctx, s.reads.backward, func(row *storedRow) bool {
			read, next = read+1, row.first-1
			return r.take(row)
		}, stream.Category, stream.ID, int64(next), schema, pageRows)
		if err != nil {
			return tail{}, err
		}
		if r.err != nil {
			return tail{}, r.err
		}
		r.done = r.done || read < pageRows
	}
	slices.Reverse(r.commits)
	return r.tail, nil
}

// tailReader puts a tail together from rows that come newest first.
type tailReader struct {
	tail

	at     ports.Version
	schema int
	slab   []ports.Event
	newest bool // the newest commit was read
	done   bool // a usable snapshot was found, or a row that cannot be read
	err    error
}

// take takes one row and reports whether it needs older ones.
func (r *tailReader) take(row *storedRow) bool {
	usable := row.broken == nil && r.schema != 0 && row.snapshot != nil &&
		row.snapshotSchema.Int64 == int64(r.schema) && row.last <= r.at
	if usable && r.newest { // of this commit only the snapshot is wanted
		r.snapshot, r.done = row.state(), true
		return false
	}
	snapshot := row.snapshot
	row.snapshot = nil // no promise of the port needs it in a commit
	var commit ports.Commit
	if commit, r.slab, r.err = row.decode(r.slab); r.err != nil {
		r.done = true
		return false
	}
	if !r.newest {
		r.newest, r.head = true, ports.HeadOf(&commit)
	}
	if usable {
		row.snapshot = snapshot
		r.snapshot, r.done = row.state(), true
		return false
	}
	r.commits = append(r.commits, commit)
	return true
}
