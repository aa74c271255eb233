package sqlite_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/sqlite"
	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/porttest"
)

// crashWriters is how many streams a process writes to until it is killed.
const crashWriters = 8

func TestProcessesKilledWhileTheyAppend(t *testing.T) {
	t.Parallel()
	if path, ok := asChild(); ok {
		os.Exit(appendForever(t.Context(), path))
	}
	const kills = 12
	path := filepath.Join(t.TempDir(), "events.db")
	acknowledged := map[string]ports.Version{}
	heard := func(line string) {
		var stream string
		var version ports.Version
		_, err := fmt.Sscanf(line, "%s %d", &stream, &version)
		require.NoError(t, err, "the child says %q", line)
		acknowledged[stream] = max(acknowledged[stream], version)
	}
	for range kills {
		c := startChild(t, path)
		for range 1 + rand.IntN(200) {
			heard(c.line(t))
		}
		require.NoError(t, c.cmd.Process.Kill())
		for c.lines.Scan() { // what it had said before
			heard(c.lines.Text())
		}
		c.kill(t)
		survives(t, path, acknowledged)
	}
}

// survives checks that the file at path has all that was acknowledged, and
// nothing but whole streams.
func survives(t *testing.T, path string, acknowledged map[string]ports.Version) {
	t.Helper()
	store, err := sqlite.OpenEventStore(t.Context(), path)
	require.NoError(t, err)
	defer func() { require.NoError(t, store.Close()) }()
	commits, next := 0, map[string]ports.Version{}
	for c, err := range store.Scan(t.Context(), "cart") {
		require.NoError(t, err)
		require.Equal(t, next[c.Stream.String()]+1, c.First, "%s has a hole", c.Stream)
		next[c.Stream.String()] = c.Last
		commits++
	}
	for stream, version := range acknowledged {
		require.GreaterOrEqual(t, next[stream], version, "%s lost an acknowledged commit", stream)
		id, err := ports.ParseStreamID(stream)
		require.NoError(t, err)
		loaded, err := store.Load(t.Context(), id, 0)
		require.NoError(t, err)
		assert.Equal(t, next[stream], loaded.Head.Version())
	}
	changes, err := store.Changes(t.Context(), "", commits+1)
	require.NoError(t, err)
	assert.NotEmpty(t, changes)
}

// appendForever appends to each stream where it ended, and prints stream and
// version of what was acknowledged. It ends with an error, or never.
func appendForever(ctx context.Context, path string) int {
	store, err := sqlite.OpenEventStore(ctx, path)
	if err != nil {
		fmt.Println("open:", err)
		return 1
	}
	var all sync.WaitGroup
	for w := range crashWriters {
		all.Go(func() {
			loaded, err := store.Load(ctx, porttest.Stream(w), 0)
			for i, head := 0, loaded.Head; err == nil; i++ {
				c := porttest.Commit(head, fmt.Sprintf("%d-%d", os.Getpid(), i), 1+i%3)
				if head, err = store.Append(ctx, head, c); err == nil {
					fmt.Println(head.Stream(), head.Version())
				}
			}
			fmt.Println("append:", err)
		})
	}
	all.Wait()
	return 1
}
