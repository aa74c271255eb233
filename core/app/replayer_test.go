package app

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/ports"
)

func TestAReplay(t *testing.T) {
	t.Parallel()
	t.Run("delivers every event once, in the order of each stream", func(t *testing.T) {
		t.Parallel()
		r := newReplays()
		r.object(t, 0, line(t, "a", 1), line(t, "b", 1), line(t, "a", 2), line(t, "a", 2))
		r.object(t, 0, line(t, "a", 2), line(t, "b", 2), line(t, "a", 3)) // the relay sent a-2 again
		r.object(t, 1, line(t, "a", 1), line(t, "b", 3))                  // and a-1, much later
		job := r.run(t, r.start(t, ports.ReplayFilter{}))
		assert.Equal(t, []string{"a-1", "b-1", "a-2", "b-2", "a-3", "b-3"}, r.sink.got)
		assert.Equal(t, ports.ReplayDone, job.State)
		assert.Equal(t, []int64{9, 3, 0, 6, 0}, []int64{job.Read, job.Duplicates, job.Filtered, job.Sent, job.Unreadable})
		assert.Equal(t, []int64{3, 3}, []int64{job.Objects, job.ObjectsDone})
		assert.Equal(t, job.Bytes, job.BytesDone)
		assert.False(t, job.Finished.IsZero())
	})
	t.Run("marks its records, and numbers them", func(t *testing.T) {
		t.Parallel()
		r := newReplays()
		r.object(t, 0, line(t, "a", 1), line(t, "a", 2), line(t, "a", 3), line(t, "a", 4), line(t, "a", 5))
		r.run(t, r.start(t, ports.ReplayFilter{}))
		for i, record := range r.sink.records {
			assert.Equal(t, "r1", record.Replay)
			assert.Equal(t, ports.Position(fmt.Sprintf("%020d", i+1)), record.Position)
		}
	})
	t.Run("delivers in batches across objects", func(t *testing.T) {
		t.Parallel()
		r := newReplays()
		for v := range ports.Version(8) {
			r.object(t, int(v), line(t, "a", v+1))
		}
		r.run(t, r.start(t, ports.ReplayFilter{}))
		assert.Equal(t, 2, r.sink.deliveries)
	})
	t.Run("of an empty archive is done at once", func(t *testing.T) {
		t.Parallel()
		r := newReplays()
		job := r.run(t, r.start(t, ports.ReplayFilter{}))
		assert.Equal(t, ports.ReplayDone, job.State)
		assert.Zero(t, r.sink.deliveries)
	})
	t.Run("that is done, paused or unknown is not run", func(t *testing.T) {
		t.Parallel()
		r := newReplays()
		r.object(t, 0, line(t, "a", 1))
		id := r.start(t, ports.ReplayFilter{})
		replayer, _ := r.process()
		_, err := replayer.Pause(t.Context(), id)
		require.NoError(t, err)
		assert.Equal(t, ports.ReplayPaused, r.run(t, id).State)
		assert.Empty(t, r.sink.got)
		_, err = replayer.Resume(t.Context(), id)
		require.NoError(t, err)
		done := r.run(t, id)
		assert.Equal(t, done, r.run(t, id))
		assert.Equal(t, []string{"a-1"}, r.sink.got)
		_, err = replayer.Run(t.Context(), "nobody")
		assert.ErrorIs(t, err, ports.ErrNoJob)
	})
	t.Run("holds to its rate", func(t *testing.T) {
		t.Parallel()
		r := newReplays()
		for v := range ports.Version(30) {
			r.object(t, 0, line(t, "a", v+1))
		}
		replayer, _ := r.process()
		replayer.Now = time.Now
		job, err := replayer.Start(t.Context(), ReplayRequest{ID: "r1", Target: "log", Rate: 200})
		require.NoError(t, err)
		began := time.Now()
		_, err = replayer.Run(t.Context(), job.ID)
		require.NoError(t, err)
		assert.GreaterOrEqual(t, time.Since(began), 26*5*time.Millisecond, "the last 4 of 30 are due after 26")
		assert.Len(t, r.sink.got, 30)
	})
}

