package sqlite

import (
	"database/sql"
	"errors"
	"fmt"

	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/envelope"
)

// commitColumns are what every query for commits selects, in the order of
// storedRow.scan, before two columns for the snapshot.
const commitColumns = `Position, Category, AggregateUuid, Version, Events, LastVersion, Format, CommandId, Fingerprint, Hash`

// storedRow is one row of events as it stands in the file.
type storedRow struct {
	position       int64
	stream         ports.StreamID
	first, last    ports.Version
	format         int64
	events         sql.NullString // text, or bytes of it
	commandID      textColumn
	fingerprint    blobColumn
	hash           blobColumn
	snapshotSchema sql.NullInt64
	snapshot       blobColumn
	broken         error // why a column could not be read; the columns before it were
}

// scan reads the row that rows stands at. A column of a wrong type is no error
// here but of decode, so that it stops no other row.
func (r *storedRow) scan(rows *sql.Rows) {
	r.broken = rows.Scan(&r.position, &r.stream.Category, &r.stream.ID, &r.first, &r.events, &r.last, &r.format,
		&r.commandID, &r.fingerprint, &r.hash, &r.snapshotSchema, &r.snapshot)
}

// size is how much memory r takes, about.
func (r *storedRow) size() int { return len(r.events.String) + len(r.snapshot) + 256 }

// state returns the snapshot that r carries.
func (r *storedRow) state() *ports.Snapshot {
	return &ports.Snapshot{Version: r.last, Schema: int(r.snapshotSchema.Int64), Data: r.snapshot}
}

// decode returns the commit and the slab that its events were appended to. What
// cannot be read is a *ports.FormatError or a *ports.CorruptError, and the commit
// then has only Stream and First.
func (r *storedRow) decode(slab []ports.Event) (ports.Commit, []ports.Event, error) {
	c := ports.Commit{Stream: r.stream, First: r.first}
	if r.broken != nil {
		return c, slab, r.corrupt(r.broken)
	}
	if r.format != envelope.Format {
		return c, slab, &ports.FormatError{
			What: r.name(), Got: fmt.Sprintf("format %d", r.format), Want: fmt.Sprintf("format %d", envelope.Format),
		}
	}
	whole := c
	whole.Last, whole.CommandID = r.last, r.commandID.text
	if err := r.identify(&whole); err != nil {
		return c, slab, r.corrupt(err)
	}
	events, err := envelope.ParseStored(slab, r.events.String, &whole)
	if err != nil {
		return c, slab, err
	}
	whole.Events = events[len(slab):len(events):len(events)]
	if r.snapshot != nil {
		whole.Snapshot, whole.SnapshotSchema = r.snapshot, int(r.snapshotSchema.Int64)
	}
	if err := whole.Validate(); err != nil {
		return c, slab, r.corrupt(err)
	}
	return whole, events, nil
}

// identify fills in fingerprint and hash. A commit has both and a command, or, in the
// older form, none of the three.
func (r *storedRow) identify(c *ports.Commit) error {
	older := len(r.hash) == 0
	switch {
	case older && (r.commandID.there || len(r.fingerprint) > 0):
		return errors.New("a command without a hash")
	case older:
		return nil
	case !r.commandID.there:
		return errors.New("a hash without a command")
	case len(r.fingerprint) != len(c.Fingerprint):
		return fmt.Errorf("a fingerprint of %d bytes", len(r.fingerprint))
	case len(r.hash) != len(c.Hash):
		return fmt.Errorf("a hash of %d bytes", len(r.hash))
	}
	copy(c.Fingerprint[:], r.fingerprint)
	copy(c.Hash[:], r.hash)
	return nil
}

// name says which commit r is.
func (r *storedRow) name() string {
	return fmt.Sprintf("commit of %s at version %d", r.stream, r.first)
}

func (r *storedRow) corrupt(err error) error { return &ports.CorruptError{What: r.name(), Err: err} }
