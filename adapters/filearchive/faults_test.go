package filearchive

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/ports"
)

var (
	sampleHour  = time.Date(2026, 5, 4, 13, 0, 0, 0, time.UTC)
	sampleBatch = ports.ArchiveBatch{Shard: "0", First: "1", Last: "9", Arrival: sampleHour}
	sampleLines = [][]byte{[]byte("{}")}
)

func newSample(t *testing.T) *Archive {
	t.Helper()
	a, err := New(t.TempDir())
	require.NoError(t, err)
	return a
}

func TestFullDisk(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("this system has no /dev/full, the device that is always full")
	}
	a := newSample(t)
	a.createTemp = func(dir, _ string) (*os.File, error) {
		link := filepath.Join(dir, ".full.tmp")
		if err := os.Symlink("/dev/full", link); err != nil {
			return nil, err
		}
		return os.OpenFile(link, os.O_WRONLY, 0)
	}
	_, err := a.WriteObject(t.Context(), sampleBatch, sampleLines)
	require.ErrorIs(t, err, syscall.ENOSPC)
	require.ErrorIs(t, err, ports.ErrUnavailable)
	require.ErrorContains(t, err, sampleBatch.Key())
	for o, err := range a.Objects(t.Context(), time.Time{}, time.Time{}) {
		require.NoError(t, err)
		assert.Fail(t, "a full disk made an object", o.Key)
	}

	a.createTemp = os.CreateTemp // there is room again
	_, err = a.WriteObject(t.Context(), sampleBatch, sampleLines)
	assert.NoError(t, err)
}

func TestFaultsOfTheFolder(t *testing.T) {
	t.Parallel()
	broken := &fs.PathError{Op: "open", Path: "x", Err: syscall.EIO}

	t.Run("a temporary file that cannot be made fails the write for good", func(t *testing.T) {
		t.Parallel()
		a := newSample(t)
		a.createTemp = func(string, string) (*os.File, error) { return nil, broken }
		_, err := a.WriteObject(t.Context(), sampleBatch, sampleLines)
		require.ErrorIs(t, err, syscall.EIO)
		assert.NotErrorIs(t, err, ports.ErrUnavailable)
	})
	t.Run("a temporary file that is gone before it has its name makes no object", func(t *testing.T) {
		t.Parallel()
		a := newSample(t)
		a.createTemp = func(dir, pattern string) (*os.File, error) {
			f, err := os.CreateTemp(dir, pattern)
			return f, errors.Join(err, os.Remove(f.Name()))
		}
		_, err := a.WriteObject(t.Context(), sampleBatch, sampleLines)
		require.ErrorIs(t, err, fs.ErrNotExist)
		assert.NoFileExists(t, a.path(sampleBatch.Key()))
	})
	t.Run("a folder that cannot be listed ends the listing, once", func(t *testing.T) {
		t.Parallel()
		for _, unreadable := range []string{"events", "date=2026-05-04", "hour=13"} {
			a := newSample(t)
			_, err := a.WriteObject(t.Context(), sampleBatch, sampleLines)
			require.NoError(t, err)
			a.readDir = func(dir string) ([]fs.DirEntry, error) {
				if filepath.Base(dir) == unreadable {
					return nil, broken
				}
				return os.ReadDir(dir)
			}
			pairs := 0
			for _, err := range a.Objects(t.Context(), time.Time{}, time.Time{}) {
				pairs++
				require.ErrorIs(t, err, syscall.EIO)
				assert.ErrorContains(t, err, unreadable)
			}
			assert.Equal(t, 1, pairs)
		}
	})
	t.Run("only faults that pass match ErrUnavailable", func(t *testing.T) {
		t.Parallel()
		for err, passes := range map[syscall.Errno]bool{
			syscall.ENOSPC: true, syscall.EDQUOT: true, syscall.EMFILE: true,
			syscall.EACCES: false, syscall.EROFS: false, syscall.EIO: false, syscall.ENOTDIR: false,
		} {
			assert.Equal(t, passes, errors.Is(markPassing(&fs.PathError{Err: err}), ports.ErrUnavailable), err)
			assert.ErrorIs(t, markPassing(&fs.PathError{Err: err}), err)
		}
	})
}

func TestListingByHour(t *testing.T) {
	t.Parallel()
	a := newSample(t)
	for day := range 3 {
		for hour := range 3 {
			batch := sampleBatch
			batch.Arrival = sampleHour.AddDate(0, 0, day).Add(time.Duration(hour) * time.Hour)
			_, err := a.WriteObject(t.Context(), batch, sampleLines)
			require.NoError(t, err)
		}
	}
	var read []string
	a.readDir = func(dir string) ([]fs.DirEntry, error) {
		read = append(read, strings.TrimPrefix(dir, a.dir+string(filepath.Separator)))
		return os.ReadDir(dir)
	}
	for _, err := range a.Objects(t.Context(), sampleHour.AddDate(0, 0, 1).Add(time.Hour), sampleHour.AddDate(0, 0, 1).Add(3*time.Hour)) {
		require.NoError(t, err)
	}
	assert.Equal(t, []string{
		"events", "events/date=2026-05-05", "events/date=2026-05-05/hour=14", "events/date=2026-05-05/hour=15",
	}, read, "the folders of no other hour are read")
}
