package cli_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// onData are command lines that only make sense on data that is there.
func onData() [][]string {
	const id = "0190a5e0-7a2b-7c3d-8e4f-5a6b7c8d9e0f"
	return [][]string{
		{"cart", "show", id},
		{"cart", "history", id},
		{"cart", "diff", id, "1"},
		{"cart", "list"},
		{"cart", "add", id, "tea"},
		{"cart", "set", id, "tea", "2"},
		{"cart", "remove", id, "tea"},
		{"cart", "close", id},
		{"views", "list"},
		{"views", "rebuild", "carts"},
		{"views", "flip", "carts"},
		{"views", "retire"},
		{"views", "unpark", "carts", id},
		{"replay", "start", "log"},
		{"replay", "status"},
		{"replay", "pause", "x"},
		{"replay", "resume", "x"},
		{"quarantine", "list"},
		{"quarantine", "redrive", "--all"},
		{"verify"},
		{"verify", "--no-archive"},
		{"backfill"},
	}
}

func TestAMistypedDataFolder(t *testing.T) {
	t.Parallel()
	t.Run("is told, and not made, by whatever works on data that is there", func(t *testing.T) {
		t.Parallel()
		for _, args := range onData() {
			s := newShell(t)
			code, stdout, stderr := s.run(args...)
			assert.Equal(t, 1, code, args)
			assert.Empty(t, stdout, args)
			assert.Equal(t, "evercart: there is no data folder "+s.data+"; --data or EVERCART_DATA names another, and 'evercart serve' makes this one\n", stderr, args)
			assert.NoDirExists(t, s.data, args)
		}
	})
	t.Run("that is there and holds no events stays as it is", func(t *testing.T) {
		t.Parallel()
		for _, args := range onData() {
			s := newShell(t)
			s.data = filepath.Dir(s.data)
			code, _, stderr := s.run(args...)
			assert.Equal(t, 1, code, args)
			assert.Contains(t, stderr, "data folder "+s.data+" has no events.db", args)
			inside, err := os.ReadDir(s.data)
			require.NoError(t, err)
			assert.Empty(t, inside, args)
		}
	})
	t.Run("is not filled up by whoever only looks", func(t *testing.T) {
		t.Parallel()
		for _, c := range [][]string{
			{"cart", "show", "ID"},
			{"cart", "history", "ID"},
			{"cart", "diff", "ID", "1"},
			{"cart", "list"},
			{"views", "list"},
			{"replay", "status"},
			{"replay", "start", "log", "--dry-run"},
			{"quarantine", "list"},
			{"verify"},
			{"verify", "--no-archive"},
		} {
			s := newShell(t)
			id := s.open()
			for _, missing := range []string{"feed.db", "views.db", "archive"} {
				require.NoError(t, os.RemoveAll(filepath.Join(s.data, missing)))
			}
			args := slices.Clone(c)
			if i := slices.Index(args, "ID"); i >= 0 {
				args[i] = id
			}
			code, stdout, stderr := s.run(args...)
			assert.Zero(t, code, "%s: %s", args, stderr)
			assert.NotEmpty(t, stdout, args)
			inside, err := os.ReadDir(s.data)
			require.NoError(t, err)
			assert.Len(t, inside, 1, "%s: %s", args, inside)
		}
	})
	t.Run("does not matter where data is in memory", func(t *testing.T) {
		t.Parallel()
		s := newShell(t)
		assert.Contains(t, s.ok("cart", "list", "--backend", "memory"), "no carts")
		code, _, stderr := s.run("cart", "open", "--backend", "memory")
		assert.Zero(t, code)
		assert.Equal(t, "This cart was in memory, and is gone with this command.\n", stderr, "nobody keeps the ID for nothing")
		assert.NoDirExists(t, s.data)
	})
}
