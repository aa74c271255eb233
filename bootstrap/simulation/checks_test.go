package simulation_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/core/cart"
	"github.com/evercart/evercart/core/es"
	"github.com/evercart/evercart/ports"
)

// history is every commit of the store, by cart.
type history map[ports.StreamID][]ports.Commit

// judge checks at the end all that is promised, with what an operator can read.
func (w *world) judge(r *result) error {
	return w.asOperator("judge", func(ctx context.Context) error {
		all := history{}
		for commit, err := range w.scanner.Scan(ctx, cart.Category) {
			if err != nil {
				return err
			}
			all[commit.Stream] = append(all[commit.Stream], commit)
		}
		report, err := app.NewVerifier(cart.Aggregate{}, w.proof()).Verify(ctx)
		if err != nil {
			return err
		}
		r.events, r.commits = int(report.Events), int(report.Commits)
		return errors.Join(
			verified(&report), w.shopping.acknowledged(all), w.shopping.answersTrue(all), w.feedInOrder(), w.told(ctx, all), w.nothingParked(ctx), w.nothingLeft(ctx), w.quarantined(ctx),
			w.folded(ctx, cart.CartsView{}, all), w.folded(ctx, cart.RelatedView{}, all), errors.Join(w.db.faults...), errors.Join(w.strange...), w.neverReplaced(), w.older.kept(all),
		)
	})
}

// verified: every committed event is in the archive, and nothing is wrong with
// either.
func verified(report *app.VerifyReport) error {
	if report.Count == 0 && report.Waiting == 0 {
		return nil
	}
	return fmt.Errorf("verify finds %d faults, %d waiting: %v", report.Count, report.Waiting, report.Faults)
}

// acknowledged: each command that was answered as recorded is recorded, there, and
// none is recorded twice.
func (s *shopping) acknowledged(all history) error {
	var faults []error
	for _, o := range s.orders {
		at := o.recordedIn(all)
		if len(at) > 1 {
			faults = append(faults, fmt.Errorf("command %s is recorded at versions %v", o.id, at))
			continue
		}
		for _, a := range o.answers {
			if (a.Recorded || a.Replayed) && !slices.Equal(at, []ports.Version{ports.Version(a.Version)}) {
				faults = append(faults, fmt.Errorf("command %s was acknowledged at version %d and is recorded at %v", o.id, a.Version, at))
			}
		}
	}
	return errors.Join(faults...)
}

// neverReplaced: an object of the archive is written once.
func (w *world) neverReplaced() error {
	if replaced := w.storage.buckets[archiveBucket].replaced; len(replaced) > 0 {
		return fmt.Errorf("objects of the archive were written over: %v", replaced)
	}
	return nil
}

// told: the outside world heard of every event that it is to hear of, and of no
// other.
func (w *world) told(ctx context.Context, all history) error {
	from, set, err := w.views.EffectsFrom(ctx, app.NotifyName)
	if err != nil || !set && len(all) > 0 {
		return errors.Join(err, errors.New("notify never began"))
	}
	var faults []error
	wanted := map[string]bool{}
	for _, commits := range all {
		for _, c := range commits {
			for _, e := range c.Events {
				wants := e.Type == cart.NameCartClosed || e.Type == cart.NameShopperReminded
				wanted[e.ID] = wants && !e.Time.Before(from)
				if wanted[e.ID] && w.receiver.told[e.ID] == 0 {
					faults = append(faults, fmt.Errorf("nobody was told of %s of %s, version %d", e.Type, e.Stream, e.Version))
				}
			}
		}
	}
	for id := range w.receiver.told {
		if !wanted[id] {
			faults = append(faults, fmt.Errorf("the outside world was told of event %s", id))
		}
	}
	return errors.Join(faults...)
}

