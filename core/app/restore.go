package app

import (
	"context"
	"fmt"
	"time"

	"github.com/evercart/evercart/ports"
)

// Restorer fills an empty store, and its archive, from an archive. What it makes is
// what was archived, commit by commit, snapshots apart.
type Restorer struct {
	Store   ports.EventStore
	Scanner ports.StoreScanner
	// Archive is the store's own, which the objects are copied to; nil: they are
	// where they belong.
	Archive    ports.Archive
	Scratch    ports.Scratch
	Changes    ports.ChangeFeed // nil where the store has none
	Positions  ports.Positions
	Effects    ports.Effects
	Categories []string // what the store may hold
	Now        func() time.Time
	// Progress, if it is not nil, is told how far the work is, by one goroutine at a
	// time.
	Progress func(Step)
	// AfterRestore, if it is not nil, is called when all is restored.
	AfterRestore func(ctx context.Context) error
}

// RestoreReport is what a restore did.
type RestoreReport struct {
	Objects         int64 // archive objects read
	Events          int64 // events in them, duplicates included
	Streams         int64 // in the archive
	Commits         int64 // in the archive
	Appended        int64 // of those, commits that were not in the store yet
	AppendedEvents  int64
	EffectsFrom     time.Time // outward handlers tell of no older event; zero: no event has a time
	RelayFromTheEnd bool      // the relay leaves out what was restored
}

// UnrestorableError says that an archive is not whole, so that nothing was
// restored.
type UnrestorableError struct {
	Faults []Fault // the first 10 000, by stream and version
	Count  int64   // of all
}

func (e *UnrestorableError) Error() string {
	return fmt.Sprintf("the archive is not whole, nothing was restored: %d faults, the first: %s", e.Count, e.Faults[0])
}

// NotEmptyError says that what is to be filled is not empty.
type NotEmptyError struct{ What string }

func (e *NotEmptyError) Error() string { return e.What + ": only an empty store is restored" }

// Restore reads from, checks that every stream in it is whole, and only then
// writes: the objects into the archive, and the commits into the store, those of
// one stream in order. An archive that is not whole is an *UnrestorableError, a
// target that is not empty a *NotEmptyError. Nobody else may write meanwhile.
//
// With resume it goes on with a restore that was cut short, or fills up a store that
// was taken back to an earlier point: what is in the store already is skipped, and
// another commit at its place is refused, by a *ports.ConflictError.
func (r *Restorer) Restore(ctx context.Context, from ports.Archive, resume bool) (RestoreReport, error) {
	run := restoring{Restorer: r, progress: r.Progress}
	if run.progress == nil {
		run.progress = func(Step) {}
	}
	if !resume {
		if err := r.empty(ctx); err != nil {
			return run.report, err
		}
	}
	err := run.all(ctx, from)
	if err == nil && r.AfterRestore != nil {
		err = r.AfterRestore(ctx)
	}
	return run.report, err
}

// empty returns a *NotEmptyError unless store and archive are.
func (r *Restorer) empty(ctx context.Context) error {
	for _, category := range r.Categories {
		for commit, err := range r.Scanner.Scan(ctx, category) {
			if err != nil && !isUnreadable(err) {
				return err
			}
			return &NotEmptyError{What: "the store holds stream " + commit.Stream.String()}
		}
	}
	if r.Archive == nil {
		return nil
	}
	for object, err := range r.Archive.Objects(ctx, time.Time{}, time.Time{}) {
		if err != nil {
			return err
		}
		return &NotEmptyError{What: "the archive holds object " + object.Key}
	}
	return nil
}

// restoring is one restore on its way.
type restoring struct {
	*Restorer
	progress func(Step)
	report   RestoreReport
	newest   time.Time // of all archived events
	pile     ports.Pile
}

func (r *restoring) all(ctx context.Context, from ports.Archive) (err error) {
	if r.pile, err = r.Scratch.NewPile(ctx, comparedParts); err != nil {
		return err
	}
	defer func() { _ = r.pile.Close() }() // it costs room, not truth
	for _, phase := range []func(context.Context, ports.Archive) error{r.read, r.check, r.copy, r.hush, r.append, r.skip} {
		if err := phase(ctx, from); err != nil {
			return err
		}
	}
	return nil
}

// skip lets the relay begin after what was restored.
func (r *restoring) skip(ctx context.Context, _ ports.Archive) (err error) {
	r.report.RelayFromTheEnd, err = r.skipRelay(ctx)
	return err
}

// hush lets the outward handlers begin after what is restored. It comes before the
// first append: a relay that runs meanwhile publishes what is restored.
func (r *restoring) hush(ctx context.Context, _ ports.Archive) error {
	if r.newest.IsZero() {
		return nil
	}
	at, set, err := r.Effects.EffectsFrom(ctx, NotifyName)
	if err != nil {
		return err
	}
	if set && at.After(r.newest) {
		r.report.EffectsFrom = at
		return nil
	}
	r.report.EffectsFrom = r.newest
	return r.Effects.SetEffectsFrom(ctx, NotifyName, r.newest, false)
}
