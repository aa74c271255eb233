package ndjson_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/ndjson"
)

func written(t *testing.T, lines ...string) []byte {
	t.Helper()
	all := make([][]byte, len(lines))
	for i, line := range lines {
		all[i] = []byte(line)
	}
	var object bytes.Buffer
	require.NoError(t, new(ndjson.Writer).Write(t.Context(), &object, all))
	return object.Bytes()
}

func zipped(t *testing.T, text string) []byte {
	t.Helper()
	var object bytes.Buffer
	zip := gzip.NewWriter(&object)
	_, err := io.WriteString(zip, text)
	require.NoError(t, err)
	require.NoError(t, zip.Close())
	return object.Bytes()
}

func read(ctx context.Context, r io.Reader) (lines []string, err error) {
	_, err = ndjson.Read(ctx, r, func(line []byte) bool {
		lines = append(lines, string(line))
		return true
	})
	return lines, err
}

func TestWhatIsWrittenIsRead(t *testing.T) {
	t.Parallel()
	lines := []string{"one", "", strings.Repeat("long ", 40_000), "four"}
	object := written(t, lines...)
	got, err := read(t.Context(), iotest.OneByteReader(bytes.NewReader(object)))
	require.NoError(t, err)
	assert.Equal(t, lines, got)
	assert.Equal(t, object, written(t, lines...), "equal lines make equal bytes")

	n := 0
	stopped, err := ndjson.Read(t.Context(), bytes.NewReader(object), func([]byte) bool { n++; return n < 2 })
	require.NoError(t, err)
	assert.True(t, stopped)
	assert.Equal(t, 2, n)
}

func TestAWriterThatIsUsedAgainWritesTheSameBytes(t *testing.T) {
	t.Parallel()
	var w ndjson.Writer
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	var cut, again bytes.Buffer
	require.Error(t, w.Write(ended, &cut, [][]byte{[]byte("of an object that was given up")}))
	left := cut.Len()
	for _, lines := range [][]string{{"one", "two"}, {"three"}, {"one", "two"}} {
		again.Reset()
		all := make([][]byte, len(lines))
		for i, line := range lines {
			all[i] = []byte(line)
		}
		require.NoError(t, w.Write(t.Context(), &again, all))
		assert.Equal(t, written(t, lines...), again.Bytes())
	}
	assert.Equal(t, left, cut.Len(), "nothing came to the one before")
}

func TestWhatNoWriterMakesIsCorrupt(t *testing.T) {
	t.Parallel()
	whole := written(t, "one", "two", "three")
	damaged := bytes.Clone(whole)
	damaged[len(damaged)-6] ^= 1 // in the checksum
	for what, object := range map[string][]byte{
		"nothing at all":    {},
		"no gzip":           []byte("one\ntwo\n"),
		"cut short":         whole[:len(whole)-9],
		"a bad checksum":    damaged,
		"no line":           zipped(t, ""),
		"an open last line": zipped(t, "one\ntwo"),
		"a line too long":   zipped(t, strings.Repeat("x", ndjson.MaxLine+1)+"\n"),
	} {
		_, err := read(t.Context(), bytes.NewReader(object))
		require.Error(t, err, what)
		assert.True(t, ndjson.Corrupt(err), "%s: %v", what, err)
	}
}

func TestOtherFaultsAreNotTheObjects(t *testing.T) {
	t.Parallel()
	broken := errors.New("the disk is gone")
	_, err := read(t.Context(), io.MultiReader(bytes.NewReader(written(t, "one")[:12]), iotest.ErrReader(broken)))
	require.ErrorIs(t, err, broken)
	assert.False(t, ndjson.Corrupt(err))

	ended, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = read(ended, bytes.NewReader(written(t, "one")))
	require.ErrorIs(t, err, context.Canceled)
	assert.False(t, ndjson.Corrupt(err))
	require.ErrorIs(t, new(ndjson.Writer).Write(ended, io.Discard, [][]byte{[]byte("one")}), context.Canceled)
}

func TestWhatCanBeAnObject(t *testing.T) {
	t.Parallel()
	batch := ports.ArchiveBatch{Shard: "0", First: "1", Last: "2", Arrival: time.Date(2026, 5, 4, 13, 0, 0, 0, time.UTC)}
	require.NoError(t, ndjson.Check(batch, [][]byte{[]byte("one"), {}}))
	require.ErrorContains(t, ndjson.Check(batch, nil), "no lines")
	require.ErrorContains(t, ndjson.Check(batch, [][]byte{[]byte("a"), []byte("b\nc")}), "line 2 holds a line feed")
	require.Error(t, ndjson.Check(ports.ArchiveBatch{}, [][]byte{[]byte("one")}))
	var large *ports.TooLargeError
	require.ErrorAs(t, ndjson.Check(batch, [][]byte{make([]byte, ndjson.MaxLine+1)}), &large)
	assert.Equal(t, ndjson.MaxLine, large.Max)
	require.NoError(t, ndjson.Check(batch, [][]byte{make([]byte, ndjson.MaxLine)}))
}
