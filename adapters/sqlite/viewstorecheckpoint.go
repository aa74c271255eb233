package sqlite

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/evercart/evercart/ports"
)

// checkpointColumns are those that scanCheckpoint reads, in its order.
const checkpointColumns = `Stream, Revision, Version, EventId, Part, State, Failures, FailingSince,
	Parked, ParkedReason, ParkedSince, ParkedRetryAt, ParkedVersion, ParkedEventId, ParkedHeld`

// insertCheckpoint and updateCheckpoint write a checkpoint over the Revision that
// it was read with, ?4, and change no row where another one is stored. Both take
// the values of checkpointValues.
const (
	insertCheckpoint = `INSERT INTO Checkpoints (Consumer, Generation, ` + checkpointColumns + `)
VALUES (?1, ?2, ?3, ?4 + 1, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)
ON CONFLICT DO NOTHING`
	updateCheckpoint = `UPDATE Checkpoints SET Revision = ?4 + 1, Version = ?5, EventId = ?6, Part = ?7, State = ?8,
	Failures = ?9, FailingSince = ?10, Parked = ?11, ParkedReason = ?12, ParkedSince = ?13, ParkedRetryAt = ?14,
	ParkedVersion = ?15, ParkedEventId = ?16, ParkedHeld = ?17
WHERE Consumer = ?1 AND Generation = ?2 AND Stream = ?3 AND Revision = ?4`
)

// What the column Parked says; NULL is not parked.
const (
	parkedForGood   = "until unparked"
	parkedTransient = "until retried"
)

func checkpointValues(target ports.Target, c *ports.Checkpoint) []any {
	values := []any{
		target.Consumer, target.Generation, c.Stream.String(), c.Revision, int64(c.Version), c.EventID, c.Part, nil,
		c.Failures, optionalTime(c.FailingSince), nil, nil, nil, nil, nil, nil, nil,
	}
	if c.State != nil {
		values[7] = readable(c.State)
	}
	if p := c.Parked; p != nil {
		kind := parkedForGood
		if p.Transient {
			kind = parkedTransient
		}
		copy(values[10:], []any{
			kind, p.Reason, optionalTime(p.Since), optionalTime(p.RetryAt), int64(p.Version), p.EventID, p.Held,
		})
	}
	return values
}

// scanCheckpoint reads checkpointColumns of the current row, after columns that go
// to before. A row that cannot be read is a *ports.CorruptError.
func scanCheckpoint(ctx context.Context, target ports.Target, rows *sql.Rows, before ...any) (ports.Checkpoint, error) {
	var (
		c                      ports.Checkpoint
		stream                 string
		failing, since, retry  nullTime
		parked, reason, parkID sql.NullString
		parkVersion, held      sql.NullInt64
	)
	err := rows.Scan(append(before, &stream, &c.Revision, &c.Version, &c.EventID, &c.Part, &c.State, &c.Failures, &failing,
		&parked, &reason, &since, &retry, &parkVersion, &parkID, &held)...)
	if err == nil {
		c.Stream, err = ports.ParseStreamID(stream)
	}
	if err == nil && parked.Valid && parked.String != parkedForGood && parked.String != parkedTransient {
		err = fmt.Errorf("column Parked is %q", parked.String)
	}
	if err != nil {
		return ports.Checkpoint{}, unreadable(ctx, fmt.Sprintf("checkpoint of %q in %s", stream, target), err)
	}
	c.FailingSince = failing.Time
	if parked.Valid {
		c.Parked = &ports.Parked{
			Reason: reason.String, Transient: parked.String == parkedTransient, Since: since.Time, RetryAt: retry.Time,
			Version: ports.Version(parkVersion.Int64), EventID: parkID.String, Held: held.Int64,
		}
	}
	return c, nil
}
