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
const settlePage = 500

// Finish flips queries over to a generation whose replay is done, once nothing is
// under way to it, every stream stands in it at least where it stands in the live
// generation, and none is parked. What lags is repaired from the store. A
// generation that was live before is left as it is.
func (b *Rebuilder) Finish(ctx context.Context, target ports.Target) error {
	_, _, building, err := b.standing(ctx, target)
	if err != nil || !building {
		return err
	}
	if err := b.emptied(ctx, target); err != nil {
		return err
	}
	for after := ""; ; {
		if after, err = b.FinishFrom(ctx, target, after); err != nil || after == "" {
			return err
		}
	}
}

// FinishFrom is Finish piece by piece, for callers that have not time for all of it
// and have seen that nothing is under way to target. It brings up some hundred streams
// after the one named (empty: from the first) and returns the last of them, to go on
// after; after the last piece it flips, and returns an empty name.
func (b *Rebuilder) FinishFrom(ctx context.Context, target ports.Target, after string) (next string, err error) {
	kind, live, building, err := b.standing(ctx, target)
	if err != nil || !building {
		return "", err
	}
	streams, err := b.Views.ListCheckpoints(ctx, live, after, settlePage)
	if err != nil {
		return after, err
	}
	behind, err := b.level(ctx, kind, target, streams)
	if behind > 0 {
		b.Log.InfoContext(ctx, "streams of a new generation lagged and are repaired", slog.String("target", target.String()), slog.Int("streams", behind))
	}
	if err != nil {
		return after, err
	}
	if len(streams) == settlePage {
		return streams[len(streams)-1].Stream.String(), nil
	}
	b.Log.InfoContext(ctx, "the new generation has caught up", slog.String("target", target.String()))
	return "", b.flip(ctx, target, true)
}

// standing returns the live generation of target's view, and whether target is still
// being built: it never was live.
func (b *Rebuilder) standing(ctx context.Context, target ports.Target) (kind ViewKind, live ports.Target, building bool, err error) {
	if kind, err = b.kind(target.Consumer); err != nil {
		return kind, live, false, err
	}
	entry, err := b.Catalog.View(ctx, target.Consumer)
	if err != nil {
		return kind, live, false, err
	}
	generation, err := generationOf(&entry, target.Generation)
	if err != nil {
		return kind, live, false, err
	}
	return kind, ports.Target{Consumer: target.Consumer, Generation: entry.Live}, generation.Flipped.IsZero(), nil
}

func generationOf(entry *ports.ViewEntry, number int) (*ports.Generation, error) {
	i := slices.IndexFunc(entry.Generations, func(g ports.Generation) bool { return g.Number == number })
	if i < 0 {
		return nil, &NotReadyError{
			ports.Target{Consumer: entry.Name, Generation: number}, fmt.Sprintf("view %s has no generation %d", entry.Name, number),
		}
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
