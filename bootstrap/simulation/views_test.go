package simulation_test

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/evercart/evercart/adapters/memory"
	"github.com/evercart/evercart/ports"
)

// errSimulated is a fault that may pass, as adapters report it.
var errSimulated = fmt.Errorf("%w: simulated", ports.ErrUnavailable)

// ask is a call of something whose adapter is not simulated: faults come as the
// ports speak of them.
func ask(ctx context.Context, w *world, service, what string, effect func() error) error {
	var err error
	f, ended := w.call(ctx, service, what, func() { err = effect() })
	switch {
	case ended != nil:
		return ended
	case f.failed():
		return errSimulated
	}
	return err
}

// views is the table of views: rows, checkpoints and the catalog, in memory, behind
// a network.
type views struct {
	w *world
	*memory.ViewStore
	catalog    *memory.ViewCatalog
	effects    *memory.Effects
	quarantine *memory.Quarantine
	jobs       *memory.ReplayJobs
	partitions map[ports.Target]map[string]bool // all that ever had a row
}

func newViews(w *world) *views {
	return &views{
		w: w, ViewStore: memory.NewViewStore(), catalog: memory.NewViewCatalog(), effects: memory.NewEffects(),
		quarantine: memory.NewQuarantine(), jobs: memory.NewReplayJobs(), partitions: map[ports.Target]map[string]bool{},
	}
}

func (v *views) ask(ctx context.Context, what string, effect func(ctx context.Context) error) error {
	return ask(ctx, v.w, "views", what, func() error { return effect(context.WithoutCancel(ctx)) })
}

func (v *views) Checkpoints(ctx context.Context, of ports.Target, streams []ports.StreamID) (out []ports.Checkpoint, err error) {
	err = v.ask(ctx, fmt.Sprintf("checkpoints of %s: %d", of, len(streams)), func(ctx context.Context) error {
		var err error
		out, err = v.ViewStore.Checkpoints(ctx, of, streams)
		return err
	})
	return out, err
}

// Apply is one transaction for each change: each has a fate of its own.
func (v *views) Apply(ctx context.Context, to ports.Target, changes []ports.ViewChange) []error {
	errs := make([]error, len(changes))
	err := v.ask(ctx, fmt.Sprintf("apply to %s: %d", to, len(changes)), func(ctx context.Context) error {
		for i := range changes {
			switch {
			case v.w.plan.hits(v.w, v.w.plan.fates[refused], "views: transaction refused"):
				errs[i] = errSimulated
				continue
			case v.w.plan.hits(v.w, v.w.plan.fates[lost], "views: transaction's answer lost"):
				_ = v.apply(ctx, to, &changes[i]) // nobody hears of it
				errs[i] = errSimulated
				continue
			}
			errs[i] = v.apply(ctx, to, &changes[i])
		}
		return nil
	})
	if err != nil {
		return slices.Repeat([]error{err}, len(changes))
	}
	return errs
}

func (v *views) apply(ctx context.Context, to ports.Target, change *ports.ViewChange) error {
	if v.w.mutant.unconditional {
		standing, err := v.ViewStore.Checkpoints(ctx, to, []ports.StreamID{change.Checkpoint.Stream})
		if err != nil {
			return err
		}
		change.Checkpoint.Revision = standing[0].Revision
	}
	err := v.ViewStore.Apply(ctx, to, []ports.ViewChange{*change})[0]
	if err != nil {
		return err
	}
	if v.partitions[to] == nil {
		v.partitions[to] = map[string]bool{}
	}
	for _, row := range change.Put {
		v.partitions[to][row.Partition] = true
	}
	c := &change.Checkpoint
	v.w.note("%s: %s at version %d, parked %v", to, c.Stream, c.Version, c.Parked != nil)
	return nil
}

// dump returns all rows of a target.
func (v *views) dump(ctx context.Context, of ports.Target) ([]ports.Row, error) {
	var rows []ports.Row
	for _, partition := range slices.Sorted(maps.Keys(v.partitions[of])) {
		some, err := v.Query(ctx, of, ports.RowQuery{Partition: partition, Limit: 1 << 30})
		if err != nil {
			return nil, err
		}
		rows = append(rows, some...)
	}
	return rows, nil
}

func (v *views) Parked(ctx context.Context, of ports.Target, after string, limit int) (out []ports.Checkpoint, err error) {
	err = v.ask(ctx, "parked of "+of.String(), func(ctx context.Context) error {
		var err error
		out, err = v.ViewStore.Parked(ctx, of, after, limit)
		return err
	})
	return out, err
}

func (v *views) ListCheckpoints(ctx context.Context, of ports.Target, after string, limit int) (out []ports.Checkpoint, err error) {
	err = v.ask(ctx, "list checkpoints of "+of.String(), func(ctx context.Context) error {
		var err error
		out, err = v.ViewStore.ListCheckpoints(ctx, of, after, limit)
		return err
	})
	return out, err
}

// View implements ports.ViewCatalog.
func (v *views) View(ctx context.Context, name string) (out ports.ViewEntry, err error) {
	err = v.ask(ctx, "catalog of "+name, func(ctx context.Context) error {
		var err error
		out, err = v.catalog.View(ctx, name)
		return err
	})
	return out, err
}

// Views implements ports.ViewCatalog.
func (v *views) Views(ctx context.Context) (out []ports.ViewEntry, err error) {
	err = v.ask(ctx, "catalog", func(ctx context.Context) error {
		var err error
		out, err = v.catalog.Views(ctx)
		return err
	})
	return out, err
}

// SaveView implements ports.ViewCatalog.
func (v *views) SaveView(ctx context.Context, entry ports.ViewEntry) error {
	return v.ask(ctx, "save catalog of "+entry.Name, func(ctx context.Context) error { return v.catalog.SaveView(ctx, entry) })
}
