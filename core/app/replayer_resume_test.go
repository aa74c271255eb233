package app

import (
	"context"
	"iter"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/ports"
)

// watched notes which objects of an archive are read.
type watched struct {
	ports.Archive
	mu   sync.Mutex
	read []string
}

func (w *watched) Lines(ctx context.Context, key string) iter.Seq2[[]byte, error] {
	w.mu.Lock()
	w.read = append(w.read, key)
	w.mu.Unlock()
	return w.Archive.Lines(ctx, key)
}

func TestAReplayThatGoesOn(t *testing.T) {
	t.Parallel()
	for what, c := range map[string]struct {
		target ports.Target
		read   func(keys []string) []string
		got    []string
		counts [3]int64 // read, sent and come twice, of this run
	}{
		"to a view reads nothing before its cursor": {
			target: ports.Target{Consumer: "tallies", Generation: 2}, read: func(keys []string) []string { return keys[2:] },
			got: []string{"a-5", "a-6", "a-7", "a-1"}, counts: [3]int64{4, 4, 0},
		},
		"to a handler without state reads all, to know what comes twice": {
			target: ports.Target{Consumer: "log"}, read: func(keys []string) []string { return keys },
			got: []string{"a-5", "a-6", "a-7"}, counts: [3]int64{4, 3, 1},
		},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			r := newReplays()
			line := func(v ports.Version) string { return aLine(t, v) }
			var keys []string
			for hour, versions := range [][]ports.Version{{1, 2}, {3}, {4, 5}, {6, 7, 1}} {
				var lines []string
				for _, v := range versions {
					lines = append(lines, line(v))
				}
				keys = append(keys, r.object(t, hour, lines...))
			}
			_, err := r.jobs.SaveReplayJob(t.Context(), ports.ReplayJob{
				ID: "r1", Target: c.target, State: ports.ReplayRunning, Objects: 4, CursorKey: keys[2], CursorLine: 1,
			})
			require.NoError(t, err)
			replayer, _ := r.process()
			archive := &watched{Archive: r.archive}
			replayer.Archive = archive

			job, err := replayer.Run(t.Context(), "r1")
			require.NoError(t, err)
			assert.Equal(t, ports.ReplayDone, job.State)
			assert.Equal(t, c.got, r.sink.got)
			counted := [3]int64{job.Read, job.Sent, job.Duplicates}
			assert.Equal(t, c.counts, counted)
			assert.EqualValues(t, 4, job.ObjectsDone)
			slices.Sort(archive.read)
			assert.Equal(t, c.read(keys), archive.read)
		})
	}
}

func aLine(t require.TestingT, v ports.Version) string {
	return lineOf(t, ports.StreamID{Category: "tally", ID: "a"}, v, "Even")
}
