package memory

import (
	"context"
	"maps"
	"slices"
	"sync"

	"github.com/evercart/evercart/ports"
)

// ReplayJobs is a ports.ReplayJobs in this process's memory.
type ReplayJobs struct {
	mu   sync.Mutex
	jobs map[string]ports.ReplayJob
}

// NewReplayJobs returns one without jobs.
func NewReplayJobs() *ReplayJobs { return &ReplayJobs{jobs: map[string]ports.ReplayJob{}} }

// SaveReplayJob implements ports.ReplayJobs.
func (r *ReplayJobs) SaveReplayJob(ctx context.Context, job ports.ReplayJob) (ports.ReplayJob, error) {
	if err := ctx.Err(); err != nil {
		return ports.ReplayJob{}, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.jobs[job.ID].Revision != job.Revision {
		return ports.ReplayJob{}, ports.ErrJobMoved
	}
	job = cloneJob(job)
	job.Revision++
	r.jobs[job.ID] = job
	return cloneJob(job), nil
}

// ReplayJob implements ports.ReplayJobs.
func (r *ReplayJobs) ReplayJob(ctx context.Context, id string) (ports.ReplayJob, error) {
	if err := ctx.Err(); err != nil {
		return ports.ReplayJob{}, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	job, ok := r.jobs[id]
	if !ok {
		return ports.ReplayJob{}, ports.ErrNoJob
	}
	return cloneJob(job), nil
}

// ListReplayJobs implements ports.ReplayJobs.
func (r *ReplayJobs) ListReplayJobs(ctx context.Context, after string, limit int) ([]ports.ReplayJob, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	var jobs []ports.ReplayJob
	for _, id := range slices.Backward(slices.Sorted(maps.Keys(r.jobs))) {
		if len(jobs) == limit {
			break
		}
		if after == "" || id < after {
			jobs = append(jobs, cloneJob(r.jobs[id]))
		}
	}
	return jobs, nil
}

// cloneJob returns j without shared memory, its times as stored ones are.
func cloneJob(j ports.ReplayJob) ports.ReplayJob {
	j.Filter.Types = slices.Clone(j.Filter.Types)
	j.Filter.From, j.Filter.To = storedTime(j.Filter.From), storedTime(j.Filter.To)
	j.Started, j.Updated, j.Finished = storedTime(j.Started), storedTime(j.Updated), storedTime(j.Finished)
	return j
}