func TestAFilteredReplay(t *testing.T) {
	t.Parallel()
	fill := func(t *testing.T) *replays {
		t.Helper()
		r := newReplays()
		other := ports.StreamID{Category: "other", ID: "a"}
		r.object(t, 0, line(t, "a", 1), line(t, "b", 1))
		r.object(t, 1, line(t, "a", 2), lineOf(t, other, 1, "Named"), line(t, "a", 1))
		r.object(t, 2, line(t, "b", 2), lineOf(t, other, 2, "Counted"))
		return r
	}
	for name, c := range map[string]struct {
		filter ports.ReplayFilter
		want   []string
	}{
		"delivers the hours from one on":      {ports.ReplayFilter{From: replayNoon.Add(time.Hour)}, []string{"a-2", "a-1", "a-1", "b-2", "a-2"}},
		"delivers the hours up to one":        {ports.ReplayFilter{To: replayNoon.Add(time.Hour)}, []string{"a-1", "b-1"}},
		"delivers the hours between two":      {ports.ReplayFilter{From: replayNoon.Add(time.Hour), To: replayNoon.Add(2 * time.Hour)}, []string{"a-2", "a-1", "a-1"}},
		"delivers one stream":                 {ports.ReplayFilter{Stream: "tally/a"}, []string{"a-1", "a-2"}},
		"delivers one category":               {ports.ReplayFilter{Category: "other"}, []string{"a-1", "a-2"}},
		"delivers some types":                 {ports.ReplayFilter{Types: []string{"Named", "Unheard"}}, []string{"a-1"}},
		"delivers what all its parts let by":  {ports.ReplayFilter{Category: "tally", From: replayNoon.Add(2 * time.Hour)}, []string{"b-2"}},
		"delivers nothing where nothing fits": {ports.ReplayFilter{Stream: "tally/c"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := fill(t)
			job := r.run(t, r.start(t, c.filter))
			assert.Equal(t, c.want, r.sink.got)
			assert.Equal(t, job.Read, job.Duplicates+job.Filtered+job.Sent)
			assert.Equal(t, int64(len(c.want)), job.Sent)
		})
	}
	t.Run("that asks for what cannot be is refused", func(t *testing.T) {
		t.Parallel()
		r := newReplays()
		replayer, _ := r.process()
		_, err := replayer.Start(t.Context(), ReplayRequest{ID: "r", Target: "log", Rate: -1})
		assert.ErrorContains(t, err, "rate -1")
		_, err = replayer.Start(t.Context(), ReplayRequest{ID: "r", Target: "log", Filter: ports.ReplayFilter{From: replayNoon, To: replayNoon}})
		assert.ErrorContains(t, err, "is not before")
	})
}

func TestAReplayOfADamagedArchive(t *testing.T) {
	t.Parallel()
	r := newReplays()
	good := r.object(t, 0, line(t, "a", 1), "no event", line(t, "a", 2))
	cut := r.object(t, 0, line(t, "a", 3), line(t, "a", 4), line(t, "a", 5))
	r.object(t, 1, line(t, "a", 6))
	r.archive.cut = map[string]int{cut: 2}
	job := r.run(t, r.start(t, ports.ReplayFilter{}))

	t.Run("goes on after what cannot be read", func(t *testing.T) {
		t.Parallel()
		assert.Equal(t, []string{"a-1", "a-2", "a-3", "a-4", "a-6"}, r.sink.got)
		assert.Equal(t, ports.ReplayDone, job.State)
		assert.Equal(t, int64(2), job.Unreadable)
	})
	t.Run("names it in the quarantine", func(t *testing.T) {
		t.Parallel()
		items, err := AllQuarantined(t.Context(), r.quarantine)
		require.NoError(t, err)
		require.Len(t, items, 2)
		assert.Equal(t, "replay."+good+".00000000000000000002", items[0].ID())
		assert.Equal(t, "no event", string(items[0].Payload))
		assert.Equal(t, "replay."+cut+".00000000000000000003", items[1].ID())
		assert.Contains(t, items[1].Reason, "it ends early")
	})
}

