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

// carryReplay carries out a replay in the foreground, with progress on stderr, and tells
// how it ended: on stderr where stdout has the events.
func carryReplay(ctx context.Context, out *output, op *bootstrap.Operator, job ports.ReplayJob, file string) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	told := *out
	switch job.Target.Consumer {
	case bootstrap.ReplayToLog:
		told.stdout = out.stderr
		op.Sink.Targets[bootstrap.ReplayToLog] = printing(out.stdout, cancel)
	case exportTarget:
		e, err := openExport(file, cancel)
		if err != nil {
			return err
		}
		defer func() { _ = e.close() }() // every batch is on disk already
		op.Sink.Targets[exportTarget] = e.write
	}
	done := watch(ctx, out, op, job.ID)
	job, err := op.Replays.Carry(ctx, job.ID)
	done()
	if cause := context.Cause(ctx); cause != nil && !errors.Is(cause, context.Canceled) {
		return cause
	}
	if err != nil {
		if ctx.Err() != nil {
			return fmt.Errorf("replay %s stops here; 'evercart replay resume %s' goes on", job.ID, job.ID)
		}
		return err
	}
	if err := told.replay(&job); err != nil {
		return err
	}
	if job.State == ports.ReplayFailed {
		return &silentExit{code: exitFailed}
	}
	return nil
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

// foreseen returns how many events a replay will have read at its end, by the size
// of what it has read; 0 where nothing tells.
func foreseen(job *ports.ReplayJob) int64 {
	if job.BytesDone == 0 {
		return 0
	}
	return int64(float64(job.Read) * float64(max(job.Bytes, job.BytesDone)) / float64(job.BytesDone))
}
