package sqlite

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// immutable is the flag FS_IMMUTABLE_FL of <linux/fs.h>.
const immutable = 0x10

// makeUnwritable lets nobody write a file until the test ends, the superuser
// included: permissions do not hold him, but the immutable flag does.
func makeUnwritable(t *testing.T, path string) {
	t.Helper()
	require.NoError(t, os.Chmod(path, 0o400))
	if os.Geteuid() != 0 {
		return
	}
	file, err := os.Open(path)
	require.NoError(t, err)
	fd := int(file.Fd()) //nolint:gosec // a descriptor fits
	flags, err := unix.IoctlGetInt(fd, unix.FS_IOC_GETFLAGS)
	if err != nil {
		t.Skipf("the superuser may write every file, and this file system has no immutable flag: %v", err)
	}
	require.NoError(t, unix.IoctlSetPointerInt(fd, unix.FS_IOC_SETFLAGS, flags|immutable))
	t.Cleanup(func() {
		require.NoError(t, unix.IoctlSetPointerInt(fd, unix.FS_IOC_SETFLAGS, flags))
		require.NoError(t, file.Close())
	})
}
