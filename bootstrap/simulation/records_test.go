package simulation_test

import (
	"context"
	"time"

	"github.com/evercart/evercart/ports"
)

// What else stands in the table of views: effects, quarantine, and records of
// replays.

// EffectsFrom implements ports.Effects.
func (v *views) EffectsFrom(ctx context.Context, handler string) (at time.Time, set bool, err error) {
	err = v.ask(ctx, "effects of "+handler, func(ctx context.Context) error {
		var err error
		at, set, err = v.effects.EffectsFrom(ctx, handler)
		return err
	})
	return at, set, err
}

// SetEffectsFrom implements ports.Effects.
func (v *views) SetEffectsFrom(ctx context.Context, handler string, at time.Time, onlyNew bool) error {
	return v.ask(ctx, "set effects of "+handler, func(ctx context.Context) error {
		return v.effects.SetEffectsFrom(ctx, handler, at, onlyNew)
	})
}

// PutQuarantined implements ports.Quarantine.
func (v *views) PutQuarantined(ctx context.Context, item ports.Quarantined) error {
	return v.ask(ctx, "quarantine "+item.ID(), func(ctx context.Context) error { return v.quarantine.PutQuarantined(ctx, item) })
}

// ListQuarantined implements ports.Quarantine.
func (v *views) ListQuarantined(ctx context.Context, after string, limit int) ([]ports.Quarantined, error) {
	return v.quarantine.ListQuarantined(ctx, after, limit)
}

// RemoveQuarantined implements ports.Quarantine.
func (v *views) RemoveQuarantined(ctx context.Context, id string) error {
	return v.quarantine.RemoveQuarantined(ctx, id)
}

// SaveReplayJob implements ports.ReplayJobs.
func (v *views) SaveReplayJob(ctx context.Context, job ports.ReplayJob) (out ports.ReplayJob, err error) {
	err = v.ask(ctx, "save replay "+job.ID, func(ctx context.Context) error {
		var err error
		out, err = v.jobs.SaveReplayJob(ctx, job)
		return err
	})
	return out, err
}

// ReplayJob implements ports.ReplayJobs.
func (v *views) ReplayJob(ctx context.Context, id string) (out ports.ReplayJob, err error) {
	err = v.ask(ctx, "replay "+id, func(ctx context.Context) error {
		var err error
		out, err = v.jobs.ReplayJob(ctx, id)
		return err
	})
	return out, err
}

// ListReplayJobs implements ports.ReplayJobs.
func (v *views) ListReplayJobs(ctx context.Context, after string, limit int) (out []ports.ReplayJob, err error) {
	err = v.ask(ctx, "list replays", func(ctx context.Context) error {
		var err error
		out, err = v.jobs.ListReplayJobs(ctx, after, limit)
		return err
	})
	return out, err
}
