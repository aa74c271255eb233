package app

import (
	"context"
	"errors"
	"fmt"
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
	// SaveEvery is how often the job's record is saved; 0: every second.
	SaveEvery time.Duration
	// Batch is the most events delivered at once; 0: 1000.
	Batch int
	// Progress, if it is not nil, is called after each save.
	Progress func(ports.ReplayJob)
}

// errPaused says that the job's record was paused by an operator.
var errPaused = errors.New("the replay was paused")

// Run carries on a running replay until it is done, paused or failed, and returns
// its record. A fault of the sink or the archive that may pass is tried again by
// running again; the record stays running. An ended context saves and returns its
// error.
func (r *Replayer) Run(ctx context.Context, id string) (ports.ReplayJob, error) {
	job, err := r.Jobs.ReplayJob(ctx, id)
	if err != nil || job.State != ports.ReplayRunning {
		return job, err
	}
	w := &replaying{Replayer: r, job: job, seen: newSeen(), saved: r.Now(), pace: pace{rate: job.Rate, now: r.Now}}
	err = w.run(ctx)
	if err == nil {
		w.job.State, w.job.Finished = ports.ReplayDone, r.now()
	}
	save, cancel := context.WithTimeout(context.WithoutCancel(ctx), saveTimeout)
	defer cancel()
	switch saveErr := w.save(save); {
	case errors.Is(err, errPaused), errors.Is(saveErr, errPaused):
		return w.job, nil
	case err == nil:
		return w.job, saveErr
	default:
		return w.job, err
	}
}

func (r *Replayer) now() time.Time { return r.Now().UTC().Truncate(time.Microsecond) }

// replaying is one run of a replay.
type replaying struct {
	*Replayer
	job   ports.ReplayJob
	seen  *seen
	pace  pace
	saved time.Time // when the record was last saved
	batch []ports.Record
}

func (w *replaying) run(ctx context.Context) error {
	from, to := w.job.Filter.From, w.job.Filter.To
	started := w.job.CursorKey == ""
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	for object := range readAhead(ctx, w.Archive, from, to) {
		if object.err != nil {
			return object.err
		}
		// Objects before the cursor are done; they are read once more only to know
		// which of the later events are duplicates.
		skip := int64(0)
		if !started {
			if object.Key != w.job.CursorKey {
				w.remember(ctx, object)
				continue
			}
			started, skip = true, w.job.CursorLine
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

// remember notes the events of an object that was replayed before.
func (w *replaying) remember(_ context.Context, object *readObject) {
	for chunk := range object.chunks {
		for i := range chunk {
			if chunk[i].err == nil {
				w.seen.first(&chunk[i].event)
			}
		}
	}
}

// object replays one object from line skip on.
func (w *replaying) object(ctx context.Context, object *readObject, skip int64) error {
	line := int64(0)
	w.job.CursorKey = object.Key
	for chunk := range object.chunks {
		for i := range chunk {
			l := &chunk[i]
			if line++; line <= skip {
				if l.err == nil {
					w.seen.first(&l.event)
				}
				continue
			}
			if l.err != nil {
				if err := w.setAside(ctx, object.Key, line, l); err != nil {
					return err
				}
				continue
			}
			if err := w.event(ctx, l); err != nil {
				return err
			}
			if len(w.batch) == 0 {
				w.job.CursorLine = line
			}
		}
		if err := w.maybeSave(ctx); err != nil {
			return err
		}
	}
	if err := w.deliver(ctx); err != nil {
		return err
	}
	w.job.ObjectsDone++
	w.job.BytesDone += object.Size
	w.job.CursorLine = line
	return w.maybeSave(ctx)
}

// event takes one event into the batch, if it is new and the filter lets it
// through, and delivers the batch when it is full.
func (w *replaying) event(ctx context.Context, l *readLine) error {
	w.job.Read++
	switch {
	case !w.seen.first(&l.event):
		w.job.Duplicates++
		return nil
	case !lets(&w.job.Filter, &l.event):
		w.job.Filtered++
		return nil
	}
	w.batch = append(w.batch, ports.Record{
		Shard: "replay", Position: ports.Position(fmt.Sprintf("%020d", w.job.Sent+int64(len(w.batch))+1)),
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

func (w *replaying) deliver(ctx context.Context) error {
	if len(w.batch) == 0 {
		return nil
	}
	if err := w.pace.wait(ctx, len(w.batch)); err != nil {
		return err
	}
	if err := w.Sink.Deliver(ctx, w.job.Target, w.batch); err != nil {
		return fmt.Errorf("deliver %d events to %s: %w", len(w.batch), w.job.Target, err)
	}
	w.job.Sent += int64(len(w.batch))
	w.batch = w.batch[:0]
	return nil
}
