package filearchive_test

import (
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/ports"
)

func gzipped(t *testing.T, text string) []byte {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, err := w.Write([]byte(text))
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return out.Bytes()
}

// readFile makes content the object of batch and reads it.
func readFile(t *testing.T, content []byte) (lines []string, last error) {
	t.Helper()
	dir := t.TempDir()
	a := newArchive(t, dir)
	path := filepath.Join(dir, batch(hour).Key())
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o750))
	require.NoError(t, os.WriteFile(path, content, 0o600))
	for line, err := range a.Lines(t.Context(), batch(hour).Key()) {
		require.NoError(t, last, "a pair after an error")
		if err != nil {
			last = err
			continue
		}
		lines = append(lines, string(line))
	}
	return lines, last
}

func assertCorrupt(t *testing.T, err error, what ...any) {
	t.Helper()
	var corrupt *ports.CorruptError
	if assert.ErrorAs(t, err, &corrupt, what...) {
		assert.Contains(t, corrupt.What, batch(hour).Key(), what...)
	}
}

func TestLines(t *testing.T) {
	t.Parallel()

	t.Run("what another gzip wrote is read, in one member or in several", func(t *testing.T) {
		t.Parallel()
		lines, err := readFile(t, append(gzipped(t, "1\n2\n"), gzipped(t, "3\n")...))
		require.NoError(t, err)
		assert.Equal(t, []string{"1", "2", "3"}, lines)
	})
	t.Run("an object cut at any byte is corrupt", func(t *testing.T) {
		t.Parallel()
		whole := gzipped(t, strings.Repeat("a line\n", 10))
		for n := range whole {
			_, err := readFile(t, whole[:n])
			assertCorrupt(t, err, "cut after %d of %d bytes", n, len(whole))
		}
	})
	t.Run("an object with a bit changed in its content is corrupt", func(t *testing.T) {
		t.Parallel()
		const header = 10
		whole := gzipped(t, strings.Repeat("a line\n", 10))
		for n := header; n < len(whole); n++ {
			spoiled := bytes.Clone(whole)
			spoiled[n] ^= 0x10
			_, err := readFile(t, spoiled)
			assertCorrupt(t, err, "bit changed in byte %d of %d", n, len(whole))
		}
	})
	for what, content := range map[string][]byte{
		"plain text":                  []byte("{}\n"),
		"bytes behind the end":        append(gzipped(t, "{}\n"), "garbage"...),
		"zeros behind the end":        append(gzipped(t, "{}\n"), make([]byte, 512)...),
		"no lines":                    gzipped(t, ""),
		"a last line without an end":  gzipped(t, "{}\n{}"),
		"a line over sixteen MiB":     gzipped(t, "{}\n"+strings.Repeat("a", 16<<20+1)+"\n"),
		"an endless line":             gzipped(t, strings.Repeat("a", 20<<20)),
		"a long line without its end": gzipped(t, strings.Repeat("a", 1<<20)),
	} {
		t.Run("an object of "+what+" is corrupt", func(t *testing.T) {
			t.Parallel()
			_, err := readFile(t, content)
			assertCorrupt(t, err)
		})
	}
	t.Run("the longest line that is written is read", func(t *testing.T) {
		t.Parallel()
		long := strings.Repeat("a", 16<<20)
		lines, err := readFile(t, gzipped(t, long+"\n{}\n"))
		require.NoError(t, err)
		require.Len(t, lines, 2)
		assert.Len(t, lines[0], len(long))
	})
	t.Run("the lines before a fault are yielded", func(t *testing.T) {
		t.Parallel()
		lines, err := readFile(t, append(gzipped(t, "1\n2\n"), "garbage"...))
		assertCorrupt(t, err)
		assert.Equal(t, []string{"1", "2"}, lines)
	})
	t.Run("a folder in an object's place is a fault, not corruption", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		a := newArchive(t, dir)
		require.NoError(t, os.MkdirAll(filepath.Join(dir, batch(hour).Key()), 0o750))
		for _, err := range a.Lines(t.Context(), batch(hour).Key()) {
			require.ErrorContains(t, err, "filearchive: read "+batch(hour).Key())
			var corrupt *ports.CorruptError
			assert.NotErrorAs(t, err, &corrupt)
		}
	})
	t.Run("a file beside the archive is not read through a name that leads there", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		a := newArchive(t, filepath.Join(dir, "archive"))
		require.NoError(t, os.WriteFile(filepath.Join(dir, "x.ndjson.gz"), gzipped(t, "secret\n"), 0o600))
		for _, key := range []string{"../x.ndjson.gz", "events/../../x.ndjson.gz", "events/date=2026-05-04/hour=13/../../../../x.ndjson.gz"} {
			for line, err := range a.Lines(t.Context(), key) {
				var corrupt *ports.CorruptError
				require.ErrorAs(t, err, &corrupt)
				assert.Empty(t, line)
			}
		}
	})
}
