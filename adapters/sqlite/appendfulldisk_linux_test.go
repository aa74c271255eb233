package sqlite

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/porttest"
)

// smallDisk returns a folder on a file system of its own that holds 2 MiB.
func smallDisk(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=2m"); err != nil {
		t.Skipf("no file system can be mounted here, so no disk can be filled: %v", err)
	}
	t.Cleanup(func() { assert.NoError(t, syscall.Unmount(dir, syscall.MNT_DETACH)) }) // a program that another test starts may hold it for a moment
	return dir
}

func TestAFileSystemThatIsFull(t *testing.T) {
	t.Parallel()
	dir := smallDisk(t)
	ballast := filepath.Join(dir, "ballast")
	require.NoError(t, os.WriteFile(ballast, make([]byte, 1<<20), 0o600))
	path := filepath.Join(dir, "events.db")
	s := openStoreAt(t, path)
	head := start(porttest.Stream(1))
	var err error
	for err == nil {
		require.Less(t, head.Version(), ports.Version(1000), "the disk never fills")
		var next ports.Head
		if next, err = s.Append(t.Context(), head, bulky(head, 20_000)); err == nil {
			head = next
		}
	}
	require.ErrorIs(t, err, ports.ErrUnavailable)
	require.Equal(t, head, end(t, s, head.Stream()), "what was acknowledged, and nothing else")

	require.NoError(t, os.Remove(ballast))
	for range 5 {
		head, err = s.Append(t.Context(), head, bulky(head, 20_000))
		require.NoError(t, err, "there is room again")
	}
	require.NoError(t, s.Close())
	assert.Equal(t, head, end(t, openStoreAt(t, path), head.Stream()))
}
