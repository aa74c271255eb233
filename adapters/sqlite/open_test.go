package sqlite

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/ports"
)

var testOptions = options{schemaVersion: 2, applicationID: 4711, synchronous: "FULL", cacheKiB: 1024, readers: 2}

func createNotes(ctx context.Context, tx *sql.Tx, _ int) error {
	_, err := tx.ExecContext(ctx, "CREATE TABLE notes (Text TEXT)")
	return err
}

func TestOpeningADatabaseFile(t *testing.T) {
	t.Parallel()

	t.Run("a new file is made with its folder and marked", func(t *testing.T) {
		t.Parallel()
		path := filepath.Join(t.TempDir(), "not there yet", "100% odd?name#.db")
		d, err := openFile(t.Context(), path, testOptions, createNotes)
		require.NoError(t, err)
		_, err = d.write.ExecContext(t.Context(), "INSERT INTO notes VALUES ('kept')")
		require.NoError(t, err)
		require.NoError(t, d.Close())
		assert.FileExists(t, path)

		d, err = openFile(t.Context(), path, testOptions, func(context.Context, *sql.Tx, int) error {
			t.Error("a file in the newest form needs no migration")
			return nil
		})
		require.NoError(t, err)
		var text string
		require.NoError(t, d.read.QueryRowContext(t.Context(), "SELECT Text FROM notes").Scan(&text))
		assert.Equal(t, "kept", text)
		require.NoError(t, d.Close())
	})

	t.Run("the read pool cannot write, and the writer syncs", func(t *testing.T) {
		t.Parallel()
		d, err := openFile(t.Context(), filepath.Join(t.TempDir(), "x.db"), testOptions, createNotes)
		require.NoError(t, err)
		t.Cleanup(func() { assert.NoError(t, d.Close()) })
		_, err = d.read.ExecContext(t.Context(), "INSERT INTO notes VALUES ('no')")
		require.Error(t, err)
		var mode string
		require.NoError(t, d.read.QueryRowContext(t.Context(), "PRAGMA journal_mode").Scan(&mode))
		assert.Equal(t, "wal", mode)
		var synchronous int
		require.NoError(t, d.write.QueryRowContext(t.Context(), "PRAGMA synchronous").Scan(&synchronous))
		assert.Equal(t, 2, synchronous, "FULL")
	})

	t.Run("an older file is migrated from its version", func(t *testing.T) {
		t.Parallel()
		path := filepath.Join(t.TempDir(), "x.db")
		older := testOptions
		older.schemaVersion = 1
		d, err := openFile(t.Context(), path, older, createNotes)
		require.NoError(t, err)
		require.NoError(t, d.Close())
		from := -1
		d, err = openFile(t.Context(), path, testOptions, func(_ context.Context, _ *sql.Tx, version int) error {
			from = version
			return nil
		})
		require.NoError(t, err)
		require.NoError(t, d.Close())
		assert.Equal(t, 1, from)
	})

	t.Run("a migration that fails leaves the file as it was", func(t *testing.T) {
		t.Parallel()
		path := filepath.Join(t.TempDir(), "x.db")
		_, err := openFile(t.Context(), path, testOptions, func(ctx context.Context, tx *sql.Tx, from int) error {
			return errClosedAfter(createNotes(ctx, tx, from))
		})
		require.ErrorIs(t, err, errClosed)
		d, err := openFile(t.Context(), path, testOptions, createNotes)
		require.NoError(t, err, "the table was rolled back")
		require.NoError(t, d.Close())
	})

	t.Run("eight openers of one new file all succeed, and one migrates", func(t *testing.T) {
		t.Parallel()
		path := filepath.Join(t.TempDir(), "x.db")
		var openers sync.WaitGroup
		for range 8 {
			openers.Go(func() {
				d, err := openFile(t.Context(), path, testOptions, createNotes)
				if assert.NoError(t, err) {
					assert.NoError(t, d.Close())
				}
			})
		}
		openers.Wait()
	})
}

