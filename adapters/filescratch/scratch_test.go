package filescratch_test

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/filescratch"
	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/porttest"
)

func TestScratchConforms(t *testing.T) {
	t.Parallel()
	porttest.Run(t, func(t *testing.T) ports.Scratch { return filescratch.New(t.TempDir()) }, porttest.Scratch())
}

// newPile makes a pile that is closed with the test.
func newPile(t testing.TB, folder string, parts int) ports.Pile {
	t.Helper()
	p, err := filescratch.New(folder).NewPile(t.Context(), parts)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, p.Close()) })
	return p
}

func TestFilesOfAPile(t *testing.T) {
	t.Parallel()

	t.Run("leave no name in the folder, so that a killed process leaves nothing", func(t *testing.T) {
		t.Parallel()
		if runtime.GOOS == "windows" {
			t.Skip("an open file keeps its name here; the next test covers the close")
		}
		folder := t.TempDir()
		p := newPile(t, folder, 2)
		require.NoError(t, p.Add(0, make([]byte, 100_000)))
		entries, err := os.ReadDir(folder)
		require.NoError(t, err)
		assert.Empty(t, entries)
	})
	t.Run("are gone when the pile is closed", func(t *testing.T) {
		t.Parallel()
		folder := t.TempDir()
		p := newPile(t, folder, 3)
		for part := range 3 {
			require.NoError(t, p.Add(part, make([]byte, 100_000)))
		}
		require.NoError(t, p.Close())
		entries, err := os.ReadDir(folder)
		require.NoError(t, err)
		assert.Empty(t, entries)
	})
	t.Run("are made for parts that need one only", func(t *testing.T) {
		t.Parallel()
		p := newPile(t, filepath.Join(t.TempDir(), "absent"), 256)
		for part := range 256 {
			require.NoError(t, p.Add(part, []byte("little")))
		}
		for record, err := range p.Records(t.Context(), 255) {
			require.NoError(t, err)
			assert.Equal(t, "little", string(record))
		}
	})
	t.Run("stand in the folder for temporary files where none is given", func(t *testing.T) {
		t.Parallel()
		p := newPile(t, "", 1)
		want := bytes.Repeat([]byte("x"), 100_000)
		require.NoError(t, p.Add(0, want))
		for record, err := range p.Records(t.Context(), 0) {
			require.NoError(t, err)
			assert.Equal(t, want, record)
		}
	})
}

func TestFaultsOfAPile(t *testing.T) {
	t.Parallel()

	t.Run("a folder that is not there is named, and is no fault that passes", func(t *testing.T) {
		t.Parallel()
		folder := filepath.Join(t.TempDir(), "absent")
		err := newPile(t, folder, 1).Add(0, make([]byte, 100_000))
		require.ErrorIs(t, err, os.ErrNotExist)
		require.NotErrorIs(t, err, ports.ErrUnavailable)
		assert.ErrorContains(t, err, "filescratch: add to part 0: ")
		assert.ErrorContains(t, err, folder)
	})
	t.Run("a closed pile takes and yields nothing", func(t *testing.T) {
		t.Parallel()
		p := newPile(t, t.TempDir(), 1)
		require.NoError(t, p.Add(0, []byte("x")))
		require.NoError(t, p.Close())
		require.ErrorContains(t, p.Add(0, []byte("x")), "closed")
		yielded := 0
		for record, err := range p.Records(t.Context(), 0) {
			yielded++
			assert.Nil(t, record)
			assert.ErrorContains(t, err, "closed")
		}
		assert.Equal(t, 1, yielded)
	})
}

func TestAPileTakesNoMemoryForWhatItHolds(t *testing.T) { //nolint:paralleltest // counts memory
	p := newPile(t, t.TempDir(), 16)
	record := make([]byte, 1000)
	const n = 64_000
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for i := range n {
		require.NoError(t, p.Add(i%16, record))
	}
	read := 0
	for part := range 16 {
		for _, err := range p.Records(t.Context(), part) {
			require.NoError(t, err)
			read++
		}
	}
	runtime.ReadMemStats(&after)
	assert.Equal(t, n, read)
	assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(16<<20), "bytes allocated for %d MB", n*len(record)/1_000_000)
}

func BenchmarkAddAndRead(b *testing.B) {
	p, err := filescratch.New(b.TempDir()).NewPile(b.Context(), 256)
	require.NoError(b, err)
	defer func() { require.NoError(b, p.Close()) }()
	record := make([]byte, 100)
	b.SetBytes(int64(len(record)))
	for i := 0; b.Loop(); i++ {
		if err := p.Add(i%256, record); err != nil {
			b.Fatal(err)
		}
	}
	for part := range 256 {
		for _, err := range p.Records(b.Context(), part) {
			if err != nil {
				b.Fatal(err)
			}
		}
	}
}
