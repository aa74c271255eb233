package app

import (
	"context"
	"errors"
	"fmt"

	"github.com/evercart/evercart/ports"
)

// Start makes the record of a new replay, which Run then carries out: running,
// with the number and size of the archive objects in its range. id must be new.
func (r *Replayer) Start(ctx context.Context, id string, target ports.Target, filter ports.ReplayFilter, rate int) (ports.ReplayJob, error) {
	if target.Generation > 0 && filter.Types != nil {
		return ports.ReplayJob{}, errors.New("a filter by type makes gaps, which a view would close again from the store: it is for handlers without state")
	}
	job := ports.ReplayJob{
		ID: id, Target: target, Filter: filter, Rate: rate, State: ports.ReplayRunning, Started: r.now(), Updated: r.now(),
	}
	for object, err := range r.Archive.Objects(ctx, filter.From, filter.To) {
		if err != nil {
			return ports.ReplayJob{}, err
		}
		job.Objects++
		job.Bytes += object.Size
	}
	return r.Jobs.SaveReplayJob(ctx, job)
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
			return job, fmt.Errorf("replay %s is %s, not %s", id, job.State, from)
		}
		job.State, job.Reason, job.Updated = to, "", r.now()
		saved, err := r.Jobs.SaveReplayJob(ctx, job)
		if !errors.Is(err, ports.ErrJobMoved) {
			return saved, err
		}
	}
}

// ReplayPlan is what a replay would do.
type ReplayPlan struct {
	Objects    int64 // archive objects read
	Bytes      int64 // their size, compressed
	Events     int64 // events in them
	Duplicates int64 // of those, events read before
	Filtered   int64 // of those, events that the filter leaves out
	Sent       int64 // of those, events that would be delivered
	SentBytes  int64 // the size of their wire form
	Unreadable int64 // lines and objects that cannot be read
}

// Plan reads what a replay would read and counts, without delivering anything.
// progress, if it is not nil, is called after each object.
func (r *Replayer) Plan(ctx context.Context, filter ports.ReplayFilter, progress func(ReplayPlan)) (ReplayPlan, error) {
	var plan ReplayPlan
	seen := newSeen()
	for object := range readAhead(ctx, r.Archive, filter.From, filter.To) {
		if object.err != nil {
			return plan, object.err
		}
		for chunk := range object.chunks {
			for i := range chunk {
				plan.count(&chunk[i], seen, &filter)
			}
		}
		plan.Objects++
		plan.Bytes += object.Size
		if progress != nil {
			progress(plan)
		}
	}
	return plan, ctx.Err()
}

func (p *ReplayPlan) count(l *readLine, seen *seen, filter *ports.ReplayFilter) {
	if l.err != nil {
		p.Unreadable++
		return
	}
	p.Events++
	switch {
	case !seen.first(&l.event):
		p.Duplicates++
	case !lets(filter, &l.event):
		p.Filtered++
	default:
		p.Sent++
		p.SentBytes += int64(len(l.data))
	}
}
