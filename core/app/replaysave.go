package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/evercart/evercart/ports"
)

// maybeSave saves the record now and then.
func (w *replaying) maybeSave(ctx context.Context) error {
	every := w.SaveEvery
	if every == 0 {
		every = time.Second
	}
	if w.Now().Sub(w.saved) < every {
		return ctx.Err()
	}
	return w.save(ctx)
}

// save writes the job's record. If somebody changed it meanwhile, what the operator
// decides is obeyed (a pause is errPaused, another rate is taken over) and the
// counts are kept.
func (w *replaying) save(ctx context.Context) error {
	for {
		w.job.Updated = w.now()
		stored, err := w.Jobs.SaveReplayJob(ctx, w.job)
		switch {
		case err == nil:
			w.job, w.saved = stored, w.Now()
			w.pace.rate = w.job.Rate
			if w.Progress != nil {
				w.Progress(w.job)
			}
			if w.job.State == ports.ReplayPaused {
				return errPaused
			}
			return nil
		case !errors.Is(err, ports.ErrJobMoved):
			return err
		}
		theirs, err := w.Jobs.ReplayJob(ctx, w.job.ID)
		if err != nil {
			return err
		}
		w.job.Revision, w.job.Rate = theirs.Revision, theirs.Rate
		if w.job.State == ports.ReplayRunning {
			w.job.State, w.job.Reason = theirs.State, theirs.Reason
		}
	}
}

// setAside puts a line or object that cannot be read into the quarantine.
func (w *replaying) setAside(ctx context.Context, key string, line int64, l *readLine) error {
	w.job.Unreadable++
	w.Log.ErrorContext(ctx, "the archive cannot be read here; the replay goes on after it",
		slog.String("object", key), slog.Int64("line", line), slog.Any("error", l.err))
	return w.Quarantine.PutQuarantined(ctx, ports.Quarantined{
		Consumer: ReplayName, Shard: key, Position: ports.Position(fmt.Sprintf("%020d", line)),
		Reason: l.err.Error(), Payload: l.data, At: w.now(),
	})
}

// lets reports whether a filter lets an event through.
func lets(f *ports.ReplayFilter, e *ports.Published) bool {
	return (f.Category == "" || f.Category == e.Stream.Category) &&
		(f.Stream == "" || f.Stream == e.Stream.String()) &&
		(f.Types == nil || slices.Contains(f.Types, e.Type))
}
