package filearchive_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// leftover puts the temporary file of a writer who died, last changed age ago,
// beside the object at key, and returns its path.
func leftover(t *testing.T, dir, key string, age time.Duration) string {
	t.Helper()
	folder := filepath.Join(dir, filepath.Dir(key))
	require.NoError(t, os.MkdirAll(folder, 0o750))
	f, err := os.CreateTemp(folder, ".*.tmp")
	require.NoError(t, err)
	_, err = f.WriteString("\x1f\x8b\x08 half an object")
	require.NoError(t, err)
	require.NoError(t, f.Close())
	then := time.Now().Add(-age)
	require.NoError(t, os.Chtimes(f.Name(), then, then))
	return f.Name()
}

func TestLeftovers(t *testing.T) {
	t.Parallel()

	t.Run("half an object that a writer left is not listed, and a retry writes it whole", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		a := newArchive(t, dir)
		leftover(t, dir, batch(hour).Key(), 0)
		assert.Empty(t, keys(t, a))
		_, err := a.WriteObject(t.Context(), batch(hour), [][]byte{[]byte("{}")})
		require.NoError(t, err)
		assert.Equal(t, []string{batch(hour).Key()}, keys(t, a))
	})
	t.Run("those older than an hour are removed from the newest two days", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		today := leftover(t, dir, batch(hour).Key(), 61*time.Minute)
		yesterday := leftover(t, dir, batch(hour.AddDate(0, 0, -1)).Key(), 48*time.Hour)
		probe := leftover(t, dir, "events/x", 48*time.Hour)
		newArchive(t, dir)
		assert.NoFileExists(t, today)
		assert.NoFileExists(t, yesterday)
		assert.NoFileExists(t, probe)
	})
	t.Run("younger ones are left to who may still write them", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		young := leftover(t, dir, batch(hour).Key(), 59*time.Minute)
		newArchive(t, dir)
		assert.FileExists(t, young)
	})
	t.Run("days before the newest two are not walked", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		for day := range 3 {
			leftover(t, dir, batch(hour.AddDate(0, 0, -day)).Key(), 0)
		}
		old := leftover(t, dir, batch(hour.AddDate(0, 0, -2)).Key(), 48*time.Hour)
		newArchive(t, dir)
		assert.FileExists(t, old)
	})
	t.Run("objects and foreign files are never removed", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		_, err := newArchive(t, dir).WriteObject(t.Context(), batch(hour), [][]byte{[]byte("{}")})
		require.NoError(t, err)
		object := filepath.Join(dir, batch(hour).Key())
		foreign := filepath.Join(filepath.Dir(object), ".notes")
		require.NoError(t, os.WriteFile(foreign, nil, 0o600))
		then := time.Now().Add(-48 * time.Hour)
		require.NoError(t, os.Chtimes(object, then, then))
		require.NoError(t, os.Chtimes(foreign, then, then))
		newArchive(t, dir)
		assert.FileExists(t, object)
		assert.FileExists(t, foreign)
	})
}
