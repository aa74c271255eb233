package lambdafn

import (
	"context"
	"log/slog"

	"github.com/evercart/evercart/ports"
)

// lookAfter starts every replay again that should run and was not heard of for long,
// and has rebuilds finished.
func (r *Replay) lookAfter(ctx context.Context) ([]ReplayOutcome, error) {
	const page = 100
	done := []ReplayOutcome{}
	before := r.Replayer.Now().Add(-StaleAfter)
	begun, err := r.Begun(ctx)
	if err != nil {
		return done, err
	}
	for after := ""; ; {
		jobs, err := r.Replayer.Jobs.ListReplayJobs(ctx, after, page) // the newest first
		if err != nil {
			return done, err
		}
		for i := range jobs {
			job := &jobs[i]
			after = job.ID
			_, building := begun[job.Target]
			delete(begun, job.Target) // older replays into it do not matter
			switch {
			case !r.Takes(job.Target):
			case job.State == ports.ReplayRunning && !job.Updated.After(before):
				if err := r.invoke(ctx, job.ID); err != nil {
					return done, err
				}
				r.Log.WarnContext(ctx, "a replay that had stopped is started again", slog.String("replay", job.ID))
				outcome := replayOutcome(job)
				outcome.Continued = true
				done = append(done, outcome)
			case job.State == ports.ReplayDone && building:
				done = append(done, r.finish(ctx, job))
			}
		}
		if len(jobs) < page {
			return done, nil
		}
	}
}

// finish has the rebuild finished to which a done replay belongs, unless its operator
// does so first. What stands in the way, a queue that is not empty or a parked stream,
// may be gone when the schedule looks again.
func (r *Replay) finish(ctx context.Context, job *ports.ReplayJob) ReplayOutcome {
	outcome := replayOutcome(job)
	work, cancel := endingBefore(ctx, r.Replayer.Now(), r.Margin)
	defer cancel()
	pending, err := r.Replayer.Sink.Pending(work, job.Target)
	for after := ""; err == nil && pending == 0 && !outcome.Live; {
		after, err = r.Finish(work, job.Target, after)
		outcome.Live = err == nil && after == ""
	}
	about := []any{slog.String("replay", job.ID), slog.String("target", job.Target.String())}
	switch {
	case err != nil:
		outcome.Reason = err.Error()
		r.Log.WarnContext(ctx, "a rebuild cannot be finished now; the schedule tries again, or an operator: evercart views rebuild", append(about, slog.Any("error", err))...)
	case outcome.Live:
		r.Log.InfoContext(ctx, "a rebuild is finished, and queries read the new generation", about...)
	default:
		r.Log.InfoContext(ctx, "a rebuild waits for its queue to run empty", append(about, slog.Int64("pending", pending))...)
	}
	return outcome
}
