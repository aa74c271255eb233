package filearchive_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/filearchive"
	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/porttest"
)

// hour is the arrival of the sample objects.
var hour = time.Date(2026, 5, 4, 13, 0, 0, 0, time.UTC)

func batch(at time.Time) ports.ArchiveBatch {
	return ports.ArchiveBatch{Shard: "0", First: "1", Last: "9", Arrival: at}
}

func newArchive(t testing.TB, dir string) *filearchive.Archive {
	t.Helper()
	a, err := filearchive.New(dir)
	require.NoError(t, err)
	return a
}

// keys lists the whole archive.
func keys(t *testing.T, a ports.Archive) []string {
	t.Helper()
	var keys []string
	for o, err := range a.Objects(t.Context(), time.Time{}, time.Time{}) {
		require.NoError(t, err)
		keys = append(keys, o.Key)
	}
	return keys
}

func TestArchiveConforms(t *testing.T) {
	t.Parallel()
	porttest.Run(t, func(t *testing.T) ports.Archive { return newArchive(t, t.TempDir()) }, porttest.Archive())
}

func TestNew(t *testing.T) {
	t.Parallel()

	t.Run("the folder is made with all above it", func(t *testing.T) {
		t.Parallel()
		dir := filepath.Join(t.TempDir(), "a", "b", "archive")
		newArchive(t, dir)
		assert.DirExists(t, filepath.Join(dir, "events"))
	})
	t.Run("a folder opened again holds what was written", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		_, err := newArchive(t, dir).WriteObject(t.Context(), batch(hour), [][]byte{[]byte("{}")})
		require.NoError(t, err)
		assert.Equal(t, []string{batch(hour).Key()}, keys(t, newArchive(t, dir)))
	})
	t.Run("a folder that cannot be made is named, with what to do", func(t *testing.T) {
		t.Parallel()
		file := filepath.Join(t.TempDir(), "file")
		require.NoError(t, os.WriteFile(file, nil, 0o600))
		for _, dir := range []string{file, filepath.Join(file, "archive")} {
			_, err := filearchive.New(dir)
			require.Error(t, err)
			assert.ErrorContains(t, err, "archive folder "+dir+" cannot be written; make it writable")
			assert.NotErrorIs(t, err, ports.ErrUnavailable)
		}
	})
	t.Run("nothing stays of the try whether the folder can be written", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		newArchive(t, dir)
		entries, err := os.ReadDir(filepath.Join(dir, "events"))
		require.NoError(t, err)
		assert.Empty(t, entries)
	})
}

func TestOpen(t *testing.T) {
	t.Parallel()

	t.Run("an archive is read without a change to its folder", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		_, err := newArchive(t, dir).WriteObject(t.Context(), batch(hour), [][]byte{[]byte("{}")})
		require.NoError(t, err)
		stale := leftover(t, dir, batch(hour).Key(), 2*time.Hour)
		a, err := filearchive.Open(dir)
		require.NoError(t, err)
		assert.Equal(t, []string{batch(hour).Key()}, keys(t, a))
		assert.FileExists(t, stale)
	})
	t.Run("a folder without events is named, with what to give", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		_, err := filearchive.Open(dir)
		require.ErrorIs(t, err, os.ErrNotExist)
		assert.ErrorContains(t, err, "archive folder "+dir+`: give the folder that holds "events"`)
		assert.NoDirExists(t, filepath.Join(dir, "events"))
	})
	t.Run("a file where events should be is no archive", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(dir, "events"), nil, 0o600))
		_, err := filearchive.Open(dir)
		assert.ErrorContains(t, err, "it is not a folder")
	})
}
