package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/evercart/evercart/ports"
)

// deliver hands over what was read, as fast as the rate allows, and moves the
// record's cursor behind it.
func (w *replaying) deliver(ctx context.Context) error {
	if len(w.batch) > 0 {
		if err := w.pace.wait(ctx, len(w.batch)); err != nil {
			return err
		}
		if err := w.send(ctx); err != nil {
			return err
		}
		w.ahead.Sent += int64(len(w.batch))
		w.batch = w.batch[:0]
	}
	w.reached()
	return w.maybeSave(ctx)
}

// send delivers the batch, again and again while the target does not answer. A
// pause is obeyed between two tries, and within one.
func (w *replaying) send(ctx context.Context) error {
	backoff := w.Backoff
	if backoff == 0 {
		backoff = 100 * time.Millisecond
	}
	for failed := 0; ; failed++ {
		err := w.try(ctx)
		if err == nil {
			return nil
		}
		if !errors.Is(err, errStopped) {
			err = fmt.Errorf("deliver %d events to %s: %w", len(w.batch), w.job.Target, err)
			if ctx.Err() != nil || !errors.Is(err, ports.ErrUnavailable) {
				return err
			}
			w.Log.WarnContext(ctx, "a delivery failed and is tried again", slog.String("replay", w.job.ID), slog.Any("error", err))
		}
		if err := w.save(ctx); err != nil && !errors.Is(err, ports.ErrUnavailable) {
			return err
		}
		sleep(ctx, backoff<<min(failed, 5))
	}
}

// try delivers the batch once. A target with a full queue may take its time, so the
// record is looked at meanwhile: where it no longer says "running", the try is given
// up and is errStopped.
func (w *replaying) try(ctx context.Context) error {
	within, giveUp := context.WithCancelCause(ctx)
	var looking sync.WaitGroup
	id := w.job.ID
	looking.Go(func() {
		for sleep(within, w.saveEvery()); within.Err() == nil; sleep(within, w.saveEvery()) {
			if job, err := w.Jobs.ReplayJob(within, id); err == nil && job.State != ports.ReplayRunning {
				giveUp(errStopped)
			}
		}
	})
	err := w.Sink.Deliver(within, w.job.Target, w.batch)
	stopped := errors.Is(context.Cause(within), errStopped)
	giveUp(nil)
	looking.Wait()
	if err != nil && stopped {
		return errStopped
	}
	return err
}

// reached moves the record's cursor and counts to what was read: nothing before
// that waits to be delivered.
func (w *replaying) reached() {
	j, a := &w.job, &w.ahead
	j.CursorKey, j.CursorLine = a.CursorKey, a.CursorLine
	// A resumed replay counts the objects again that it has done.
	j.ObjectsDone, j.BytesDone = max(j.ObjectsDone, a.ObjectsDone), max(j.BytesDone, a.BytesDone)
	j.Read, j.Duplicates, j.Filtered, j.Sent, j.Unreadable = a.Read, a.Duplicates, a.Filtered, a.Sent, a.Unreadable
}

// setAside puts a line or object that cannot be read into the quarantine.
func (w *replaying) setAside(ctx context.Context, key string, line int64, l *readLine) error {
	w.ahead.Unreadable++
	w.Log.ErrorContext(ctx, "the archive cannot be read here; the replay goes on after it",
		slog.String("object", key), slog.Int64("line", line), slog.Any("error", l.err))
	return w.Quarantine.PutQuarantined(ctx, ports.Quarantined{
		Consumer: ReplayName, Shard: key, Position: replayPosition(line),
		Reason: l.err.Error(), Payload: l.data, At: w.now(),
	})
}

// replayPosition returns the position of the n-th record of a replay, or of the
// n-th line of an object. They sort as text.
func replayPosition(n int64) ports.Position { return ports.Position(fmt.Sprintf("%020d", n)) }

// spoiled reports whether an error is of the bytes that were read, so that no
// later try reads them. Other errors are of the reading.
func spoiled(err error) bool {
	var corrupt *ports.CorruptError
	var form *ports.FormatError
	return errors.As(err, &corrupt) || errors.As(err, &form)
}

// lets reports whether a filter lets an event through.
func lets(f *ports.ReplayFilter, e *ports.Published) bool {
	return (f.Category == "" || f.Category == e.Stream.Category) &&
		(f.Stream == "" || f.Stream == e.Stream.String()) &&
		(f.Types == nil || slices.Contains(f.Types, e.Type))
}
