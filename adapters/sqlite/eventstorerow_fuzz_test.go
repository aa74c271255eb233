package sqlite

import (
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/envelope"
	"github.com/evercart/evercart/ports/porttest"
)

// besideEvents are the columns of a commit that are not its events. Those from key on
// say where it stands.
var besideEvents = []string{
	"LastVersion", "Format", "CommandId", "Fingerprint", "Hash", "SnapshotSchema", "Snapshot", "Version", "AggregateUuid", "Category", "Position",
}

const key = 7

// value returns what a tool may write into a column: any of SQLite's kinds.
func value(kind uint8, n int64, text []byte) any {
	switch kind % 5 {
	case 0:
		return nil
	case 1:
		return n
	case 2:
		return float64(n) / 3
	case 3:
		return string(text)
	}
	return text
}

// FuzzStoredColumns writes anything into a column of a commit, as only a tool would,
// and reads the stream in every way: a commit is read with what stands in its row, or
// refused by an error that names it.
func FuzzStoredColumns(f *testing.F) {
	s, err := OpenEventStore(f.Context(), filepath.Join(f.TempDir(), "events.db"))
	require.NoError(f, err)
	f.Cleanup(func() { assert.NoError(f, s.Close()) })
	h, err := porttest.Fill(f.Context(), s, porttest.Stream(1), porttest.Step{Events: 2}, porttest.Step{Events: 2, Snapshot: 7}, porttest.Step{Events: 1})
	require.NoError(f, err)
	tool, err := pool(dsn(s.db.path), 1)
	require.NoError(f, err)
	f.Cleanup(func() { assert.NoError(f, tool.Close()) })

	for column := range besideEvents {
		for kind := range uint8(5) {
			f.Add(uint8(column), kind, int64(4), []byte("12345678"))
			f.Add(uint8(column), kind, int64(-1), []byte{})
			f.Add(uint8(column), kind, int64(1<<40), []byte("\xff\x00 of more than thirty-two bytes, for certain"))
		}
	}
	f.Fuzz(func(t *testing.T, column, kind uint8, n int64, text []byte) {
		at := int(column) % len(besideEvents)
		name := besideEvents[at]
		tx, err := tool.BeginTx(t.Context(), nil)
		require.NoError(t, err)
		_, err = tx.ExecContext(t.Context(), `CREATE TEMP TABLE IF NOT EXISTS kept AS SELECT * FROM events WHERE Position = 2`)
		require.NoError(t, err)
		if _, err := tx.ExecContext(t.Context(), `UPDATE events SET `+name+` = ? WHERE Position = 2`, value(kind, n, text)); err != nil {
			require.NoError(t, tx.Rollback()) // SQLite itself does not let it in
			return
		}
		require.NoError(t, tx.Commit())
		defer func() {
			for _, statement := range []string{
				`DELETE FROM events WHERE Position NOT IN (1, 3)`,
				`INSERT INTO events SELECT * FROM kept`,
			} {
				_, err := tool.ExecContext(t.Context(), statement)
				require.NoError(t, err)
			}
		}()
		readAll(t, s, h, tool, at < key)
	})
}

// readAll reads the commits in every way, and judges each that begins at version 3, if
// it is still where it was.
func readAll(t *testing.T, s *EventStore, h porttest.History, tool *sql.DB, inPlace bool) {
	t.Helper()
	judge := func(err error) {
		t.Helper()
		var corrupt *ports.CorruptError
		var format *ports.FormatError
		switch {
		case err == nil:
			return
		case errors.As(err, &corrupt):
			assert.Contains(t, corrupt.What, "commit of ")
		case errors.As(err, &format):
			assert.Contains(t, format.What, "commit of ")
		default:
			assert.Fail(t, "an error of no type", "%v", err)
		}
		if inPlace {
			assert.ErrorContains(t, err, fmt.Sprintf("commit of %s at version 3", h.Stream))
		}
	}
	_, err := s.Load(t.Context(), h.Stream, 7)
	judge(err)
	_, err = s.LoadAt(t.Context(), h.Stream, 4, 7)
	judge(err)
	_, _, err = s.Since(t.Context(), h.Heads[1])
	judge(err)
	for _, err := range s.Read(t.Context(), h.Stream, 1, 5) {
		judge(err)
	}
	changes, err := s.Changes(t.Context(), "", 10)
	require.NoError(t, err)
	for i := range changes {
		judge(changes[i].Err)
	}
	for c, err := range s.Scan(t.Context(), h.Stream.Category) {
		judge(err)
		if err == nil && inPlace && c.First == 3 {
			asStored(t, &c, tool)
		}
	}
}

// asStored asserts that a commit says what stands in its row.
func asStored(t *testing.T, c *ports.Commit, tool *sql.DB) {
	t.Helper()
	var last, format int64
	var events string
	var command, fingerprint, hash, snapshot any
	var schema sql.NullInt64
	require.NoError(t, tool.QueryRowContext(t.Context(), `SELECT LastVersion, Format, Events, CommandId, Fingerprint, Hash, SnapshotSchema, Snapshot FROM events WHERE Position = 2`).
		Scan(&last, &format, &events, &command, &fingerprint, &hash, &schema, &snapshot))
	got, err := envelope.AppendStored(nil, c)
	require.NoError(t, err)
	assert.Equal(t, events, string(got))
	assert.Equal(t, []int64{last, format}, []int64{int64(c.Last), envelope.Format})
	assert.Equal(t, command, c.CommandID, "the command")
	assert.Equal(t, fingerprint, c.Fingerprint[:], "the fingerprint")
	assert.Equal(t, hash, c.Hash[:], "the hash")
	if c.Snapshot != nil {
		assert.Equal(t, snapshot, c.Snapshot, "the snapshot")
		assert.EqualValues(t, schema.Int64, c.SnapshotSchema)
	}
}