func TestAReplayUnderFaults(t *testing.T) {
	t.Parallel()
	fill := func(t *testing.T) (*replays, string) {
		t.Helper()
		r := newReplays()
		for v := range ports.Version(12) {
			r.object(t, 0, line(t, "a", v+1))
		}
		return r, r.start(t, ports.ReplayFilter{})
	}
	t.Run("goes on when the target answers again", func(t *testing.T) {
		t.Parallel()
		r, id := fill(t)
		r.sink.before = func(n int) error {
			if n < 8 {
				return fmt.Errorf("slow down: %w", ports.ErrUnavailable)
			}
			return nil
		}
		assert.Equal(t, ports.ReplayDone, r.run(t, id).State)
		assert.Len(t, r.sink.got, 12)
	})
	t.Run("fails for good with its reason, and goes on when it is resumed", func(t *testing.T) {
		t.Parallel()
		r, id := fill(t)
		r.sink.before = func(n int) error {
			if n == 2 {
				return errors.New("no such queue")
			}
			return nil
		}
		job := r.run(t, id)
		assert.Equal(t, ports.ReplayFailed, job.State)
		assert.Contains(t, job.Reason, "no such queue")
		assert.False(t, job.Finished.IsZero())
		replayer, _ := r.process()
		job, err := replayer.Resume(t.Context(), id)
		require.NoError(t, err)
		assert.Empty(t, job.Reason)
		assert.True(t, job.Finished.IsZero())
		assert.Equal(t, ports.ReplayDone, r.run(t, id).State)
		assert.Len(t, r.sink.got, 12)
	})
	t.Run("does not take an object for broken that only cannot be read now", func(t *testing.T) {
		t.Parallel()
		r := newReplays()
		r.object(t, 0, line(t, "a", 1), line(t, "a", 2))
		id := r.start(t, ports.ReplayFilter{})
		r.archive.busy = 1
		replayer, _ := r.process()
		job, err := replayer.Run(t.Context(), id)
		assert.ErrorIs(t, err, ports.ErrUnavailable)
		assert.Equal(t, ports.ReplayRunning, job.State)
		job = r.run(t, id)
		assert.Equal(t, ports.ReplayDone, job.State)
		assert.Zero(t, job.Unreadable)
		assert.Equal(t, []string{"a-1", "a-2"}, r.sink.got)
	})
	t.Run("saves where it is when its context ends", func(t *testing.T) {
		t.Parallel()
		r, id := fill(t)
		ctx, cancel := context.WithCancel(t.Context())
		r.sink.after = func(n int) error {
			if n == 2 {
				cancel()
			}
			return nil
		}
		replayer, _ := r.process()
		_, err := replayer.Run(ctx, id)
		require.ErrorIs(t, err, context.Canceled)
		stored, err := r.jobs.ReplayJob(t.Context(), id)
		require.NoError(t, err)
		assert.Equal(t, ports.ReplayRunning, stored.State)
		assert.Equal(t, int64(8), stored.Sent)
		r.run(t, id)
		assert.Len(t, r.sink.got, 12, "nothing came twice")
	})
	t.Run("is paused and given another rate by another process", func(t *testing.T) {
		t.Parallel()
		r, id := fill(t)
		other, _ := r.process()
		r.sink.after = func(n int) error {
			if n == 1 {
				job, err := other.Pause(t.Context(), id)
				assert.NoError(t, err)
				assert.Equal(t, ports.ReplayPaused, job.State)
			}
			return nil
		}
		job := r.run(t, id)
		assert.Equal(t, ports.ReplayPaused, job.State)
		assert.NotZero(t, job.Sent)
		assert.Less(t, job.Sent, int64(12))
		job.Rate = 100_000
		_, err := r.jobs.SaveReplayJob(t.Context(), job)
		require.NoError(t, err)
		_, err = other.Resume(t.Context(), id)
		require.NoError(t, err)
		job = r.run(t, id)
		assert.Equal(t, 100_000, job.Rate)
		assert.Equal(t, ports.ReplayDone, job.State)
		assert.Len(t, r.sink.got, 12)
	})
	t.Run("is paused while its target does not answer", func(t *testing.T) {
		t.Parallel()
		r, id := fill(t)
		other, _ := r.process()
		r.sink.before = func(n int) error {
			if n == 3 {
				_, err := other.Pause(t.Context(), id)
				assert.NoError(t, err)
			}
			return ports.ErrUnavailable
		}
		assert.Equal(t, ports.ReplayPaused, r.run(t, id).State)
	})
	t.Run("is paused while its target takes its time", func(t *testing.T) {
		t.Parallel()
		r, id := fill(t)
		replayer, _ := r.process()
		replayer.Sink = slowSink(func(ctx context.Context) error {
			_, err := replayer.Pause(t.Context(), id)
			assert.NoError(t, err)
			<-ctx.Done()
			return ctx.Err()
		})
		job, err := replayer.Run(t.Context(), id)
		require.NoError(t, err)
		assert.Equal(t, ports.ReplayPaused, job.State)
		assert.Zero(t, job.Sent)
	})
	t.Run("delivers again what a pause interrupted, once it is resumed", func(t *testing.T) {
		t.Parallel()
		r, id := fill(t)
		replayer, _ := r.process()
		tries := 0
		replayer.Sink = slowSink(func(ctx context.Context) error {
			if tries++; tries > 1 {
				return nil
			}
			_, err := replayer.Pause(t.Context(), id)
			assert.NoError(t, err)
			<-ctx.Done()
			_, err = replayer.Resume(t.Context(), id)
			assert.NoError(t, err)
			return ctx.Err()
		})
		job, err := replayer.Run(t.Context(), id)
		require.NoError(t, err)
		assert.Equal(t, ports.ReplayDone, job.State)
		assert.EqualValues(t, 12, job.Sent)
		assert.Equal(t, 1+3, tries, "three batches, the first one twice")
	})
	t.Run("cannot be paused when it is done", func(t *testing.T) {
		t.Parallel()
		r, id := fill(t)
		r.run(t, id)
		replayer, _ := r.process()
		_, err := replayer.Pause(t.Context(), id)
		assert.ErrorContains(t, err, "is done, not running")
	})
	t.Run("leaves it to another process that was first", func(t *testing.T) {
		t.Parallel()
		r, id := fill(t)
		r.sink.before = func(n int) error {
			if n == 1 {
				r.run(t, id) // to its end
			}
			return nil
		}
		job := r.run(t, id)
		assert.Equal(t, ports.ReplayDone, job.State)
		assert.Equal(t, int64(12), job.Sent)
	})
	t.Run("goes on at the next object where that of its cursor is gone", func(t *testing.T) {
		t.Parallel()
		r, id := fill(t)
		job, err := r.jobs.ReplayJob(t.Context(), id)
		require.NoError(t, err)
		job.CursorKey, job.CursorLine = (ports.ArchiveBatch{Shard: "1", First: "000003", Last: "000003", Arrival: replayNoon}).Key(), 7
		_, err = r.jobs.SaveReplayJob(t.Context(), job)
		require.NoError(t, err)
		r.run(t, id)
		assert.Equal(t, []string{"a-4", "a-5", "a-6", "a-7", "a-8", "a-9", "a-10", "a-11", "a-12"}, r.sink.got)
	})
}
