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

// Flip lets queries read another generation of a view, which must be fed and have
// no parked stream: forward at the end of a rebuild, or back. One conditional
// write does it. A generation that is live already stays so.
func (b *Rebuilder) Flip(ctx context.Context, view string, generation int) error {
	for {
		entry, err := b.Catalog.View(ctx, view)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(entry.Generations, func(g ports.Generation) bool { return g.Number == generation })
		if i < 0 {
			return fmt.Errorf("view %s has no generation %d", view, generation)
		}
		if entry.Live == generation {
			return nil
		}
		parked, err := b.Views.Parked(ctx, ports.Target{Consumer: view, Generation: generation}, "", 1)
		if err != nil {
			return err
		}
		if len(parked) > 0 {
			return fmt.Errorf("view %s, generation %d has parked streams, %s first", view, generation, parked[0].Stream)
		}
		entry.Generations = slices.Clone(entry.Generations)
		entry.Live, entry.Generations[i].Flipped = generation, b.now()
		if err := b.Catalog.SaveView(ctx, entry); !errors.Is(err, ports.ErrViewMoved) {
			return err
		}
	}
}

// Retire stops feeding generations that are older than the live one and were not
// needed for keep since the last flip, and deletes their rows. It returns what it
// retired. Until then a flip can be taken back.
func (b *Rebuilder) Retire(ctx context.Context, keep time.Duration) ([]ports.Target, error) {
	entries, err := b.Catalog.Views(ctx)
	if err != nil {
		return nil, err
	}
	var retired []ports.Target
	for _, entry := range entries {
		live := slices.IndexFunc(entry.Generations, func(g ports.Generation) bool { return g.Number == entry.Live })
		if live <= 0 || b.now().Sub(entry.Generations[live].Flipped) < keep {
			continue
		}
		old := entry.Generations[:live]
		entry.Generations = slices.Clone(entry.Generations[live:])
		if err := b.Catalog.SaveView(ctx, entry); err != nil {
			if errors.Is(err, ports.ErrViewMoved) {
				continue // somebody flips or rebuilds: another time
			}
			return retired, err
		}
		for _, g := range old {
			target := ports.Target{Consumer: entry.Name, Generation: g.Number}
			if err := b.Views.Drop(ctx, target); err != nil {
				return retired, fmt.Errorf("%s is retired, but its rows stay: %w", target, err)
			}
			b.Log.InfoContext(ctx, "generation retired", slog.String("target", target.String()))
			retired = append(retired, target)
		}
	}
	return retired, nil
}
