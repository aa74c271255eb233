package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/evercart/evercart/ports"
)

// ReplayRunner carries out replays and rebuilds, each in one process at a time: a
// lease says in which. It is safe for concurrent use.
type ReplayRunner struct {
	Replayer  *Replayer
	Rebuilder *Rebuilder
	Leases    ports.Leases
	// Takes reports whether this process can carry out replays to a target.
	Takes func(target ports.Target) bool
	Log   *slog.Logger
	// Poll is how often it is looked whether there is something to do; 0: every
	// second.
	Poll time.Duration
}

// Carry carries out a replay, and the end of the rebuild that it belongs to, until
// it is done, paused or failed, and returns its record. Faults that pass are tried
// again until ctx ends. Where another process is at it, Carry waits, and takes over
// if that one dies.
func (r *ReplayRunner) Carry(ctx context.Context, id string) (ports.ReplayJob, error) {
	return r.carry(ctx, id, nil)
}

// CarryNew is Carry of a replay that begin makes, or lets run again. It has the
// replay's lease when it calls begin, so that no other process takes the replay up
// first; unless another is at it already.
func (r *ReplayRunner) CarryNew(ctx context.Context, id string, begin func(ctx context.Context) error) (ports.ReplayJob, error) {
	lease, err := r.Leases.TryLease(ctx, ReplayLease(id))
	if err != nil && !errors.Is(err, ports.ErrLeaseTaken) {
		return ports.ReplayJob{}, err
	}
	if err := begin(ctx); err != nil {
		if lease != nil {
			err = errors.Join(err, lease.Release())
		}
		return ports.ReplayJob{}, err
	}
	return r.carry(ctx, id, lease)
}

// carry is Carry; lease is the replay's, where the caller has it.
func (r *ReplayRunner) carry(ctx context.Context, id string, lease ports.Lease) (ports.ReplayJob, error) {
	for failed := 0; ; lease = nil {
		job, err := r.try(ctx, id, lease)
		switch {
		case err == nil:
			return job, nil
		case errors.Is(err, ports.ErrLeaseTaken):
			job, err := r.Replayer.Jobs.ReplayJob(ctx, id)
			if err != nil || job.State == ports.ReplayPaused || job.State == ports.ReplayFailed {
				return job, err
			}
			failed = 0
		case ctx.Err() != nil || !errors.Is(err, ports.ErrUnavailable):
			return job, err
		default:
			failed++
			r.Log.WarnContext(ctx, "a replay failed and is tried again", slog.String("replay", id), slog.Any("error", err))
		}
		sleep(ctx, r.poll()<<min(failed, 5))
		if err := ctx.Err(); err != nil {
			return job, err
		}
	}
}

// ReplayLease names the lease under which a replay is carried out.
func ReplayLease(id string) string { return "replay-" + id }

// try carries out a replay, under its lease where the caller has it, and gives that
// back. Otherwise it is ports.ErrLeaseTaken where somebody else carries it out.
func (r *ReplayRunner) try(ctx context.Context, id string, lease ports.Lease) (job ports.ReplayJob, err error) {
	if lease == nil {
		if lease, err = r.Leases.TryLease(ctx, ReplayLease(id)); err != nil {
			return ports.ReplayJob{}, err
		}
	}
	defer func() { err = errors.Join(err, lease.Release()) }()
	job, err = r.Replayer.Run(ctx, id)
	if err != nil || job.State != ports.ReplayDone || job.Target.Generation == 0 {
		return job, err
	}
	return job, r.Rebuilder.Finish(ctx, job.Target)
}

// Rebuild builds a new generation of a view from the archive, while live events
// flow into it, too, and flips queries over to it when it has caught up. Called
// again after a crash, an error or a stop, it goes on. begun, if it is not nil, is
// told the replay's record before the work begins. It returns the generation that
// is live then.
func (r *ReplayRunner) Rebuild(ctx context.Context, view string, begun func(ports.ReplayJob)) (int, error) {
	job, err := r.Rebuilder.Begin(ctx, view)
	if err != nil {
		return 0, err
	}
	if begun != nil {
		begun(job)
	}
	job, err = r.Carry(ctx, job.ID)
	if err != nil {
		return 0, err
	}
	switch job.State {
	case ports.ReplayDone:
		return job.Target.Generation, nil
	case ports.ReplayFailed:
		return 0, fmt.Errorf("%s: its replay %s failed: %s", job.Target, job.ID, job.Reason)
	default:
		return 0, fmt.Errorf("%s: its replay %s is %s", job.Target, job.ID, job.State)
	}
}

func (r *ReplayRunner) poll() time.Duration {
	if r.Poll == 0 {
		return time.Second
	}
	return r.Poll
}
