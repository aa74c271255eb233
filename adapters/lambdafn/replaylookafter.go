package lambdafn

import (
	"context"
	"log/slog"
	"time"

	"github.com/evercart/evercart/ports"
)

// lookAfter starts every replay again that should run and was not heard of for long,
// has rebuilds finished, and starts the replays of those that have none.
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
				if err := r.invoke(ctx, job.ID, ""); err != nil {
					return done, err
				}
				r.Log.WarnContext(ctx, "a replay that had stopped is started again", slog.String("replay", job.ID))
				outcome := replayOutcome(job)
				outcome.Continued = true
				done = append(done, outcome)
			case job.State == ports.ReplayDone && building:
				outcome, err := r.finish(ctx, job, "")
				if err != nil { // which must not keep the others from their turn
					outcome = r.unfinished(ctx, job, err)
				}
				done = append(done, outcome)
			}
		}
		if len(jobs) < page {
			return r.refill(ctx, begun, before, done)
		}
	}
}

// refill starts a replay into each generation that was begun before an instant and has
// none: who began it, died before the replay's record was saved.
func (r *Replay) refill(ctx context.Context, begun map[ports.Target]time.Time, before time.Time, done []ReplayOutcome) ([]ReplayOutcome, error) {
	for len(begun) > 0 {
		var target ports.Target // the first by name
		for other := range begun {
			if target.Consumer == "" || other.Consumer < target.Consumer {
				target = other
			}
		}
		at := begun[target]
		delete(begun, target)
		if !r.Takes(target) || at.After(before) {
			continue
		}
		job, err := r.Refill(ctx, target, at)
		if err != nil {
			return done, err
		}
		r.Log.WarnContext(ctx, "a rebuild was begun without a replay, which is started", about(&job)...)
		if err := r.invoke(ctx, job.ID, ""); err != nil {
			return done, err
		}
		outcome := replayOutcome(&job)
		outcome.Continued = true
		done = append(done, outcome)
	}
	return done, nil
}
