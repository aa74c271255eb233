//go:build !linux

package sqlite

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

// makeUnwritable lets nobody but the superuser write a file.
func makeUnwritable(t *testing.T, path string) {
	t.Helper()
	if os.Geteuid() == 0 {
		t.Skip("the superuser may write every file")
	}
	require.NoError(t, os.Chmod(path, 0o400))
}