// errClosedAfter turns success into an error.
func errClosedAfter(err error) error {
	if err != nil {
		return err
	}
	return errClosed
}

func TestFilesThatCannotBeUsed(t *testing.T) {
	t.Parallel()

	t.Run("a newer version is a format error that names the file", func(t *testing.T) {
		t.Parallel()
		path := filepath.Join(t.TempDir(), "x.db")
		newer := testOptions
		newer.schemaVersion = 9
		d, err := openFile(t.Context(), path, newer, createNotes)
		require.NoError(t, err)
		require.NoError(t, d.Close())
		_, err = openFile(t.Context(), path, testOptions, createNotes)
		var format *ports.FormatError
		require.ErrorAs(t, err, &format)
		assert.Equal(t, path, format.What)
		assert.Equal(t, "schema version 9", format.Got)
		assert.NotContains(t, err.Error(), "\n")
	})

	t.Run("another program's database is a format error and stays as it is", func(t *testing.T) {
		t.Parallel()
		path := filepath.Join(t.TempDir(), "x.db")
		other := testOptions
		other.applicationID = 1
		d, err := openFile(t.Context(), path, other, createNotes)
		require.NoError(t, err)
		require.NoError(t, d.Close())
		before, err := os.ReadFile(path)
		require.NoError(t, err)
		_, err = openFile(t.Context(), path, testOptions, createNotes)
		var format *ports.FormatError
		require.ErrorAs(t, err, &format)
		assert.Equal(t, path, format.What)
		after, err := os.ReadFile(path)
		require.NoError(t, err)
		assert.Equal(t, before, after)
	})

	t.Run("a file that is no database is a format error and stays as it is", func(t *testing.T) {
		t.Parallel()
		path := filepath.Join(t.TempDir(), "x.db")
		text := []byte("dear diary, this is no database but long enough to be taken for one, or so one hopes, says the header check")
		require.NoError(t, os.WriteFile(path, text, 0o600))
		_, err := openFile(t.Context(), path, testOptions, createNotes)
		var format *ports.FormatError
		require.ErrorAs(t, err, &format)
		assert.Equal(t, path, format.What)
		assert.Contains(t, err.Error(), "move the file away")
		assert.NotContains(t, err.Error(), "\n")
		after, err := os.ReadFile(path)
		require.NoError(t, err)
		assert.Equal(t, text, after)
	})

	t.Run("a folder that cannot be made is named, with what to do", func(t *testing.T) {
		t.Parallel()
		file := filepath.Join(t.TempDir(), "file")
		require.NoError(t, os.WriteFile(file, nil, 0o600))
		path := filepath.Join(file, "data", "x.db")
		_, err := openFile(t.Context(), path, testOptions, createNotes)
		require.Error(t, err)
		assert.Contains(t, err.Error(), path)
		assert.Contains(t, err.Error(), "choose another data folder")
		assert.NotContains(t, err.Error(), "\n")
	})

	t.Run("a folder in the file's place is named, with what to do", func(t *testing.T) {
		t.Parallel()
		path := t.TempDir()
		_, err := openFile(t.Context(), path, testOptions, createNotes)
		require.Error(t, err)
		assert.Contains(t, err.Error(), path)
		assert.Contains(t, err.Error(), "choose another data folder")
		assert.NotContains(t, err.Error(), "\n")
	})

	t.Run("a file that cannot be written is refused when it is opened", func(t *testing.T) {
		t.Parallel()
		path := filepath.Join(t.TempDir(), "x.db")
		d, err := openFile(t.Context(), path, testOptions, createNotes)
		require.NoError(t, err)
		require.NoError(t, d.Close())
		makeUnwritable(t, path)
		_, err = openFile(t.Context(), path, testOptions, createNotes)
		require.Error(t, err)
		assert.Contains(t, err.Error(), path)
		assert.Contains(t, err.Error(), "change its permissions")
	})

	t.Run("a cancelled context ends the opening", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := openFile(ctx, filepath.Join(t.TempDir(), "x.db"), testOptions, createNotes)
		assert.ErrorIs(t, err, context.Canceled)
	})
}
