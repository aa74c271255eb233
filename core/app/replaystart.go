package app

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/evercart/evercart/ports"
)

// ReplayRequest is what an operator asks for.
type ReplayRequest struct {
	ID     string // of the new replay; see ports.ReplayJob
	Target string // the name of a handler without state
	Filter ports.ReplayFilter
	Rate   int // the most events a second; 0: as fast as it goes
}

// Start makes the record of a new replay to a handler without state, which Run then
// carries out. Views are rebuilt by Rebuilder.
func (r *Replayer) Start(ctx context.Context, req ReplayRequest) (ports.ReplayJob, error) {
	if req.Rate < 0 {
		return ports.ReplayJob{}, fmt.Errorf("rate %d: want 0 or more", req.Rate)
	}
	f := &req.Filter
	if !f.From.IsZero() && !f.To.IsZero() && !f.From.Before(f.To) {
		return ports.ReplayJob{}, fmt.Errorf("from %s is not before %s", f.From.UTC().Format(time.RFC3339), f.To.UTC().Format(time.RFC3339))
	}
	return startReplay(ctx, r.Archive, r.Jobs, ports.ReplayJob{
		ID: req.ID, Target: ports.Target{Consumer: req.Target}, Filter: req.Filter, Rate: req.Rate, Started: r.now(),
	})
}

// startReplay stores the record of a new replay: running, with the number and size
// of the archive objects in its range.
func startReplay(ctx context.Context, archive ports.Archive, jobs ports.ReplayJobs, job ports.ReplayJob) (ports.ReplayJob, error) {
	job.State, job.Updated = ports.ReplayRunning, job.Started
	if err := countObjects(ctx, archive, &job); err != nil {
		return ports.ReplayJob{}, err
	}
	return jobs.SaveReplayJob(ctx, job)
}

// countObjects notes in a record how many archive objects are in its range, and their
// size.
func countObjects(ctx context.Context, archive ports.Archive, job *ports.ReplayJob) error {
	objects, size := int64(0), int64(0)
	for object, err := range archive.Objects(ctx, job.Filter.From, job.Filter.To) {
		if err != nil {
			return err
		}
		objects++
		size += object.Size
	}
	job.Objects, job.Bytes = objects, size
	return nil
}

// Pause lets a running replay stop where it is; Resume lets it go on.
func (r *Replayer) Pause(ctx context.Context, id string) (ports.ReplayJob, error) {
	return r.change(ctx, id, ports.ReplayRunning, ports.ReplayPaused)
}

// Resume lets a paused or failed replay go on where it was: whoever runs replays
// takes it up.
func (r *Replayer) Resume(ctx context.Context, id string) (ports.ReplayJob, error) {
	return r.change(ctx, id, ports.ReplayPaused, ports.ReplayRunning)
}

// change moves a job from one state to another; a job that is there already stays.
func (r *Replayer) change(ctx context.Context, id string, from, to ports.ReplayState) (ports.ReplayJob, error) {
	for {
		job, err := r.Jobs.ReplayJob(ctx, id)
		if err != nil || job.State == to {
			return job, err
		}
		if job.State != from && (to != ports.ReplayRunning || job.State != ports.ReplayFailed) {
			return job, &ReplayStateError{ID: id, State: job.State, Want: from}
		}
		job.State, job.Reason, job.Updated, job.Finished = to, "", r.now(), time.Time{}
		saved, err := r.Jobs.SaveReplayJob(ctx, job)
		if !errors.Is(err, ports.ErrJobMoved) {
			return saved, err
		}
	}
}

// ReplayStateError says that a replay is in a state in which it can neither be
// paused nor resumed. Nothing was changed.
type ReplayStateError struct {
	ID          string
	State, Want ports.ReplayState
}

func (e *ReplayStateError) Error() string {
	return fmt.Sprintf("replay %s is %s, not %s", e.ID, e.State, e.Want)
}

// allJobs yields the records of all replays, the newest first.
func allJobs(ctx context.Context, jobs ports.ReplayJobs) iter.Seq2[ports.ReplayJob, error] {
	const page = 100
	return func(yield func(ports.ReplayJob, error) bool) {
		for after := ""; ; {
			some, err := jobs.ListReplayJobs(ctx, after, page)
			if err != nil {
				yield(ports.ReplayJob{}, err)
				return
			}
			for _, job := range some {
				if !yield(job, nil) {
					return
				}
				after = job.ID
			}
			if len(some) < page {
				return
			}
		}
	}
}
