package deployment_test

import (
	"archive/zip"
	"bytes"
	"debug/buildinfo"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// packaged makes the package of add-item, as `make package` does, and returns it.
func packaged(t *testing.T) []byte {
	t.Helper()
	out := t.TempDir()
	said, err := exec.CommandContext(t.Context(), filepath.Join(root, ".make", "package.sh"), out, "add-item").CombinedOutput()
	require.NoError(t, err, string(said))
	packed, err := os.ReadFile(filepath.Join(out, "add-item.zip"))
	require.NoError(t, err)
	return packed
}

func TestAPackage(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("building functions takes a minute where the build cache is cold")
	}
	watchSources(t)
	head, err := exec.CommandContext(t.Context(), "git", "-C", root, "rev-parse", "HEAD").Output()
	if err != nil {
		t.Skip("packages name the commit that they are of, and this is no git repository")
	}
	commit := strings.TrimSpace(string(head))
	first, second := packaged(t), packaged(t)
	t.Run("is the same bytes when it is made again", func(t *testing.T) {
		t.Parallel()
		assert.True(t, bytes.Equal(first, second))
	})
	t.Run("knows its commit, and so does the binary in it", func(t *testing.T) {
		t.Parallel()
		archive, err := zip.NewReader(bytes.NewReader(first), int64(len(first)))
		require.NoError(t, err)
		assert.Contains(t, archive.Comment, commit)
		require.Len(t, archive.File, 1)
		file, err := archive.File[0].Open()
		require.NoError(t, err)
		binary, err := io.ReadAll(file)
		require.NoError(t, err)
		assert.True(t, bytes.Contains(binary, []byte(commit)))
		info, err := buildinfo.Read(bytes.NewReader(binary))
		require.NoError(t, err)
		settings := map[string]string{}
		for _, s := range info.Settings {
			settings[s.Key] = s.Value
		}
		assert.Equal(t, "arm64", settings["GOARCH"])
		assert.Equal(t, "0", settings["CGO_ENABLED"])
	})
}