// nothingParked: no fault of the services parks a stream for good.
func (w *world) nothingParked(ctx context.Context) error {
	targets, err := w.targets(ctx)
	faults := []error{err}
	for _, target := range targets {
		parked, err := w.views.Parked(ctx, target, "", 100)
		faults = append(faults, err)
		for i := range parked {
			faults = append(faults, fmt.Errorf("%s of %s is parked: %s", parked[i].Stream, target, parked[i].Parked.Reason))
		}
	}
	return errors.Join(faults...)
}

// targets returns all that keeps checkpoints.
func (w *world) targets(ctx context.Context) ([]ports.Target, error) {
	targets := []ports.Target{app.NotifyTarget()}
	entries, err := w.views.Views(ctx)
	for _, e := range entries {
		for _, g := range e.Generations {
			targets = append(targets, ports.Target{Consumer: e.Name, Generation: g.Number})
		}
	}
	return targets, err
}

// quarantined: what nobody can read is in the quarantine, once a consumer, and
// nothing else.
func (w *world) quarantined(ctx context.Context) error {
	items, err := w.views.ListQuarantined(ctx, "", 1000)
	if err != nil {
		return err
	}
	litter := 0
	for i := range items {
		if !strings.HasPrefix(string(items[i].Payload), "litter") {
			return fmt.Errorf("%s is in quarantine: %s", items[i].ID(), items[i].Reason)
		}
		litter++
	}
	if want := 4 * w.plan.injected["kinesis: unreadable record"]; litter != want {
		return fmt.Errorf("%d unreadable records are in quarantine, want %d", litter, want)
	}
	return nil
}

// folded: in each of its generations, a view has the rows of a fold of the store,
// and stands at the end of every stream.
func (w *world) folded(ctx context.Context, view es.View[cart.State], all history) error {
	var want []ports.Row
	heads := map[string]ports.Version{}
	for stream, commits := range all {
		state := cart.Aggregate{}.Initial()
		version := ports.Version(0)
		for _, c := range commits {
			for i := range c.Events {
				next, err := cart.Aggregate{}.Apply(state, &c.Events[i])
				if err != nil {
					return err
				}
				state, version = next, c.Events[i].Version
			}
		}
		want = append(want, view.Rows(stream, version, state)...)
		heads[stream.String()] = version
	}
	entry, err := w.views.View(ctx, view.Name())
	faults := []error{err, w.reached(ctx, app.NotifyTarget(), heads)}
	for _, g := range entry.Generations {
		target := ports.Target{Consumer: view.Name(), Generation: g.Number}
		faults = append(faults, w.reached(ctx, target, heads), w.same(ctx, target, want))
	}
	return errors.Join(faults...)
}

func (w *world) reached(ctx context.Context, target ports.Target, heads map[string]ports.Version) error {
	checkpoints, err := w.views.ListCheckpoints(ctx, target, "", 1000)
	faults := []error{err}
	seen := 0
	for i := range checkpoints {
		c := &checkpoints[i]
		seen++
		if c.Version != heads[c.Stream.String()] {
			faults = append(faults, fmt.Errorf("%s stands at version %d of %s, which ends at %d", target, c.Version, c.Stream, heads[c.Stream.String()]))
		}
	}
	if seen != len(heads) {
		faults = append(faults, fmt.Errorf("%s has %d streams, the store %d", target, seen, len(heads)))
	}
	return errors.Join(faults...)
}

func (w *world) same(ctx context.Context, target ports.Target, want []ports.Row) error {
	got, err := w.rows(ctx, target)
	if err != nil {
		return err
	}
	text := func(rows []ports.Row) []string {
		out := make([]string, len(rows))
		for i, r := range rows {
			out[i] = fmt.Sprintf("%s %s %s", r.Partition, r.Sort, r.Value)
		}
		slices.Sort(out)
		return out
	}
	if a, b := text(got), text(want); !slices.Equal(a, b) {
		return fmt.Errorf("%s has the rows\n%s\na fold of the store\n%s", target, strings.Join(a, "\n"), strings.Join(b, "\n"))
	}
	return nil
}
