package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// bare returns a PATH with the named programs of this machine, and no others.
func bare(t *testing.T, programs ...string) string {
	t.Helper()
	folder := t.TempDir()
	for _, name := range programs {
		path, err := exec.LookPath(name)
		require.NoError(t, err)
		require.NoError(t, os.Symlink(path, filepath.Join(folder, name)))
	}
	return folder
}

// runScript runs a script of .make with a PATH, and returns its exit code and what it
// said.
func runScript(t *testing.T, path, script string) (code int, said string) {
	t.Helper()
	shell, err := exec.LookPath("bash")
	require.NoError(t, err)
	c := exec.CommandContext(t.Context(), shell, filepath.Join(root, ".make", script))
	c.Env = []string{"PATH=" + path}
	out, err := c.CombinedOutput()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return exit.ExitCode(), string(out)
	}
	require.NoError(t, err)
	return 0, string(out)
}

func TestWhatThisMachineLacksIsSaidAtOnce(t *testing.T) {
	t.Parallel()
	for script, want := range map[string][]string{
		"dynamodb.sh":   {"java is not installed", "mvn is not installed"},
		"kinesalite.sh": {"node is not installed", "npm is not installed"},
	} {
		code, said := runScript(t, bare(t, "dirname"), script)
		assert.Equal(t, 3, code, said)
		for _, part := range want {
			assert.Contains(t, said, part)
		}
		assert.Equal(t, 1, strings.Count(said, "\n"), "make test shows one line: %s", said)
	}
	code, said := runScript(t, bare(t, "dirname", "uname", "bash", "env"), "awslocal.sh")
	assert.Equal(t, 3, code, said)
	for _, part := range []string{"java", "mvn", "node", "npm", "python3"} {
		assert.Contains(t, said, part+" is not installed")
	}
}
