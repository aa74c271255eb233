package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/evercart/evercart/ports"
)

// forkError says that two events claim one version of a stream.
type forkError struct {
	Version    ports.Version
	Have, Came string // event IDs
}

func (e *forkError) Error() string {
	return fmt.Sprintf("fork: version %d was applied as event %s and came again as event %s", e.Version, e.Have, e.Came)
}

// settle notes in the step's checkpoint that the event after it failed, if it did,
// and parks the stream where that is due.
func (t *tracker) settle(ctx context.Context, s *step) {
	if s.fault == nil || ctx.Err() != nil {
		return
	}
	c := &s.change.Checkpoint
	now := t.opt.Now().UTC().Truncate(time.Microsecond)
	if passes(ctx, s.fault) {
		if c.FailingSince.IsZero() || c.FailingSince.After(now) { // the clock was set back
			c.FailingSince = now
		}
		if now.Sub(c.FailingSince) >= t.opt.TransientAfter {
			t.park(s, &ports.Parked{Transient: true, RetryAt: now.Add(t.opt.RetryEvery)}, now)
		}
	} else {
		c.FailingSince = time.Time{}
		c.Failures++
		var fork *forkError
		if c.Failures >= t.opt.ParkAfter || errors.As(s.fault, &fork) {
			t.park(s, &ports.Parked{}, now)
		}
	}
	s.changed = true
}

// unstored returns the failures of a step whose change was not stored. Where it never
// will be, say because a row is too large, that counts as its stream's own fault: it
// is noted in the checkpoint that the step began at, which parks the stream where
// that is due.
func (t *tracker) unstored(ctx context.Context, target ports.Target, s *step, err error) []Failure {
	noted := &step{run: s.run, from: s.from, change: ports.ViewChange{Checkpoint: s.from}, fault: err}
	if !passes(ctx, err) {
		t.settle(ctx, noted)
	}
	if !noted.changed || t.views.Apply(ctx, target, []ports.ViewChange{noted.change})[0] != nil {
		return s.run.failBeyond(s.from.Version, err)
	}
	t.count(ctx, target, noted)
	return noted.failures()
}

func (t *tracker) park(s *step, parked *ports.Parked, now time.Time) {
	reached := s.change.Checkpoint.Version
	parked.Reason = s.fault.Error()
	parked.Since = now
	parked.Version = reached + 1
	var fork *forkError
	if errors.As(s.fault, &fork) {
		parked.Version = fork.Version
		parked.EventID = fork.Came
	}
	for _, d := range s.run.deliveries {
		if d.event.Version <= reached {
			continue
		}
		parked.Held++
		s.held++
		if d.event.Version == reached+1 {
			parked.EventID = d.event.ID
		}
	}
	s.change.Checkpoint.Parked = parked
}

// count meters a stored step, and logs a stream that was parked by it.
func (t *tracker) count(ctx context.Context, target ports.Target, s *step) {
	m, name := t.opt.Meter, t.name
	m.Add(ports.MetricApplied, name, int64(s.applied))
	m.Add(ports.MetricSkipped, name, int64(s.skipped))
	m.Add(ports.MetricRepaired, name, int64(s.repairs))
	m.Add(ports.MetricHeld, name, int64(s.held))
	parked := s.change.Checkpoint.Parked
	if s.fault == nil || parked == nil {
		return
	}
	m.Add(ports.MetricParked, name, 1)
	t.opt.Log.ErrorContext(ctx, "stream parked",
		slog.String("target", target.String()), slog.String("stream", s.run.stream.String()),
		slog.Int64("version", int64(parked.Version)), slog.Bool("transient", parked.Transient), slog.String("reason", parked.Reason))
}
