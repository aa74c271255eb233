package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/evercart/evercart/ports"
)

// Flip lets queries read another generation of a view that was live before and is
// still fed. Generation 0 is the one that was live last before the one that is live
// now. It returns the generation that is live then; one that is live already stays
// so. A generation that cannot be made live is a *NotReadyError, and a view that
// there is not an *UnknownViewError.
func (b *Rebuilder) Flip(ctx context.Context, view string, number int) (int, error) {
	if _, err := b.kind(view); err != nil {
		return 0, err
	}
	entry, err := b.Catalog.View(ctx, view)
	if err != nil {
		return 0, err
	}
	if number == 0 {
		if number = liveBefore(&entry); number == 0 {
			return 0, &NotReadyError{ports.Target{Consumer: view}, fmt.Sprintf("view %s has no other generation that was live before", view)}
		}
	}
	generation, err := generationOf(&entry, number)
	if err != nil {
		return 0, err
	}
	if generation.Flipped.IsZero() {
		return 0, &NotReadyError{
			ports.Target{Consumer: view, Generation: number},
			fmt.Sprintf("generation %d of view %s is still being built; a rebuild goes on with it", number, view),
		}
	}
	return number, b.flip(ctx, ports.Target{Consumer: view, Generation: number}, false)
}

// liveBefore returns the generation that was live last, other than the live one; 0
// where there is none.
func liveBefore(entry *ports.ViewEntry) int {
	var last ports.Generation
	for _, g := range entry.Generations {
		if g.Number != entry.Live && g.Flipped.After(last.Flipped) {
			last = g
		}
	}
	return last.Number
}

// flip makes a generation live by one conditional write. It must have no parked
// stream. With first it leaves one alone that was live before: whoever finishes a
// rebuild late does not undo a flip that was taken back meanwhile.
func (b *Rebuilder) flip(ctx context.Context, target ports.Target, first bool) error {
	for {
		entry, err := b.Catalog.View(ctx, target.Consumer)
		if err != nil {
			return err
		}
		generation, err := generationOf(&entry, target.Generation)
		if err != nil || entry.Live == target.Generation || first && !generation.Flipped.IsZero() {
			return err
		}
		parked, err := b.Views.Parked(ctx, target, "", 1)
		if err != nil {
			return err
		}
		if len(parked) > 0 {
			return &NotReadyError{target, fmt.Sprintf("%s is not made live: stream %s is parked in it: %s", target, parked[0].Stream, parked[0].Parked.Reason)}
		}
		entry.Live, generation.Flipped = target.Generation, b.now()
		if err := b.Catalog.SaveView(ctx, entry); !errors.Is(err, ports.ErrViewMoved) {
			return err
		}
	}
}

// Retire stops feeding the generations that are older than the live one, when that
// has been live for keep, and deletes their rows. It returns what it retired. Until
// then a flip can be taken back.
func (b *Rebuilder) Retire(ctx context.Context, keep time.Duration) ([]ports.Target, error) {
	entries, err := b.Catalog.Views(ctx)
	if err != nil {
		return nil, err
	}
	var retired []ports.Target
	for _, entry := range entries {
		live, err := generationOf(&entry, entry.Live)
		if err != nil {
			return retired, err
		}
		if live == &entry.Generations[0] || b.now().Sub(live.Flipped) < keep {
			continue
		}
		next := entry
		next.Generations = nil
		for _, g := range entry.Generations {
			if g.Number >= entry.Live {
				next.Generations = append(next.Generations, g)
			}
		}
		err = b.Catalog.SaveView(ctx, next)
		if errors.Is(err, ports.ErrViewMoved) {
			continue // somebody flips or rebuilds: another time
		}
		if err != nil {
			return retired, err
		}
		for _, g := range entry.Generations[:len(entry.Generations)-len(next.Generations)] {
			target := ports.Target{Consumer: entry.Name, Generation: g.Number}
			retired = append(retired, target)
			if err := b.Views.Drop(ctx, target); err != nil {
				return retired, fmt.Errorf("%s is retired, but its rows stay: %w", target, err)
			}
			b.Log.InfoContext(ctx, "generation retired", slog.String("target", target.String()))
		}
	}
	return retired, nil
}

// Sweep deletes what rows are left of generations that were retired: a process may
// have died, or a consumer may have been in the middle of a batch.
func (b *Rebuilder) Sweep(ctx context.Context) error {
	entries, err := b.Catalog.Views(ctx)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		for number := 1; number < entry.Generations[0].Number; number++ {
			if err := b.Views.Drop(ctx, ports.Target{Consumer: entry.Name, Generation: number}); err != nil {
				return err
			}
		}
	}
	return nil
}
