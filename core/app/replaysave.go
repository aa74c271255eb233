package app

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/evercart/evercart/ports"
)

// maybeSave saves the record now and then. A record that cannot be saved just now
// stops nothing: what it misses is only delivered again after a crash.
func (w *replaying) maybeSave(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if w.Now().Sub(w.saved) < w.saveEvery() {
		return nil
	}
	if len(w.batch) == 0 {
		w.reached()
	}
	err := w.save(ctx)
	if err != nil && ctx.Err() == nil && errors.Is(err, ports.ErrUnavailable) {
		w.Log.WarnContext(ctx, "a replay's record cannot be saved just now", slog.String("replay", w.job.ID), slog.Any("error", err))
		w.saved = w.Now()
		return nil
	}
	return err
}

func (r *Replayer) saveEvery() time.Duration {
	if r.SaveEvery == 0 {
		return time.Second
	}
	return r.SaveEvery
}

// save writes the job's record. If somebody changed it meanwhile, what the operator
// decides is obeyed (a pause, another rate) and the counts are kept. A record that
// no longer says "running" is errStopped, unless this run has ended by itself.
func (w *replaying) save(ctx context.Context) error {
	ended := w.job.State != ports.ReplayRunning
	for {
		w.job.Updated = w.now()
		stored, err := w.Jobs.SaveReplayJob(ctx, w.job)
		switch {
		case err == nil:
			w.job, w.saved, w.pace.rate = stored, w.Now(), stored.Rate
			if !ended && w.job.State != ports.ReplayRunning {
				return errStopped
			}
			return nil
		case !errors.Is(err, ports.ErrJobMoved):
			return err
		}
		theirs, err := w.Jobs.ReplayJob(ctx, w.job.ID)
		if err != nil {
			return err
		}
		if theirs.State == ports.ReplayDone || (!ended && theirs.State == ports.ReplayFailed) {
			w.job = theirs // another process ran it, too, and was first
			return errStopped
		}
		w.job.Revision, w.job.Rate = theirs.Revision, theirs.Rate
		if !ended {
			w.job.State = theirs.State
		}
	}
}
