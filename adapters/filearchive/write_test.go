package filearchive_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/ports"
)

// strayFiles returns the paths of all files below dir, but for those of objects.
func strayFiles(t *testing.T, dir string) []string {
	t.Helper()
	var stray []string
	require.NoError(t, filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() && !strings.HasSuffix(path, ".ndjson.gz") {
			stray = append(stray, path)
		}
		return err
	}))
	return stray
}

// fading is a context that is cancelled after some looks at it.
type fading struct {
	context.Context
	looks int
}

func (f *fading) Err() error {
	if f.looks--; f.looks < 0 {
		return context.Canceled
	}
	return nil
}

func TestWriteObject(t *testing.T) {
	t.Parallel()
	lines := [][]byte{[]byte(`{"id":"1"}`), []byte(`{"id":"2"}`)}

	t.Run("the file is one gzip member that tells no name and no time", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		object, err := newArchive(t, dir).WriteObject(t.Context(), batch(hour), lines)
		require.NoError(t, err)
		content, err := os.ReadFile(filepath.Join(dir, batch(hour).Key()))
		require.NoError(t, err)
		assert.Len(t, content, int(object.Size))

		from := bufio.NewReader(bytes.NewReader(content))
		r, err := gzip.NewReader(from)
		require.NoError(t, err)
		assert.Empty(t, r.Name)
		assert.True(t, r.ModTime.IsZero())
		r.Multistream(false)
		plain, err := io.ReadAll(r)
		require.NoError(t, err)
		assert.Equal(t, "{\"id\":\"1\"}\n{\"id\":\"2\"}\n", string(plain))
		_, err = from.ReadByte()
		assert.ErrorIs(t, err, io.EOF)
	})
	t.Run("equal lines make equal files", func(t *testing.T) {
		t.Parallel()
		var contents [2][]byte
		for i := range contents {
			dir := t.TempDir()
			_, err := newArchive(t, dir).WriteObject(t.Context(), batch(hour), lines)
			require.NoError(t, err)
			contents[i], err = os.ReadFile(filepath.Join(dir, batch(hour).Key()))
			require.NoError(t, err)
		}
		assert.Equal(t, contents[0], contents[1])
	})
	t.Run("no temporary file stays, whether the object was there or not", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		a := newArchive(t, dir)
		for range 2 {
			_, err := a.WriteObject(t.Context(), batch(hour), lines)
			require.NoError(t, err)
		}
		assert.Empty(t, strayFiles(t, dir))
	})
	t.Run("writers of two processes make one whole object", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		var writers sync.WaitGroup
		start := make(chan struct{})
		errs := make([]error, 16)
		for i := range errs {
			a := newArchive(t, dir)
			writers.Go(func() {
				<-start
				_, errs[i] = a.WriteObject(t.Context(), batch(hour), [][]byte{bytes.Repeat([]byte{byte('a' + i)}, 1<<16)})
			})
		}
		close(start)
		writers.Wait()
		require.NoError(t, errors.Join(errs...))
		assert.Equal(t, []string{batch(hour).Key()}, keys(t, newArchive(t, dir)))
		assert.Empty(t, strayFiles(t, dir))
		for line, err := range newArchive(t, dir).Lines(t.Context(), batch(hour).Key()) {
			require.NoError(t, err)
			assert.Equal(t, 1<<16, bytes.Count(line, line[:1]))
		}
	})
	t.Run("a write whose context ends half-way leaves nothing", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		a := newArchive(t, dir)
		many := make([][]byte, 10_000)
		_, err := a.WriteObject(&fading{t.Context(), 3}, batch(hour), many)
		require.ErrorIs(t, err, context.Canceled)
		assert.Empty(t, keys(t, a))
		assert.Empty(t, strayFiles(t, dir))
	})
	t.Run("a line over sixteen MiB is too large", func(t *testing.T) {
		t.Parallel()
		_, err := newArchive(t, t.TempDir()).WriteObject(t.Context(), batch(hour), [][]byte{make([]byte, 16<<20+1)})
		var tooLarge *ports.TooLargeError
		require.ErrorAs(t, err, &tooLarge)
		assert.Equal(t, 16<<20, tooLarge.Max)
	})
	t.Run("a file in a folder's place is a fault that names the object", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		a := newArchive(t, dir)
		require.NoError(t, os.WriteFile(filepath.Join(dir, "events", "date=2026-05-04"), nil, 0o600))
		_, err := a.WriteObject(t.Context(), batch(hour), lines)
		require.ErrorContains(t, err, "filearchive: write "+batch(hour).Key())
		assert.NotErrorIs(t, err, ports.ErrUnavailable)
	})
	t.Run("folders removed by hand are made again", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		a := newArchive(t, dir)
		for n := range 2 {
			_, err := a.WriteObject(t.Context(), batch(hour.Add(time.Duration(n)*time.Minute)), lines)
			require.NoError(t, err)
			require.NoError(t, os.RemoveAll(filepath.Join(dir, "events")))
		}
	})
}
