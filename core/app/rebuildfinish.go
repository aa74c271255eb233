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

// settlePage is how many checkpoints are compared at once.
const settlePage = 1000

// Finish flips queries over to a generation whose replay is done, once nothing is
// under way to it, every stream stands in it at least where it stands in the live
// generation, and none is parked. What lags is repaired from the store. A
// generation that was live before is left as it is.
func (b *Rebuilder) Finish(ctx context.Context, target ports.Target) error {
	kind, err := b.kind(target.Consumer)
	if err != nil {
		return err
	}
	entry, err := b.Catalog.View(ctx, target.Consumer)
	if err != nil {
		return err
	}
	generation, err := generationOf(&entry, target.Generation)
	if err != nil || !generation.Flipped.IsZero() {
		return err
	}
	if err := b.emptied(ctx, target); err != nil {
		return err
	}
	live := ports.Target{Consumer: target.Consumer, Generation: entry.Live}
	repaired, err := b.settle(ctx, kind, target, live)
	if err != nil {
		return err
	}
	b.Log.InfoContext(ctx, "the new generation has caught up", slog.String("target", target.String()), slog.Int("repaired_streams", repaired))
	return b.flip(ctx, target)
}

func generationOf(entry *ports.ViewEntry, number int) (*ports.Generation, error) {
	i := slices.IndexFunc(entry.Generations, func(g ports.Generation) bool { return g.Number == number })
	if i < 0 {
		return nil, fmt.Errorf("view %s has no generation %d", entry.Name, number)
	}
	return &entry.Generations[i], nil
}

// emptied waits until nothing is under way to target.
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
	}
}

// settle brings every stream of target at least to where it stands in the live
// generation, and returns how many were behind.
func (b *Rebuilder) settle(ctx context.Context, kind ViewKind, target, live ports.Target) (int, error) {
	repaired := 0
	for after := ""; ; {
		standing, err := b.Views.ListCheckpoints(ctx, live, after, settlePage)
		if err != nil {
			return repaired, err
		}
		n, err := b.level(ctx, kind, target, standing)
		repaired += n
		if err != nil || len(standing) < settlePage {
			return repaired, err
		}
		after = standing[len(standing)-1].Stream.String()
	}
}

// level brings the streams of target up to where they stand in the live
// generation, and returns how many were behind.
func (b *Rebuilder) level(ctx context.Context, kind ViewKind, target ports.Target, standing []ports.Checkpoint) (int, error) {
	if len(standing) == 0 {
		return 0, nil
	}
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
		if err := kind.CatchUp(ctx, target, streams[i]); err != nil {
			return behind, fmt.Errorf("%s, stream %s: %w", target, streams[i], err)
		}
	}
	return behind, nil
}
