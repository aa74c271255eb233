package sqlite_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/sqlite"
	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/porttest"
)

// sharedStreams are written by all processes, ownStreams by one each.
const (
	processes     = 4
	writersEach   = 4
	sharedCommits = 15 // of each writer
	ownCommits    = 15
)

// sharedStream is the one that writer w of any process writes to.
func sharedStream(w int) ports.StreamID { return porttest.Stream(w % 2) }

func TestSeveralProcessesOnOneFile(t *testing.T) {
	t.Parallel()
	if path, ok := asChild(); ok {
		os.Exit(writeBeside(t.Context(), path))
	}
	path := filepath.Join(t.TempDir(), "events.db") // which the children make, all at once
	acknowledged := map[string]bool{}
	var children []*child
	for range processes {
		children = append(children, startChild(t, path))
	}
	for _, c := range children {
		for c.lines.Scan() {
			require.NotContains(t, c.lines.Text(), " ", "the child failed")
			acknowledged[c.lines.Text()] = true
		}
		require.NoError(t, c.cmd.Wait())
	}
	require.Len(t, acknowledged, processes*writersEach*(sharedCommits+ownCommits))

	store, err := sqlite.OpenEventStore(t.Context(), path)
	require.NoError(t, err)
	defer func() { assert.NoError(t, store.Close()) }()
	stored, next := map[string]bool{}, map[ports.StreamID]ports.Version{}
	for c, err := range store.Scan(t.Context(), "cart") {
		require.NoError(t, err)
		assert.Equal(t, next[c.Stream]+1, c.First, "%s has a hole or a fork", c.Stream)
		assert.False(t, stored[c.CommandID], "command %s is stored twice", c.CommandID)
		next[c.Stream], stored[c.CommandID] = c.Last, true
	}
	assert.Equal(t, acknowledged, stored)
}

// writeBeside is what each process does: it prints the ID of each command that was
// acknowledged, a line each, and returns the exit code.
func writeBeside(ctx context.Context, path string) int {
	store, err := sqlite.OpenEventStore(ctx, path)
	if err != nil {
		fmt.Println("open:", err)
		return 1
	}
	failures := make([]error, writersEach)
	var all sync.WaitGroup
	for w := range writersEach {
		all.Go(func() {
			own := ports.StreamID{Category: "cart", ID: fmt.Sprintf("own-%d-%d", os.Getpid(), w)}
			failures[w] = errors.Join(
				record(ctx, store, own, fmt.Sprintf("own-%d-%d", os.Getpid(), w), ownCommits),
				record(ctx, store, sharedStream(w), fmt.Sprintf("shared-%d-%d", os.Getpid(), w), sharedCommits),
			)
		})
	}
	all.Wait()
	if err := errors.Join(append(failures, store.Close())...); err != nil {
		fmt.Println("write:", strings.ReplaceAll(err.Error(), "\n", " "))
		return 1
	}
	return 0
}

// record appends n commits, each after what it finds at the stream's end.
func record(ctx context.Context, store *sqlite.EventStore, stream ports.StreamID, name string, n int) error {
	head := ports.NewHead(stream, 0, ports.Hash{}, time.Time{})
	for i := range n {
		command := fmt.Sprintf("%s-%d", name, i)
		for {
			next, err := store.Append(ctx, head, porttest.Commit(head, command, 1+i%3))
			var conflict *ports.ConflictError
			if errors.As(err, &conflict) {
				if conflict.Commit.First != head.Version()+1 || conflict.Commit.CommandID == command {
					return fmt.Errorf("the wrong commit is in the way: %w", err)
				}
				head = conflict.Head
				continue
			}
			if err != nil {
				return err
			}
			head = next
			break
		}
		fmt.Println(command)
	}
	return nil
}
