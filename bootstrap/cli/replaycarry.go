package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/evercart/evercart/bootstrap"
	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/ports"
)

// foreground is a replay that a command carries out itself.
type foreground struct {
	id     string
	target string                          // the handler
	file   *export                         // where an export goes; nil for others
	begin  func(ctx context.Context) error // makes the replay's record, or lets it run again
}

// carryReplay begins a replay and carries it out, with progress on stderr, and tells
// how it ended: on stderr where stdout has the events. It closes the file, and says what
// is in one that is not whole. The exit code is 1 unless all was sent.
func carryReplay(ctx context.Context, out *output, op *bootstrap.Operator, f foreground) (err error) {
	whole := false
	defer func() { err = errors.Join(err, f.file.end(whole)) }()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	told := *out
	switch f.target {
	case bootstrap.ReplayToLog:
		told.stdout = out.stderr
		op.Sink.Targets[bootstrap.ReplayToLog] = printing(out.stdout, cancel)
	case exportTarget:
		f.file.giveUp = cancel
		op.Sink.Targets[exportTarget] = f.file.write
	}
	begun := false
	done := func() {}
	job, err := op.Replays.CarryNew(ctx, f.id, func(ctx context.Context) error {
		err := f.begin(ctx)
		if err == nil {
			begun, done = true, watch(ctx, out, op, f.id)
		}
		return err
	})
	done()
	if !begun {
		return err
	}
	if cause := context.Cause(ctx); cause != nil {
		err = cause
	}
	if err != nil {
		return stopReplay(ctx, out, op, &f, err)
	}
	var lacks error
	if job.State == ports.ReplayDone {
		lacks = f.file.lacks(&job)
		whole = lacks == nil
	}
	if err := errors.Join(told.replay(&job), lacks); err != nil {
		return err
	}
	if stands := f.file.stands(); stands != nil && !whole {
		return errors.Join(stands, f.goesOn(out))
	}
	if !whole || job.Unreadable > 0 {
		return &silentExit{code: exitFailed}
	}
	return nil
}

// stopReplay pauses a replay that its operator stops, or that cannot go on here, so
// that no server goes on with it, and says how to go on. One that belongs to a rebuild
// is the server's to go on with.
func stopReplay(ctx context.Context, out *output, op *bootstrap.Operator, f *foreground, cause error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopMargin)
	defer cancel()
	job, err := op.Jobs.ReplayJob(ctx, f.id)
	if err == nil && job.State == ports.ReplayRunning && job.Target.Generation == 0 {
		_, err = op.Replays.Replayer.Pause(ctx, f.id)
	}
	if errors.Is(cause, context.Canceled) {
		cause = nil
	}
	return errors.Join(cause, f.file.stands(), f.goesOn(out), err)
}

// goesOn says how the replay goes on.
func (f *foreground) goesOn(out *output) error {
	return fmt.Errorf("replay %s stops here; %s goes on", f.id, out.hint(append([]string{"replay", "resume", f.id}, f.file.goesOn()...)...))
}

// printing prints each event as a line. Where nothing can be printed any more it
// gives up.
func printing(w io.Writer, giveUp context.CancelCauseFunc) app.ReplayTarget {
	return func(_ context.Context, _ ports.Target, records []ports.Record) []app.Failure {
		for i := range records {
			if _, err := w.Write(append(records[i].Data[:len(records[i].Data):len(records[i].Data)], '\n')); err != nil {
				giveUp(fmt.Errorf("printing: %w", err))
				return []app.Failure{{Index: i, Err: err}}
			}
		}
		return nil
	}
}

// watchEvery is how often the record of a replay is looked at that is shown.
const watchEvery = 250 * time.Millisecond

// watch shows the progress of a replay, whichever process carries it out, until the
// caller calls done.
func watch(ctx context.Context, out *output, op *bootstrap.Operator, id string) (done func()) {
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		show := startProgress(out, "replaying", "events", 0)
		defer show.Done()
		first := int64(-1)
		for ctx.Err() == nil {
			if job, err := op.Jobs.ReplayJob(ctx, id); err == nil {
				if first < 0 {
					first = job.Read
				}
				show.SetTotal(foreseen(&job) - first)
				show.Set(job.Read - first)
			}
			select {
			case <-time.After(watchEvery):
			case <-ctx.Done():
			}
		}
	}()
	return func() { cancel(); <-ended }
}

// foreseen returns how many events a replay will have read at its end, by what the
// objects that it has done were large and held; 0 where none is done yet.
func foreseen(job *ports.ReplayJob) int64 {
	switch {
	case job.BytesDone == 0:
		return 0
	case job.BytesDone >= job.Bytes:
		return job.Read
	}
	// The cursor stands in the object after those.
	whole := max(0, job.Read-job.CursorLine)
	return max(job.Read, int64(float64(whole)*float64(job.Bytes)/float64(job.BytesDone)))
}
