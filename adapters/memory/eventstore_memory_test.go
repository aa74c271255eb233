package memory

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/porttest"
)

func TestHeadsThatAreNoCommitsEnd(t *testing.T) {
	t.Parallel()
	for name, version := range map[string]ports.Version{"beyond the end": 6, "within a commit": 4} {
		t.Run("a head "+name+" of the stream is refused and stores nothing", func(t *testing.T) {
			t.Parallel()
			s := NewEventStore()
			h, err := porttest.Fill(t.Context(), s, porttest.Stream(1), porttest.Step{Events: 2}, porttest.Step{Events: 3})
			require.NoError(t, err)
			head := ports.NewHead(h.Stream, version, ports.Hash{1}, time.Time{})

			_, err = s.Append(t.Context(), head, porttest.Commit(head, "lost", 1))

			var invalid *ports.InvalidCommitError
			require.ErrorAs(t, err, &invalid)
			assert.Equal(t, h.Stream, invalid.Stream)
			loaded, err := s.Load(t.Context(), h.Stream, 0)
			require.NoError(t, err)
			assert.Equal(t, h.End(), loaded.Head)
		})
	}
}

func TestChangesShareTheStreamsCommits(t *testing.T) {
	t.Parallel()
	s := NewEventStore()
	h, err := porttest.Fill(t.Context(), s, porttest.Stream(1), porttest.Step{Events: 2}, porttest.Step{})
	require.NoError(t, err)

	changes := s.changes.all()

	require.Len(t, changes, 2)
	for i, c := range s.streams[h.Stream] {
		assert.Same(t, c, changes[i], "commit %d is held twice", i)
	}
}

// TestAppendAllocations is not parallel, because it counts.
func TestAppendAllocations(t *testing.T) { //nolint:paralleltest // counts allocations
	s := NewEventStore()
	loaded, err := s.Load(t.Context(), porttest.Stream(1), 0)
	require.NoError(t, err)
	const runs = 1000
	head := loaded.Head
	commits := make([]ports.Commit, 0, runs+1)
	for i := range runs + 1 { // AllocsPerRun warms up with one run more
		c := porttest.Commit(head, fmt.Sprintf("command-%d", i), 1)
		head = ports.HeadOf(&c)
		commits = append(commits, c)
	}
	head, next := loaded.Head, 0

	allocations := testing.AllocsPerRun(runs, func() {
		if head, err = s.Append(t.Context(), head, commits[next]); err != nil {
			t.Error(err)
		}
		next++
	})

	assert.LessOrEqual(t, allocations, 3.0)
}

func BenchmarkAppend(b *testing.B) {
	s := NewEventStore()
	const streams = 1024
	var heads [streams]ports.Head
	for i := range heads {
		loaded, err := s.Load(b.Context(), porttest.Stream(i), 0)
		require.NoError(b, err)
		heads[i] = loaded.Head
	}
	c := porttest.Commit(heads[0], "command", 1)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		head := heads[i%streams]
		c.Stream, c.First, c.Last = head.Stream(), head.Version()+1, head.Version()+1
		c.Events[0].Stream, c.Events[0].Version = c.Stream, c.First
		var err error
		if heads[i%streams], err = s.Append(b.Context(), head, c); err != nil {
			b.Fatal(err)
		}
	}
}
