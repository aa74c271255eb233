package sqlite

import (
	"bytes"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/porttest"
)

// tamper runs a statement on the file of s that no code of ours would run.
func tamper(t *testing.T, s *EventStore, statement string, args ...any) {
	t.Helper()
	other, err := pool(dsn(s.db.path), 1)
	require.NoError(t, err)
	defer func() { require.NoError(t, other.Close()) }()
	result, err := other.ExecContext(t.Context(), statement, args...)
	require.NoError(t, err)
	rows, err := result.RowsAffected()
	require.NoError(t, err)
	require.NotZero(t, rows, "the statement changed nothing")
}

func TestStoredColumns(t *testing.T) {
	t.Parallel()
	s := openStore(t)
	h, err := porttest.Fill(t.Context(), s, porttest.Stream(1),
		porttest.Step{Events: 2, Snapshot: 7}, porttest.Step{})
	require.NoError(t, err)

	type row struct {
		category, id, events       string
		version, last, format      int64
		command                    sql.NullString
		fingerprint, hash, state   []byte
		position, schema           sql.NullInt64
		commandType, hashType, fpr string
	}
	at := func(version ports.Version) (r row) {
		err := s.db.read.QueryRowContext(t.Context(), `SELECT Position, Category, AggregateUuid, Version, LastVersion, Format,
			CommandId, Fingerprint, Hash, Events, SnapshotSchema, Snapshot, typeof(CommandId), typeof(Hash), typeof(Fingerprint)
			FROM events WHERE Version = ?`, int64(version)).
			Scan(&r.position, &r.category, &r.id, &r.version, &r.last, &r.format, &r.command, &r.fingerprint, &r.hash,
				&r.events, &r.schema, &r.state, &r.commandType, &r.hashType, &r.fpr)
		require.NoError(t, err)
		return r
	}

	t.Run("a commit is readable by any tool", func(t *testing.T) {
		t.Parallel()
		c, r := h.Commits[0], at(1)
		assert.Equal(t, sql.NullInt64{Int64: 1, Valid: true}, r.position)
		assert.Equal(t, c.Stream.String(), r.category+"/"+r.id)
		assert.Equal(t, []int64{1, 2, 2}, []int64{r.version, r.last, r.format})
		assert.Equal(t, c.CommandID, r.command.String)
		assert.Equal(t, c.Fingerprint[:], r.fingerprint)
		assert.Equal(t, c.Hash[:], r.hash)
		assert.Equal(t, int64(7), r.schema.Int64)
		assert.Equal(t, c.Snapshot, r.state)
		var item string
		err := s.db.read.QueryRowContext(t.Context(),
			`SELECT json_extract(Events, '$[1].data.item') FROM events WHERE Version = 1`).Scan(&item)
		require.NoError(t, err)
		assert.Equal(t, "tea & <milk> №2", item)
	})

	t.Run("the older form has no command, fingerprint and hash", func(t *testing.T) {
		t.Parallel()
		r := at(3)
		assert.Equal(t, []string{"null", "null", "null"}, []string{r.commandType, r.hashType, r.fpr})
		assert.False(t, r.schema.Valid)
	})
}

func TestCommitsThatCannotBeRead(t *testing.T) {
	t.Parallel()
	name := fmt.Sprintf("commit of %s at version 3", porttest.Stream(1))
	for what, column := range map[string]struct {
		set    string
		format bool // a *ports.FormatError, else a *ports.CorruptError
	}{
		"cut events":                       {set: `Events = '[{"id":'`},
		"events of another version count":  {set: `LastVersion = 9`},
		"a last version that is no number": {set: `LastVersion = 'nine'`},
		"a cut hash":                       {set: `Hash = x'00'`},
		"a long fingerprint":               {set: `Fingerprint = zeroblob(9)`},
		"a hash that is gone":              {set: `Hash = NULL`},
		"an unknown format":                {set: `Format = 3`, format: true},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			s := openStore(t)
			h, err := porttest.Fill(t.Context(), s, porttest.Stream(1), porttest.Step{Events: 2}, porttest.Step{Events: 1}, porttest.Step{Events: 1})
			require.NoError(t, err)
			tamper(t, s, `UPDATE events SET `+column.set+` WHERE Version = 3`)
			judge := func(err error) {
				t.Helper()
				var corrupt *ports.CorruptError
				var format *ports.FormatError
				if column.format {
					require.ErrorAs(t, err, &format)
					assert.Equal(t, ports.FormatError{What: name, Got: "format 3", Want: "format 2"}, *format)
					return
				}
				require.ErrorAs(t, err, &corrupt)
				assert.Equal(t, name, corrupt.What)
			}

			_, err = s.Load(t.Context(), h.Stream, 0)
			judge(err)
			_, err = s.LoadAt(t.Context(), h.Stream, 3, 0)
			judge(err)
			_, _, err = s.Since(t.Context(), h.Heads[1])
			judge(err)
			for _, err = range s.Read(t.Context(), h.Stream, 3, 4) {
			}
			judge(err)
			_, err = s.Append(t.Context(), h.Heads[1], porttest.Commit(h.Heads[1], "late", 1))
			judge(err)

			changes, err := s.Changes(t.Context(), "", 10)
			require.NoError(t, err)
			require.Len(t, changes, 3, "the feed goes on")
			judge(changes[1].Err)
			assert.Equal(t, ports.Commit{Stream: h.Stream, First: 3}, changes[1].Commit)
			assert.NotEmpty(t, changes[1].Raw)
			assert.Equal(t, h.Commits[2].First, changes[2].Commit.First)

			var scanned []ports.Version
			for c, err := range s.Scan(t.Context(), h.Stream.Category) {
				if c.First == 3 {
					judge(err)
				}
				scanned = append(scanned, c.First)
			}
			assert.Equal(t, []ports.Version{1, 3, 4}, scanned, "the scan goes on")
		})
	}
}

func TestADamagedFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "events.db")
	s, err := OpenEventStore(t.Context(), path)
	require.NoError(t, err)
	_, err = porttest.Fill(t.Context(), s, porttest.Stream(1), porttest.Step{Events: 2})
	require.NoError(t, err)
	require.NoError(t, s.Close())
	damage(t, path)

	s = openStoreAt(t, path)
	_, err = s.Load(t.Context(), porttest.Stream(1), 0)
	var corrupt *ports.CorruptError
	require.ErrorAs(t, err, &corrupt)
	assert.Equal(t, path, corrupt.What)
}

// damage overwrites the page of the table events, in a file that is closed.
func damage(t *testing.T, path string) {
	t.Helper()
	raw, err := pool(dsn(path), 1)
	require.NoError(t, err)
	var root, size int64
	require.NoError(t, raw.QueryRowContext(t.Context(),
		`SELECT rootpage, page_size FROM sqlite_master, pragma_page_size WHERE name = 'events'`).Scan(&root, &size))
	require.NoError(t, raw.Close())
	file, err := os.OpenFile(path, os.O_WRONLY, 0)
	require.NoError(t, err)
	_, err = file.WriteAt(bytes.Repeat([]byte{0xff}, int(size)), (root-1)*size)
	require.NoError(t, err)
	require.NoError(t, file.Close())
}
