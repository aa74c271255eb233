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

// Rebuilder builds new generations of views beside the live ones and flips queries
// over to them. It is safe for concurrent use; one view is to be rebuilt by one
// caller at a time.
type Rebuilder struct {
	Catalog ports.ViewCatalog
	Views   ports.ViewStore
	Sink    ports.ReplaySink
	Jobs    ports.ReplayJobs
	// Replayer runs the replay that fills the generation.
	Replayer *Replayer
	// CatchUp applies from the store what a target lacks of a stream, by the name of
	// the view.
	CatchUp map[string]func(ctx context.Context, target ports.Target, stream ports.StreamID) error
	NewID   func() string // makes the IDs of replays
	Now     func() time.Time
	Log     *slog.Logger
	// Poll is how often a queue is looked at that is not empty yet; 0: every second.
	Poll time.Duration
}

// settlePage is how many checkpoints are compared at once.
const settlePage = 1000

// Rebuild builds a new generation of a view from the archive while live events
// flow into it, too, and flips queries over to it when it has caught up. Called
// again after a crash or an error, it goes on with the generation that it began.
// It returns the generation that is live then.
func (b *Rebuilder) Rebuild(ctx context.Context, view, category string) (int, error) {
	if b.CatchUp[view] == nil {
		return 0, fmt.Errorf("there is no view %q", view)
	}
	entry, err := EnsureView(ctx, b.Catalog, view, b.Now())
	if err != nil {
		return 0, err
	}
	target, job, err := b.begin(ctx, &entry, category)
	if err != nil {
		return 0, err
	}
	if job, err = b.Replayer.Run(ctx, job.ID); err != nil {
		return 0, err
	}
	if job.State != ports.ReplayDone {
		return 0, fmt.Errorf("view %s: replay %s is %s; the rebuild goes on when it is called again: %s", view, job.ID, job.State, job.Reason)
	}
	if err := b.settle(ctx, target, ports.Target{Consumer: view, Generation: entry.Live}); err != nil {
		return 0, err
	}
	return target.Generation, b.Flip(ctx, view, target.Generation)
}

// begin returns the generation that is being built and its replay: those of an
// earlier call that did not end, or new ones.
func (b *Rebuilder) begin(ctx context.Context, entry *ports.ViewEntry, category string) (ports.Target, ports.ReplayJob, error) {
	newest := entry.Generations[len(entry.Generations)-1].Number
	target := ports.Target{Consumer: entry.Name, Generation: newest}
	if newest > entry.Live {
		job, err := b.jobOf(ctx, target)
		if err != nil {
			return target, job, err
		}
		switch job.State {
		case ports.ReplayRunning, ports.ReplayDone:
			return target, job, nil
		case ports.ReplayPaused:
			return target, job, fmt.Errorf("view %s: its rebuild by replay %s is paused; resume it first", entry.Name, job.ID)
		case ports.ReplayFailed:
		}
		// Its replay failed or never began: live events flow into it, so it is filled
		// again from the start.
		job, err = b.Replayer.Start(ctx, b.NewID(), target, ports.ReplayFilter{Category: category}, 0)
		return target, job, err
	}
	target.Generation = newest + 1
	if err := b.Views.Drop(ctx, target); err != nil {
		return target, ports.ReplayJob{}, err
	}
	next := *entry
	next.Generations = append(slices.Clone(entry.Generations), ports.Generation{Number: target.Generation, Created: b.now()})
	if err := b.Catalog.SaveView(ctx, next); err != nil {
		return target, ports.ReplayJob{}, err
	}
	job, err := b.Replayer.Start(ctx, b.NewID(), target, ports.ReplayFilter{Category: category}, 0)
	return target, job, err
}

// jobOf returns the newest replay into target; a failed one without an ID where
// there is none.
func (b *Rebuilder) jobOf(ctx context.Context, target ports.Target) (ports.ReplayJob, error) {
	for after := ""; ; {
		jobs, err := b.Jobs.ListReplayJobs(ctx, after, 100)
		if err != nil {
			return ports.ReplayJob{}, err
		}
		for _, job := range jobs {
			if job.Target == target {
				return job, nil
			}
			after = job.ID
		}
		if len(jobs) < 100 {
			return ports.ReplayJob{State: ports.ReplayFailed}, nil
		}
	}
}

// settle waits until nothing is under way to target, and then sees to it that
// every stream stands in it at least where it stands in the live generation. What
// lags is repaired from the store.
func (b *Rebuilder) settle(ctx context.Context, target, live ports.Target) error {
	if err := b.emptied(ctx, target); err != nil {
		return err
	}
	repaired := 0
	for after := ""; ; {
		standing, err := b.Views.ListCheckpoints(ctx, live, after, settlePage)
		if err != nil {
			return err
		}
		n, err := b.level(ctx, target, standing)
		if err != nil {
			return err
		}
		repaired += n
		if len(standing) < settlePage {
			break
		}
		after = standing[len(standing)-1].Stream.String()
	}
	b.Log.InfoContext(ctx, "the new generation has caught up", slog.String("target", target.String()), slog.Int("repaired_streams", repaired))
	parked, err := b.Views.Parked(ctx, target, "", 1)
	if err != nil {
		return err
	}
	if len(parked) > 0 {
		return fmt.Errorf("%s is not made live: stream %s is parked in it: %s", target, parked[0].Stream, parked[0].Parked.Reason)
	}
	return nil
}

// level brings the streams of target up to where they stand in the live
// generation, and returns how many were behind.
func (b *Rebuilder) level(ctx context.Context, target ports.Target, standing []ports.Checkpoint) (int, error) {
	streams := make([]ports.StreamID, len(standing))
	for i := range standing {
		streams[i] = standing[i].Stream
	}
	built, err := b.Views.Checkpoints(ctx, target, streams)
	if err != nil {
		return 0, err
	}
	behind := 0
	for i := range built {
		if built[i].Version >= standing[i].Version {
			continue
		}
		behind++
		if err := b.CatchUp[target.Consumer](ctx, target, streams[i]); err != nil {
			return behind, fmt.Errorf("%s, stream %s: %w", target, streams[i], err)
		}
	}
	return behind, nil
}

func (b *Rebuilder) emptied(ctx context.Context, target ports.Target) error {
	poll := b.Poll
	if poll == 0 {
		poll = time.Second
	}
	for {
		pending, err := b.Sink.Pending(ctx, target)
		if err != nil || pending == 0 {
			return errors.Join(err, ctx.Err())
		}
		sleep(ctx, poll)
		if err := ctx.Err(); err != nil {
			return err
		}
	}
}

func (b *Rebuilder) now() time.Time { return b.Now().UTC().Truncate(time.Microsecond) }
