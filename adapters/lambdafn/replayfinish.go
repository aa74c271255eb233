package lambdafn

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/ports"
)

// finishOn goes on with the end of a rebuild after a stream. The event may come late,
// or more than once: the streams before that one had been brought up when it was sent,
// and live events flow into both generations since.
func (r *Replay) finishOn(ctx context.Context, id, after string) (ReplayOutcome, error) {
	job, err := r.Replayer.Jobs.ReplayJob(ctx, id)
	if err != nil {
		return ReplayOutcome{}, err
	}
	if job.State != ports.ReplayDone || !r.Takes(job.Target) {
		return replayOutcome(&job), fmt.Errorf("%w: replay %s to %s is %s: there is no rebuild to finish", ErrMalformed, id, job.Target, job.State)
	}
	return r.finish(ctx, &job, after)
}

// finish has the rebuild finished to which a done replay belongs, after a stream (empty:
// from the first), unless its operator or another invocation is at it. Where that takes
// longer than there is time, or a call fails on the way, another invocation goes on with
// what was not reached. What stands in the way, a queue that is not empty or a parked
// stream, may be gone when the schedule looks again.
func (r *Replay) finish(ctx context.Context, job *ports.ReplayJob, after string) (ReplayOutcome, error) {
	outcome := replayOutcome(job)
	work, cancel := endingBefore(ctx, r.Replayer.Now(), r.Margin)
	defer cancel()
	var pending int64
	reached := after
	err := r.alone(work, job.ID, func() (err error) {
		if after == "" { // else that was seen before the first piece
			pending, err = r.Replayer.Sink.Pending(work, job.Target)
		}
		for err == nil && pending == 0 && !outcome.Live {
			var next string
			if next, err = r.Finish(work, job.Target, reached); err == nil {
				reached, outcome.Live = next, next == ""
			}
		}
		return err
	})
	_, notReady := errors.AsType[*app.NotReadyError](err)
	switch {
	case errors.Is(err, ports.ErrLeaseTaken):
		outcome.Elsewhere = true
		r.Log.InfoContext(ctx, "a rebuild is finished elsewhere", about(job)...)
	case notReady:
		return r.unfinished(ctx, job, err), nil
	case err != nil && (reached == after || ctx.Err() != nil || errors.Is(err, errKept)):
		return outcome, err // Lambda tries again, and after that the schedule
	case err != nil:
		if err := r.invoke(ctx, job.ID, reached); err != nil {
			return outcome, err
		}
		outcome.Continued = true
		r.Log.InfoContext(ctx, "the end of a rebuild goes on in another invocation", append(about(job), slog.String("after", reached), slog.Any("error", err))...)
	case outcome.Live:
		r.Log.InfoContext(ctx, "a rebuild is finished, and queries read the new generation", about(job)...)
	default:
		r.Log.InfoContext(ctx, "a rebuild waits for its queue to run empty", append(about(job), slog.Int64("pending", pending))...)
	}
	return outcome, nil
}

// unfinished says why a rebuild could not be finished.
func (r *Replay) unfinished(ctx context.Context, job *ports.ReplayJob, why error) ReplayOutcome {
	outcome := replayOutcome(job)
	outcome.Reason = why.Error()
	r.Log.WarnContext(ctx, "a rebuild cannot be finished now; the schedule tries again, or an operator: evercart views rebuild",
		append(about(job), slog.Any("error", why))...)
	return outcome
}

func about(job *ports.ReplayJob) []any {
	return []any{slog.String("replay", job.ID), slog.String("target", job.Target.String())}
}
