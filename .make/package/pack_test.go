package main

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// built makes a folder with functions of that content.
func built(t *testing.T, functions map[string]string) string {
	t.Helper()
	folder := t.TempDir()
	for name, content := range functions {
		require.NoError(t, os.MkdirAll(filepath.Join(folder, name), 0o755))
		path := filepath.Join(folder, name, "bootstrap")
		require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
		odd := time.Date(2026, 1, len(name), 3, 4, 5, 0, time.UTC)
		require.NoError(t, os.Chtimes(path, odd, odd))
	}
	return folder
}

func TestPackages(t *testing.T) {
	t.Parallel()
	functions := map[string]string{"relay": strings.Repeat("relay", 1000), "add-item": "add"}
	t.Run("hold one file, which may be executed, of no time, and the commit", func(t *testing.T) {
		t.Parallel()
		out := filepath.Join(t.TempDir(), "dist", "functions")
		require.NoError(t, packAll(built(t, functions), out, "commit 0a1b"))
		for name, content := range functions {
			archive, err := zip.OpenReader(filepath.Join(out, name+".zip"))
			require.NoError(t, err)
			t.Cleanup(func() { _ = archive.Close() })
			assert.Equal(t, "commit 0a1b", archive.Comment)
			require.Len(t, archive.File, 1)
			file := archive.File[0]
			assert.Equal(t, "bootstrap", file.Name)
			assert.Equal(t, os.FileMode(0o755), file.Mode())
			assert.Equal(t, 1980, file.Modified.UTC().Year())
			opened, err := file.Open()
			require.NoError(t, err)
			unpacked, err := io.ReadAll(opened)
			require.NoError(t, err)
			assert.Equal(t, content, string(unpacked))
		}
	})
	t.Run("are the same bytes for the same binaries, whenever and wherever", func(t *testing.T) {
		t.Parallel()
		first, second := t.TempDir(), t.TempDir()
		require.NoError(t, packAll(built(t, functions), first, "c"))
		require.NoError(t, packAll(built(t, functions), second, "c"))
		for _, name := range []string{"relay.zip", "add-item.zip", "SHA256SUMS"} {
			one, err := os.ReadFile(filepath.Join(first, name))
			require.NoError(t, err)
			two, err := os.ReadFile(filepath.Join(second, name))
			require.NoError(t, err)
			assert.True(t, bytes.Equal(one, two), name)
		}
	})
	t.Run("have their sums in a list that sha256sum reads", func(t *testing.T) {
		t.Parallel()
		out := t.TempDir()
		require.NoError(t, packAll(built(t, functions), out, "c"))
		var want string
		for _, name := range []string{"add-item.zip", "relay.zip"} {
			packed, err := os.ReadFile(filepath.Join(out, name))
			require.NoError(t, err)
			want += fmt.Sprintf("%x  %s\n", sha256.Sum256(packed), name)
		}
		sums, err := os.ReadFile(filepath.Join(out, "SHA256SUMS"))
		require.NoError(t, err)
		assert.Equal(t, want, string(sums))
	})
	t.Run("of nothing are a fault", func(t *testing.T) {
		t.Parallel()
		assert.ErrorContains(t, packAll(t.TempDir(), t.TempDir(), "c"), "no functions below")
	})
}
