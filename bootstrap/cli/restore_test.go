package cli_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/sqlite"
	"github.com/evercart/evercart/ports"
)

// answers is what the carts of a data folder answer.
func (s *shell) answers(ids ...string) (all []string) {
	s.t.Helper()
	for _, id := range ids {
		all = append(all, s.ok("cart", "show", id, "--json"), s.ok("cart", "history", id, "--json"), s.ok("cart", "show", id, "--version", "2", "--json"))
	}
	return all
}

func TestTheDrillOnTheCommandLine(t *testing.T) {
	t.Parallel()
	s, plain, long, old := stocked(t)
	before := s.answers(plain, long, old)
	archive := filepath.Join(t.TempDir(), "backup")
	require.NoError(t, os.Rename(filepath.Join(s.data, "archive"), archive))
	require.NoError(t, os.RemoveAll(s.data))

	said := s.ok("restore", "--from", archive)
	assert.Contains(t, said, "read 18 events")
	assert.Contains(t, said, "restored 18 commits of 3 streams, 18 events\n")
	assert.Contains(t, said, "(effects_from)")
	_, v := s.verify()
	assert.True(t, v.OK)
	assert.EqualValues(t, 18, v.Archived)
	assert.Zero(t, v.Waiting, "nothing is to be archived twice")
	assert.Equal(t, before, s.answers(plain, long, old))

	s.ok("cart", "add", long, "bread")
	s.ok("cart", "add", old, "bread")
	code, _, stderr := s.run("cart", "add", plain, "bread")
	assert.Equal(t, 1, code)
	assert.Contains(t, stderr, "cart_closed")
	s.settle()
	_, v = s.verify()
	assert.True(t, v.OK)
	assert.EqualValues(t, 20, v.Events)
	assert.EqualValues(t, 20, v.Archived)

	code, _, stderr = s.run("restore", "--from", archive)
	assert.Equal(t, 1, code)
	assert.Contains(t, stderr, "the store holds stream cart/")
	assert.Contains(t, stderr, "--resume")
	assert.Contains(t, s.ok("restore", "--from", archive, "--resume"), "18 commits were there already\n")
}

func TestAStoreThatWasTakenBackIsFilledUp(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	file := filepath.Join(s.data, "events.db")
	first := s.open()
	s.ok("cart", "add", first, "tea")
	earlier, err := os.ReadFile(file)
	require.NoError(t, err)
	s.ok("cart", "add", first, "mug")
	second := s.open()
	s.ok("cart", "add", second, "pot")
	s.settle()
	now := s.answers(first, second)
	require.NoError(t, os.WriteFile(file, earlier, 0o600))
	_, v := s.verify()
	require.EqualValues(t, 3, v.Archived-v.Events, "it has forgotten")

	assert.Contains(t, s.ok("restore", "--resume", "--from", filepath.Join(s.data, "archive")), "restored 3 commits of 2 streams, 3 events\n2 commits were there already\n")
	_, v = s.verify()
	assert.True(t, v.OK)
	assert.Equal(t, now, s.answers(first, second))
}

func TestRestoreFromTheOwnArchive(t *testing.T) {
	t.Parallel()
	s, plain, long, old := stocked(t)
	before := s.answers(plain, long, old)
	for _, file := range []string{"events.db", "events.db-wal", "events.db-shm"} {
		require.NoError(t, os.RemoveAll(filepath.Join(s.data, file)))
	}
	s.ok("restore", "--from", filepath.Join(s.data, "archive"))
	assert.Equal(t, before, s.answers(plain, long, old))
	_, v := s.verify()
	assert.True(t, v.OK)
	assert.Zero(t, v.Waiting)
}

func TestARestoreThatCannotBe(t *testing.T) {
	t.Parallel()
	t.Run("from no archive makes no data folder", func(t *testing.T) {
		t.Parallel()
		s := newShell(t)
		code, _, stderr := s.run("restore", "--from", t.TempDir())
		assert.Equal(t, 1, code)
		assert.Contains(t, stderr, `holds "events"`)
		assert.NoDirExists(t, s.data)
	})
	t.Run("beside a server is refused", func(t *testing.T) {
		t.Parallel()
		s, _, _, _ := stocked(t)
		other := newShell(t)
		defer other.serve()()
		leases := sqlite.NewLeases(other.data)
		require.Eventually(t, func() bool { // it listens a moment before it runs the pipeline
			lease, err := leases.TryLease(t.Context(), "pipeline")
			if err == nil {
				err = lease.Release()
			}
			return errors.Is(err, ports.ErrLeaseTaken)
		}, time.Minute, 20*time.Millisecond)
		code, _, stderr := other.run("restore", "--from", filepath.Join(s.data, "archive"))
		assert.Equal(t, 1, code)
		assert.Contains(t, stderr, "a server uses this data: stop it first")
	})
	t.Run("from an archive that is not whole names what is missing", func(t *testing.T) {
		t.Parallel()
		s, plain, _, _ := stocked(t)
		s.rewrite(func(lines [][]byte) (kept [][]byte) {
			for _, line := range lines {
				if !archivedAs(line, plain, 2) {
					kept = append(kept, line)
				}
			}
			return kept
		})
		fresh := newShell(t)
		code, stdout, stderr := fresh.run("restore", "--from", filepath.Join(s.data, "archive"))
		assert.Equal(t, 1, code)
		assert.Contains(t, stdout, "missing cart/"+plain+" version 2 in archive: ")
		assert.Contains(t, stderr, "the archive is not whole (1 fault): nothing was restored")
		assert.Contains(t, fresh.ok("cart", "list"), "no carts")
		code, stdout, _ = fresh.run("restore", "--from", filepath.Join(s.data, "archive"), "--json")
		assert.Equal(t, 1, code)
		assert.Contains(t, stdout, `"fault_count":1`)
	})
}
