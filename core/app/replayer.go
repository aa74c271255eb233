package app

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/evercart/evercart/ports"
)

// Replayer runs replays: it reads the archive, leaves out duplicates and what the
// filter excludes, and delivers the rest to the replay's target, in the order of
// each stream. The job's record says how far it is, so that it goes on after a
// crash; delivery is at least once. It is safe for concurrent use, but one replay
// is to be run in one place at a time.
type Replayer struct {
	Archive    ports.Archive
	Jobs       ports.ReplayJobs
	Sink       ports.ReplaySink
	Quarantine ports.Quarantine
	Now        func() time.Time
	Log        *slog.Logger
	// SaveEvery is how often the job's record is saved, and with it how soon a pause
	// is obeyed; 0: every second.
	SaveEvery time.Duration
	// Batch is the most events delivered at once; 0: 1000.
	Batch int
	// Backoff is the first wait after a delivery that failed, doubled up to 32 times
	// as much; 0: 100 ms.
	Backoff time.Duration
}

// errStopped says that the job's record no longer says "running": an operator
// paused it, or another process ended it.
var errStopped = errors.New("the replay was stopped")

// Run carries on a running replay until it is done, paused or failed, and returns
// its record. A delivery that fails in a way that may pass is tried again. Another
// fault that may pass (ports.ErrUnavailable) is an error and leaves the replay
// running: run it again. A fault that will not pass makes the replay failed, which
// is no error of Run. An ended context saves the record and returns its error.
func (r *Replayer) Run(ctx context.Context, id string) (ports.ReplayJob, error) {
	job, err := r.Jobs.ReplayJob(ctx, id)
	if err != nil || job.State != ports.ReplayRunning {
		return job, err
	}
	w := &replaying{Replayer: r, job: job, ahead: job, seen: newSeen(), saved: r.Now(), pace: pace{rate: job.Rate, now: r.Now}}
	err = w.run(ctx)
	switch {
	case errors.Is(err, errStopped):
		return w.job, nil
	case err == nil:
		w.job.State, w.job.Finished = ports.ReplayDone, r.now()
	case !passes(ctx, err):
		w.job.State, w.job.Reason, w.job.Finished = ports.ReplayFailed, err.Error(), r.now()
		r.Log.ErrorContext(ctx, "replay failed", slog.String("replay", id), slog.Any("error", err))
		err = nil
	}
	// What was done is saved even if the context ended meanwhile.
	save, cancel := context.WithTimeout(context.WithoutCancel(ctx), saveTimeout)
	defer cancel()
	saveErr := w.save(save)
	if errors.Is(saveErr, errStopped) {
		return w.job, nil
	}
	return w.job, errors.Join(err, saveErr)
}

func (r *Replayer) now() time.Time { return r.Now().UTC().Truncate(time.Microsecond) }

// replaying is one run of a replay.
type replaying struct {
	*Replayer
	job   ports.ReplayJob // the record: all before its cursor is delivered
	ahead ports.ReplayJob // cursor and counts of what was read
	seen  *seen
	pace  pace
	saved time.Time // when the record was last saved
	batch []ports.Record
}

// run goes through all objects. Those before the cursor are done. Handlers without
// state have them read once more, to know which of the later events are duplicates;
// a view knows that by itself, so that the replay of however large an archive gets
// on, also in the short life of a function. What comes again after a cut then counts
// as sent, not as a duplicate.
func (w *replaying) run(ctx context.Context) error {
	if w.job.Objects == 0 && w.job.CursorKey == "" { // a rebuild was begun without counting them
		if err := countObjects(ctx, w.Archive, &w.job); err != nil {
			return err
		}
	}
	w.ahead.ObjectsDone, w.ahead.BytesDone = 0, 0
	start := w.job.CursorKey
	again := w.job.Target.Generation == 0
	wanted := func(key string) bool { return again || start == "" || compareKeysOfObjects(key, start) >= 0 }
	for object := range readAhead(ctx, w.Archive, w.job.Filter.From, w.job.Filter.To, wanted) {
		if object.err != nil {
			return object.err
		}
		skip := int64(0)
		if start != "" {
			switch place := compareKeysOfObjects(object.Key, start); {
			case place < 0:
				skip = wholeObject
			case place == 0:
				skip = w.job.CursorLine
			}
		}
		if err := w.object(ctx, object, skip); err != nil {
			return err
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return w.deliver(ctx)
}

// wholeObject is more lines than any object has.
const wholeObject = 1 << 62

// object replays one object from line skip on.
func (w *replaying) object(ctx context.Context, object *readObject, skip int64) error {
	line := int64(0)
	for chunk := range object.chunks {
		for i := range chunk {
			l := &chunk[i]
			if l.err != nil && !spoiled(l.err) {
				return l.err
			}
			if line++; line <= skip {
				if l.err == nil {
					w.seen.first(&l.event)
				}
				continue
			}
			if err := w.line(ctx, object.Key, line, l); err != nil {
				return err
			}
		}
		if err := w.maybeSave(ctx); err != nil {
			return err
		}
	}
	if err := ctx.Err(); err != nil {
		return err // the object may have been cut short
	}
	w.ahead.ObjectsDone++
	w.ahead.BytesDone += object.Size
	return nil
}

// line replays one line: it takes the event into the batch, if it is new and the
// filter lets it through, and delivers the batch when it is full.
func (w *replaying) line(ctx context.Context, key string, line int64, l *readLine) error {
	w.ahead.CursorKey, w.ahead.CursorLine = key, line
	if l.err != nil {
		return w.setAside(ctx, key, line, l)
	}
	w.ahead.Read++
	switch {
	case !w.seen.first(&l.event):
		w.ahead.Duplicates++
		return nil
	case !lets(&w.job.Filter, &l.event):
		w.ahead.Filtered++
		return nil
	}
	w.batch = append(w.batch, ports.Record{
		Shard: ReplayName, Position: replayPosition(w.ahead.Sent + int64(len(w.batch)) + 1),
		Arrival: w.now(), Data: l.data, Replay: w.job.ID,
	})
	if len(w.batch) < w.batchSize() {
		return nil
	}
	return w.deliver(ctx)
}

func (w *replaying) batchSize() int {
	size := w.Batch
	if size == 0 {
		size = 1000
	}
	if w.job.Rate > 0 {
		size = min(size, max(1, w.job.Rate/10))
	}
	return size
}
