package app

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/evercart/evercart/ports"
)

const (
	// orphanAfter is how long a generation may lack a replay before somebody else
	// than who began it starts one.
	orphanAfter = 10 * time.Second
	// takeUpAgain is how long a rebuild rests that could not be finished, in polls.
	takeUpAgain = 30
)

// Run takes up running replays, and rebuilds that were begun, which nobody carries
// out, until ctx ends. Several replays run beside each other. All have stopped when
// it returns.
func (r *ReplayRunner) Run(ctx context.Context) {
	t := takeUp{ReplayRunner: r, busy: map[string]bool{}, rest: map[string]int{}}
	defer t.running.Wait()
	for ctx.Err() == nil {
		if err := t.look(ctx); err != nil && ctx.Err() == nil {
			r.Log.WarnContext(ctx, "replays cannot be looked for just now", slog.Any("error", err))
		}
		sleep(ctx, r.poll())
	}
}

// takeUp is one run of Run.
type takeUp struct {
	*ReplayRunner
	running sync.WaitGroup

	mu   sync.Mutex
	busy map[string]bool // replays that are carried out here
	rest map[string]int  // polls for which a replay is left alone
}

// look starts what there is to do.
func (t *takeUp) look(ctx context.Context) error {
	begun, err := t.Rebuilder.Begun(ctx)
	if err != nil {
		return err
	}
	filled := map[ports.Target]bool{} // generations whose newest replay was seen
	for job, err := range allJobs(ctx, t.Replayer.Jobs) {
		if err != nil {
			return err
		}
		_, building := begun[job.Target]
		newest := building && !filled[job.Target]
		filled[job.Target] = true
		switch {
		case !t.Takes(job.Target):
		case job.Target.Generation == 0 && job.State == ports.ReplayRunning,
			newest && (job.State == ports.ReplayRunning || job.State == ports.ReplayDone):
			t.start(ctx, job)
		}
	}
	for target, created := range begun {
		if !filled[target] && t.Takes(target) && t.Rebuilder.now().Sub(created) >= orphanAfter {
			if _, err := t.Rebuilder.Begin(ctx, target.Consumer); err != nil {
				return err
			}
		}
	}
	return nil
}

// start carries out a replay in its own goroutine, unless it is at work already or
// rests.
func (t *takeUp) start(ctx context.Context, job ports.ReplayJob) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.rest[job.ID] > 0 {
		t.rest[job.ID]--
		return
	}
	if t.busy[job.ID] {
		return
	}
	t.busy[job.ID] = true
	t.running.Go(func() {
		ended, err := t.try(ctx, job.ID, nil)
		t.end(ctx, &ended, job.ID, err)
	})
}

// end notes how a try ended.
func (t *takeUp) end(ctx context.Context, job *ports.ReplayJob, id string, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.busy, id)
	switch {
	case err == nil:
		t.Log.InfoContext(ctx, "replay ended", slog.String("replay", id), slog.String("target", job.Target.String()), slog.String("state", string(job.State)))
	case errors.Is(err, ports.ErrLeaseTaken), ctx.Err() != nil:
	default:
		t.rest[id] = takeUpAgain
		t.Log.ErrorContext(ctx, "a replay cannot be ended now and is tried again", slog.String("replay", id), slog.Any("error", err))
	}
}
