package app

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"time"

	"github.com/evercart/evercart/ports"
)

// Rebuilder builds new generations of views beside the live ones and flips queries
// over to them. A rebuild is Begin, then the replay that it started, then Finish;
// each goes on where an earlier try stopped. It is safe for concurrent use.
type Rebuilder struct {
	Archive ports.Archive
	Catalog ports.ViewCatalog
	Views   ports.ViewStore
	Sink    ports.ReplaySink
	Jobs    ports.ReplayJobs
	Kinds   map[string]ViewKind // by the view's name
	Now     func() time.Time
	Log     *slog.Logger
	// Poll is how often a queue is looked at that is not empty yet; 0: every second.
	Poll time.Duration
}

// ViewKind is what a rebuild must know of a view.
type ViewKind struct {
	Category string // of the streams that it is folded from
	// CatchUp applies from the store what a target lacks of a stream.
	CatchUp func(ctx context.Context, target ports.Target, stream ports.StreamID) error
}

// Begin makes a new generation of a view, into which live events flow from then
// on, and the record of the replay that fills it from the archive. A generation
// that was begun before and never became live is gone on with, and so is its
// replay, unless it failed: then a new one starts. A paused one is a *NotReadyError.
// It makes two records and reads nothing of the archive, which may take long: who
// carries out the replay counts what there is to read.
func (b *Rebuilder) Begin(ctx context.Context, view string) (ports.ReplayJob, error) {
	if _, err := b.kind(view); err != nil {
		return ports.ReplayJob{}, err
	}
	for {
		entry, err := EnsureView(ctx, b.Catalog, view, b.Now())
		if err != nil {
			return ports.ReplayJob{}, err
		}
		if target, begun := begunIn(&entry); begun {
			return b.replayInto(ctx, target, entry.Generations[len(entry.Generations)-1].Created)
		}
		if err := b.addGeneration(ctx, &entry); err != nil && !errors.Is(err, ports.ErrViewMoved) {
			return ports.ReplayJob{}, err
		}
	}
}

func (b *Rebuilder) kind(view string) (ViewKind, error) {
	kind, ok := b.Kinds[view]
	if !ok {
		return kind, &UnknownViewError{View: view, Known: slices.Sorted(maps.Keys(b.Kinds))}
	}
	return kind, nil
}

// begunIn returns the newest generation of a view, and whether it is being built:
// it never was live.
func begunIn(entry *ports.ViewEntry) (ports.Target, bool) {
	if len(entry.Generations) == 0 {
		return ports.Target{}, false
	}
	newest := &entry.Generations[len(entry.Generations)-1]
	return ports.Target{Consumer: entry.Name, Generation: newest.Number}, newest.Flipped.IsZero()
}

// addGeneration adds a generation to the view's entry. Its number was never used:
// the newest generation is never retired.
func (b *Rebuilder) addGeneration(ctx context.Context, entry *ports.ViewEntry) error {
	next := *entry
	number := entry.Generations[len(entry.Generations)-1].Number + 1
	next.Generations = append(slices.Clone(entry.Generations), ports.Generation{Number: number, Created: b.now()})
	return b.Catalog.SaveView(ctx, next)
}

// First sees to it that a view whose consumer has read nothing of the feed yet
// begins whole: where the archive holds events, the feed may have forgotten some
// of them, and First begins a rebuild. It reports whether it did. To be called
// before the view's consumer starts; started says whether the consumer ever came
// anywhere in the feed.
func (b *Rebuilder) First(ctx context.Context, view string, started bool) (bool, error) {
	entry, err := EnsureView(ctx, b.Catalog, view, b.Now())
	if err != nil || started || len(entry.Generations) != 1 || entry.Generations[0].Number != 1 {
		return false, err
	}
	for _, err := range b.Archive.Objects(ctx, time.Time{}, time.Time{}) {
		if err != nil {
			return false, err
		}
		_, err := b.Begin(ctx, view)
		return true, err
	}
	return false, nil
}

// Begun returns the views that have a generation which was begun and never became
// live, and when it was begun.
func (b *Rebuilder) Begun(ctx context.Context) (map[ports.Target]time.Time, error) {
	entries, err := b.Catalog.Views(ctx)
	if err != nil {
		return nil, err
	}
	begun := map[ports.Target]time.Time{}
	for i := range entries {
		if target, is := begunIn(&entries[i]); is {
			begun[target] = entries[i].Generations[len(entries[i].Generations)-1].Created
		}
	}
	return begun, nil
}

func (b *Rebuilder) now() time.Time { return b.Now().UTC().Truncate(time.Microsecond) }
