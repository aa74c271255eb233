package filescratch

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/ports"
)

// faulty returns a pile of one part over files that tests replace.
func faulty(t *testing.T, s *Scratch) *pile {
	t.Helper()
	made, err := s.NewPile(t.Context(), 1)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, made.Close()) })
	p, ok := made.(*pile)
	require.True(t, ok)
	return p
}

func lengths(t *testing.T, p *pile) (all []int) {
	t.Helper()
	for record, err := range p.Records(t.Context(), 0) {
		require.NoError(t, err)
		all = append(all, len(record))
	}
	return all
}

func TestAFullDisk(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("this system has no /dev/full, the device that is always full")
	}
	s := New(t.TempDir())
	s.files.create = func(string, string) (*os.File, error) { return os.OpenFile("/dev/full", os.O_RDWR, 0) }
	s.files.remove = func(string) error { return nil }
	p := faulty(t, s)
	require.NoError(t, p.Add(0, make([]byte, 20_000)))

	err := p.Add(0, make([]byte, 30_000))
	require.ErrorIs(t, err, syscall.ENOSPC)
	require.ErrorIs(t, err, ports.ErrUnavailable)
	require.ErrorContains(t, err, "filescratch: add to part 0: ")
	assert.Equal(t, []int{20_000}, lengths(t, p), "the record is not in the pile")

	file, err := os.CreateTemp(t.TempDir(), "") // there is room again
	require.NoError(t, err)
	require.NoError(t, p.parts[0].file.Close())
	p.parts[0].file = file
	require.NoError(t, p.Add(0, make([]byte, 30_000)))
	require.NoError(t, p.Add(0, make([]byte, 10)))
	assert.Equal(t, []int{20_000, 30_000, 10}, lengths(t, p))
}

func TestWhatAFailedWriteLeftDoesNotCount(t *testing.T) {
	t.Parallel()
	p := faulty(t, New(t.TempDir()))
	require.NoError(t, p.Add(0, make([]byte, 40_000)))
	_, err := p.parts[0].file.WriteAt([]byte("half of a record"), p.parts[0].size)
	require.NoError(t, err)
	require.NoError(t, p.Add(0, make([]byte, 5)))
	require.NoError(t, p.Add(0, make([]byte, 50_000)))
	assert.Equal(t, []int{40_000, 5, 50_000}, lengths(t, p))
}

func TestTooManyOpenFilesPass(t *testing.T) {
	t.Parallel()
	s := New(t.TempDir())
	s.files.create = func(string, string) (*os.File, error) { return nil, &os.PathError{Op: "open", Err: syscall.EMFILE} }
	assert.ErrorIs(t, faulty(t, s).Add(0, make([]byte, 40_000)), ports.ErrUnavailable)
}

func TestAFileThatKeepsItsNameIsRemovedAtTheEnd(t *testing.T) {
	t.Parallel()
	s := New(t.TempDir())
	open := true
	s.files.remove = func(name string) error {
		if open {
			return errors.New("the file is in use")
		}
		return os.Remove(name)
	}
	p := faulty(t, s)
	require.NoError(t, p.Add(0, make([]byte, 40_000)))
	left, err := filepath.Glob(filepath.Join(s.folder, "evercart-scratch-*"))
	require.NoError(t, err)
	require.Len(t, left, 1)
	assert.Equal(t, []int{40_000}, lengths(t, p))

	open = false
	require.NoError(t, p.Close())
	assert.NoFileExists(t, left[0])
}

func TestADamagedFileIsAnError(t *testing.T) {
	t.Parallel()
	for name, damage := range map[string]func(f *os.File) error{
		"cut between records":  func(f *os.File) error { return f.Truncate(40_003) },
		"cut within a record":  func(f *os.File) error { return f.Truncate(60_000) },
		"an impossible length": func(f *os.File) error { _, err := f.WriteAt([]byte{0xff, 0xff, 0xff, 0x7f}, 40_003); return err },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := faulty(t, New(t.TempDir()))
			require.NoError(t, p.Add(0, make([]byte, 40_000)))
			require.NoError(t, p.Add(0, make([]byte, 40_000)))
			require.NoError(t, damage(p.parts[0].file))
			whole, failed := 0, 0
			for _, err := range p.Records(t.Context(), 0) {
				if err != nil {
					failed++
					assert.ErrorContains(t, err, "filescratch: read part 0: ")
					continue
				}
				whole++
			}
			assert.Equal(t, 1, whole)
			assert.Equal(t, 1, failed)
		})
	}
}
