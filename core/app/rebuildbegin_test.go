package app_test

import (
	"context"
	"iter"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/ports"
)

// slowArchive lists nothing before the caller gives up.
type slowArchive struct{ ports.Archive }

func (slowArchive) Objects(ctx context.Context, _, _ time.Time) iter.Seq2[ports.ArchiveObject, error] {
	return func(yield func(ports.ArchiveObject, error) bool) {
		<-ctx.Done()
		yield(ports.ArchiveObject{}, ports.ErrUnavailable)
	}
}

// meeting is a ReplayJobs whose first callers have all listed before any saves.
type meeting struct {
	ports.ReplayJobs
	listed *sync.WaitGroup
	once   *sync.Once
}

func (m meeting) SaveReplayJob(ctx context.Context, job ports.ReplayJob) (ports.ReplayJob, error) {
	m.once.Do(func() {
		m.listed.Done()
		m.listed.Wait()
	})
	return m.ReplayJobs.SaveReplayJob(ctx, job)
}

// replaysOf returns the records of all replays, the newest first.
func replaysOf(t *testing.T, s shelf) []ports.ReplayJob {
	t.Helper()
	jobs, err := s.jobs.ListReplayJobs(t.Context(), "", 100)
	require.NoError(t, err)
	return jobs
}

// archived is an installation whose archive holds events.
func archived(t *testing.T) shelf {
	t.Helper()
	s := memoryShelf()
	traffic(t, newProcess(s, immortal), rand.New(rand.NewPCG(1, 1)), tallyNames(3), 9)
	catchUp(t, s)
	return s
}

func TestBeginningARebuild(t *testing.T) {
	t.Parallel()
	view := rebuiltView.Name()
	t.Run("does not wait for a slow archive, and beginning again begins no second", func(t *testing.T) {
		t.Parallel()
		s := archived(t)
		rebuilder := newProcess(s, immortal).runner.Rebuilder
		rebuilder.Archive = slowArchive{s.archive}
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		job, err := rebuilder.Begin(ctx, view)
		require.NoError(t, err)
		again, err := rebuilder.Begin(ctx, view)
		require.NoError(t, err)
		assert.Equal(t, job, again)
		assert.Len(t, replaysOf(t, s), 1)
		entry, err := s.catalog.View(t.Context(), view)
		require.NoError(t, err)
		assert.Len(t, entry.Generations, 2)
	})
	t.Run("leaves it to the replay to count what there is to read", func(t *testing.T) {
		t.Parallel()
		s := archived(t)
		runner := newProcess(s, immortal).runner
		job, err := runner.Rebuilder.Begin(t.Context(), view)
		require.NoError(t, err)
		assert.Zero(t, job.Objects)
		job, err = runner.Carry(t.Context(), job.ID)
		require.NoError(t, err)
		assert.Positive(t, job.Objects)
		assert.Positive(t, job.Bytes)
		assert.Equal(t, []int64{job.Objects, job.Bytes}, []int64{job.ObjectsDone, job.BytesDone})
	})
	t.Run("twice at once makes one generation and one replay, and so does beginning again after a failure", func(t *testing.T) {
		t.Parallel()
		s := archived(t)
		for failed := range 3 {
			const processes = 4
			var begun [processes]ports.ReplayJob
			var all, listed sync.WaitGroup
			listed.Add(processes)
			for i := range processes {
				all.Go(func() {
					rebuilder := newProcess(s, immortal).runner.Rebuilder
					rebuilder.Jobs = meeting{s.jobs, &listed, &sync.Once{}}
					job, err := rebuilder.Begin(t.Context(), view)
					assert.NoError(t, err)
					begun[i] = job
				})
			}
			all.Wait()
			for _, job := range begun {
				assert.Equal(t, begun[0].ID, job.ID)
			}
			jobs := replaysOf(t, s)
			require.Len(t, jobs, failed+1)
			assert.Equal(t, begun[0].ID, jobs[0].ID, "it is the newest")
			jobs[0].State, jobs[0].Reason, jobs[0].Finished = ports.ReplayFailed, "it was bad", jobs[0].Started.Add(-time.Hour) // by a clock that is wrong
			_, err := s.jobs.SaveReplayJob(t.Context(), jobs[0])
			require.NoError(t, err)
		}
	})
	t.Run("finds a replay whose ID another program made", func(t *testing.T) {
		t.Parallel()
		s := archived(t)
		rebuilder := newProcess(s, immortal).runner.Rebuilder
		entry, err := app.EnsureView(t.Context(), s.catalog, view, noon)
		require.NoError(t, err)
		entry.Generations = append(entry.Generations, ports.Generation{Number: 2, Created: noon})
		require.NoError(t, s.catalog.SaveView(t.Context(), entry))
		older, err := s.jobs.SaveReplayJob(t.Context(), ports.ReplayJob{
			ID: "20260131t120000000-x7k2", Target: ports.Target{Consumer: view, Generation: 2}, State: ports.ReplayRunning, Started: noon, Updated: noon,
		})
		require.NoError(t, err)
		job, err := rebuilder.Begin(t.Context(), view)
		require.NoError(t, err)
		assert.Equal(t, older, job)
	})
}

func TestAGenerationWithoutAReplay(t *testing.T) {
	t.Parallel()
	s := archived(t)
	rebuilder := newProcess(s, immortal).runner.Rebuilder
	entry, err := s.catalog.View(t.Context(), rebuiltView.Name())
	require.NoError(t, err)
	entry.Generations = append(entry.Generations, ports.Generation{Number: 2, Created: noon})
	require.NoError(t, s.catalog.SaveView(t.Context(), entry))
	begun, err := rebuilder.Begun(t.Context())
	require.NoError(t, err)
	target := ports.Target{Consumer: rebuiltView.Name(), Generation: 2}
	job, err := rebuilder.Refill(t.Context(), target, begun[target])
	require.NoError(t, err)
	assert.Equal(t, target, job.Target)
	operators, err := rebuilder.Begin(t.Context(), rebuiltView.Name()) // who comes back
	require.NoError(t, err)
	assert.Equal(t, job, operators)
	again, err := rebuilder.Refill(t.Context(), target, begun[target]) // another turn, by an older look
	require.NoError(t, err)
	assert.Equal(t, job, again)
	assert.Len(t, replaysOf(t, s), 1)
}
