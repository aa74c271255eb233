package porttest_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/evercart/evercart/adapters/memory"
	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/porttest"
)

// effectsDouble is memory effects whose calls can be replaced one by one.
type effectsDouble struct {
	*memory.Effects
	from func(context.Context, string) (time.Time, bool, error)
	set  func(context.Context, string, time.Time, bool) error
}

func newEffectsDouble(breakIt func(*effectsDouble)) ports.Effects {
	e := memory.NewEffects()
	d := &effectsDouble{Effects: e, from: e.EffectsFrom, set: e.SetEffectsFrom}
	breakIt(d)
	return d
}

func (d *effectsDouble) EffectsFrom(ctx context.Context, handler string) (time.Time, bool, error) {
	return d.from(ctx, handler)
}

func (d *effectsDouble) SetEffectsFrom(ctx context.Context, handler string, at time.Time, onlyNew bool) error {
	return d.set(ctx, handler, at, onlyNew)
}

// tells changes what is read of a handler.
func (d *effectsDouble) tells(change func(at time.Time, ok bool) (time.Time, bool)) {
	d.from = func(ctx context.Context, handler string) (time.Time, bool, error) {
		at, ok, err := d.Effects.EffectsFrom(ctx, handler)
		at, ok = change(at, ok)
		return at, ok, err
	}
}

const (
	effectsAbsent    = "a handler without an instant has none"
	effectsTrip      = "an instant is read back in UTC and whole microseconds"
	effectsAnew      = "a later call sets the instant anew, also to an earlier one"
	effectsOnlyNew   = "only-new leaves an instant that is set as it is"
	effectsApart     = "handlers have instants of their own"
	effectsOfMany    = "of 32 who set the first instant exactly one does"
	effectsDeadEnded = "a dead context ends every call of effects"
)

func TestEffectsChecksBite(t *testing.T) {
	t.Parallel()
	bites(t, porttest.Effects(), newEffectsDouble, []twin[effectsDouble]{
		{"takes the zero time for an instant", func(d *effectsDouble) {
			d.tells(func(at time.Time, _ bool) (time.Time, bool) { return at, true })
		}, []string{effectsAbsent}},
		{"makes an instant up", func(d *effectsDouble) {
			d.tells(func(at time.Time, ok bool) (time.Time, bool) { return max1970(at), ok })
		}, []string{effectsAbsent}},
		{"keeps instants to the second", func(d *effectsDouble) {
			d.tells(func(at time.Time, ok bool) (time.Time, bool) { return at.Truncate(time.Second), ok })
		}, []string{effectsTrip, effectsAnew}},
		{"reads instants in a zone", func(d *effectsDouble) {
			d.tells(func(at time.Time, ok bool) (time.Time, bool) { return at.In(time.FixedZone("", 60)), ok })
		}, []string{effectsTrip}},
		{"never sets an instant anew", func(d *effectsDouble) {
			d.set = func(ctx context.Context, handler string, at time.Time, _ bool) error {
				return d.Effects.SetEffectsFrom(ctx, handler, at, true)
			}
		}, []string{effectsAnew}},
		{"never goes back", func(d *effectsDouble) {
			d.set = func(ctx context.Context, handler string, at time.Time, onlyNew bool) error {
				if old, ok, _ := d.Effects.EffectsFrom(ctx, handler); ok && at.Before(old) {
					return nil
				}
				return d.Effects.SetEffectsFrom(ctx, handler, at, onlyNew)
			}
		}, []string{effectsAnew}},
		{"ignores only-new", func(d *effectsDouble) {
			d.set = func(ctx context.Context, handler string, at time.Time, _ bool) error {
				return d.Effects.SetEffectsFrom(ctx, handler, at, false)
			}
		}, []string{effectsOnlyNew}},
		{"refuses a second only-new", func(d *effectsDouble) {
			d.set = func(ctx context.Context, handler string, at time.Time, onlyNew bool) error {
				if _, ok, _ := d.Effects.EffectsFrom(ctx, handler); ok && onlyNew {
					return errTwin
				}
				return d.Effects.SetEffectsFrom(ctx, handler, at, onlyNew)
			}
		}, []string{effectsOnlyNew, effectsOfMany}},
		{"knows handlers by their first letters", func(d *effectsDouble) {
			d.set = func(ctx context.Context, handler string, at time.Time, _ bool) error {
				name, _, _ := strings.Cut(handler, "-")
				return d.Effects.SetEffectsFrom(ctx, name, at, false)
			}
			d.from = func(ctx context.Context, handler string) (time.Time, bool, error) {
				name, _, _ := strings.Cut(handler, "-")
				return d.Effects.EffectsFrom(ctx, name)
			}
		}, []string{effectsApart, effectsAbsent}},
		{"looks before it sets", func(d *effectsDouble) {
			var looking sync.WaitGroup
			looking.Add(32)
			d.set = func(ctx context.Context, handler string, at time.Time, _ bool) error {
				_, ok, _ := d.Effects.EffectsFrom(ctx, handler)
				looking.Done()
				looking.Wait()
				if ok {
					return nil
				}
				return d.Effects.SetEffectsFrom(ctx, handler, at, false)
			}
		}, []string{effectsOfMany}},
		{"reads under a dead context", func(d *effectsDouble) {
			d.from = func(ctx context.Context, handler string) (time.Time, bool, error) {
				return d.Effects.EffectsFrom(context.WithoutCancel(ctx), handler)
			}
		}, []string{effectsDeadEnded}},
		{"sets under a dead context", func(d *effectsDouble) {
			d.set = func(ctx context.Context, handler string, at time.Time, onlyNew bool) error {
				return d.Effects.SetEffectsFrom(context.WithoutCancel(ctx), handler, at, onlyNew)
			}
		}, []string{effectsDeadEnded}},
	})
}

// max1970 returns at, or the start of 1970 where that is later.
func max1970(at time.Time) time.Time {
	if first := time.Unix(0, 0).UTC(); at.Before(first) {
		return first
	}
	return at
}
