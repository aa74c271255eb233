package sqlite

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestMakingFolders(t *testing.T) {
	t.Parallel()
	spy := func(synced *[]string) func(string) error {
		return func(dir string) error { *synced = append(*synced, dir); return syncFolder(dir) }
	}

	t.Run("syncs each folder that holds a new one, from above", func(t *testing.T) {
		t.Parallel()
		home := t.TempDir()
		var synced []string
		require.NoError(t, makeFolder(filepath.Join(home, "a", "b"), spy(&synced)))
		assert.Equal(t, []string{filepath.Dir(home), home, filepath.Join(home, "a")}, synced)
		assert.DirExists(t, filepath.Join(home, "a", "b"))
	})
	t.Run("syncs what another process made and may not have synced", func(t *testing.T) {
		t.Parallel()
		home := t.TempDir()
		require.NoError(t, os.Mkdir(filepath.Join(home, "a"), 0o750))
		var synced []string
		require.NoError(t, makeFolder(filepath.Join(home, "a"), spy(&synced)))
		assert.Equal(t, []string{home}, synced)
	})
	t.Run("fails where a new one cannot be synced, and goes on where an old one cannot", func(t *testing.T) {
		t.Parallel()
		broken := errors.New("broken")
		home := t.TempDir()
		require.ErrorIs(t, makeFolder(filepath.Join(home, "a"), func(string) error { return broken }), broken)
		require.NoError(t, makeFolder(filepath.Join(home, "a"), func(string) error { return broken }))
	})
	t.Run("fails where a file has the name", func(t *testing.T) {
		t.Parallel()
		file := filepath.Join(t.TempDir(), "a")
		require.NoError(t, os.WriteFile(file, nil, 0o600))
		require.ErrorIs(t, MakeFolder(file), errNoFolder)
		require.Error(t, MakeFolder(filepath.Join(file, "b")))
	})
}
