//go:build unix

package main_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// asNobody lets cmd run as somebody who may write nothing that is root's; for
// anybody but root, whom permissions bind already, it does nothing.
func asNobody(cmd *exec.Cmd) {
	const nobody = 65534
	if os.Geteuid() == 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	}
}

func TestADataFolderThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	root, err := os.MkdirTemp("", "evercart-unwritable-") //nolint:usetesting // everybody must be able to enter it
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, os.RemoveAll(root)) })
	path, err := binary()
	require.NoError(t, err)
	require.NoError(t, os.Chmod(filepath.Dir(path), 0o755)) //nolint:gosec // so that nobody may run it
	used := filepath.Join(root, "used")
	operate(t, used, "cart", "open")
	require.NoError(t, filepath.WalkDir(used, func(path string, d os.DirEntry, err error) error {
		if err == nil && d.IsDir() {
			return os.Chmod(path, 0o555) //nolint:gosec // for everybody to read
		}
		return os.Chmod(path, 0o444) //nolint:gosec // the same
	}))
	t.Cleanup(func() { assert.NoError(t, exec.Command("chmod", "-R", "u+w", used).Run()) }) //nolint:noctx // it is short
	empty := filepath.Join(root, "empty")
	require.NoError(t, os.Mkdir(empty, 0o555))                     //nolint:gosec // for everybody to read
	require.NoError(t, os.Chmod(root, 0o555))                      //nolint:gosec // the same
	t.Cleanup(func() { assert.NoError(t, os.Chmod(root, 0o755)) }) //nolint:gosec // to remove it
	for name, data := range map[string]string{
		"that is empty": empty, "that was used": used, "that would have to be made": filepath.Join(root, "new"),
	} {
		for _, args := range [][]string{{"serve", "--addr", "127.0.0.1:0"}, {"cart", "open"}} {
			cmd := command(t, append(args, "--data", data)...)
			asNobody(cmd)
			out, err := cmd.CombinedOutput()
			var exit *exec.ExitError
			require.ErrorAs(t, err, &exit, "%s: %s", name, out)
			assert.Equal(t, 1, exit.ExitCode())
			said := string(out)
			assert.Equal(t, 1, strings.Count(said, "\n"), "%s: %s", name, said)
			assert.Contains(t, said, data)
			assert.Contains(t, said, "choose another")
		}
	}
}

func TestAnArchiveThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	root, err := os.MkdirTemp("", "evercart-unwritable-") //nolint:usetesting // everybody must be able to enter it
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, os.RemoveAll(root)) })
	path, err := binary()
	require.NoError(t, err)
	require.NoError(t, os.Chmod(filepath.Dir(path), 0o755)) //nolint:gosec // so that nobody may run it
	operate(t, root, "cart", "open")
	require.NoError(t, filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case strings.HasPrefix(path, filepath.Join(root, "archive")):
			return os.Chmod(path, 0o555) //nolint:gosec // for everybody to read
		case d.IsDir():
			return os.Chmod(path, 0o777) //nolint:gosec // for everybody to use
		}
		return os.Chmod(path, 0o666) //nolint:gosec // the same
	}))
	t.Cleanup(func() { assert.NoError(t, exec.Command("chmod", "-R", "u+w", root).Run()) }) //nolint:noctx // it is short
	asks := func(args ...string) (string, error) {
		cmd := command(t, append(args, "--data", root)...)
		asNobody(cmd)
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	for _, args := range [][]string{{"cart", "open"}, {"cart", "list"}, {"views", "list"}, {"verify"}} {
		said, err := asks(args...)
		assert.NoError(t, err, "%s: %s", args, said)
	}
	said, err := asks("serve", "--addr", "127.0.0.1:0")
	assert.Error(t, err)
	assert.Contains(t, said, "cannot be written", "a server has to write it")
}
