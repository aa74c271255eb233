package porttest

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/evercart/evercart/ports"
)

// Effects returns the promises of ports.Effects, each to be kept by one that
// knows no handler.
func Effects() []Check[ports.Effects] {
	return []Check[ports.Effects]{
		{"a handler without an instant has none", effectsAbsent},
		{"an instant is read back in UTC and whole microseconds", effectsRoundTrip},
		{"a later call sets the instant anew, also to an earlier one", effectsReplaced},
		{"only-new leaves an instant that is set as it is", effectsOnlyNew},
		{"handlers have instants of their own", effectsApart},
		{"of 32 who set the first instant exactly one does", effectsFirstOfMany},
		{"a dead context ends every call of effects", effectsHonourDeadContexts},
	}
}

var effectsInstant = time.Date(2026, 7, 6, 5, 4, 3, 210_987_000, time.UTC)

// setEffects sets an instant for the handler "notify".
func setEffects(ctx context.Context, e ports.Effects, at time.Time, onlyNew bool) error {
	if err := e.SetEffectsFrom(ctx, "notify", at, onlyNew); err != nil {
		return fmt.Errorf("set: %w", err)
	}
	return nil
}

func expectEffects(ctx context.Context, e ports.Effects, handler string, want time.Time) error {
	got, ok, err := e.EffectsFrom(ctx, handler)
	if err != nil || !ok {
		return fmt.Errorf("handler %s has no instant, want %s, error: %w", handler, want, orNil(err))
	}
	if err := sameTime(got, want); err != nil {
		return fmt.Errorf("handler %s: %w", handler, err)
	}
	return nil
}

func expectNoEffects(ctx context.Context, e ports.Effects, handler string) error {
	got, ok, err := e.EffectsFrom(ctx, handler)
	if err != nil || ok || !got.IsZero() {
		return fmt.Errorf("handler %s has the instant %s (set: %t), want none, error: %w", handler, got, ok, orNil(err))
	}
	return nil
}

func effectsAbsent(ctx context.Context, e ports.Effects) error {
	if err := setEffects(ctx, e, effectsInstant, false); err != nil {
		return err
	}
	return errors.Join(expectNoEffects(ctx, e, "notif"), expectNoEffects(ctx, e, "notify-2"))
}

func effectsRoundTrip(ctx context.Context, e ports.Effects) error {
	for _, onlyNew := range []bool{true, false} {
		west := effectsInstant.Add(999 * time.Nanosecond).In(time.FixedZone("west", -8*3600))
		if err := setEffects(ctx, e, west, onlyNew); err != nil {
			return err
		}
		if err := expectEffects(ctx, e, "notify", effectsInstant); err != nil {
			return err
		}
	}
	return nil
}

func effectsReplaced(ctx context.Context, e ports.Effects) error {
	for _, by := range []time.Duration{0, time.Hour, -time.Hour} {
		if err := setEffects(ctx, e, effectsInstant.Add(by), false); err != nil {
			return err
		}
		if err := expectEffects(ctx, e, "notify", effectsInstant.Add(by)); err != nil {
			return err
		}
	}
	return nil
}

func effectsOnlyNew(ctx context.Context, e ports.Effects) error {
	for _, by := range []time.Duration{0, time.Hour, -time.Hour} {
		if err := setEffects(ctx, e, effectsInstant.Add(by), true); err != nil {
			return err
		}
		if err := expectEffects(ctx, e, "notify", effectsInstant); err != nil {
			return err
		}
	}
	return nil
}

func effectsApart(ctx context.Context, e ports.Effects) error {
	handlers := []string{"notify", "notify-2", "mail"}
	for i, handler := range handlers {
		if err := e.SetEffectsFrom(ctx, handler, effectsInstant.Add(time.Duration(i)*time.Second), true); err != nil {
			return fmt.Errorf("set %s: %w", handler, err)
		}
	}
	for i, handler := range handlers {
		if err := expectEffects(ctx, e, handler, effectsInstant.Add(time.Duration(i)*time.Second)); err != nil {
			return err
		}
	}
	return nil
}

// effectsFirstOfMany lets each racer look after it has set: all must see the same.
func effectsFirstOfMany(ctx context.Context, e ports.Effects) error {
	seen := make([]time.Time, racers)
	err := errors.Join(race(racers, func(i int) (err error) {
		if err := setEffects(ctx, e, effectsInstant.Add(time.Duration(i)*time.Second), true); err != nil {
			return err
		}
		seen[i], _, err = e.EffectsFrom(ctx, "notify")
		return err
	})...)
	if err != nil {
		return err
	}
	for i := range seen {
		if !seen[i].Equal(seen[0]) {
			return fmt.Errorf("racer %d saw the instant %s, racer 0 saw %s", i, seen[i], seen[0])
		}
	}
	return expectEffects(ctx, e, "notify", seen[0])
}

func effectsHonourDeadContexts(ctx context.Context, e ports.Effects) error {
	if err := setEffects(ctx, e, effectsInstant, false); err != nil {
		return err
	}
	return honoursDeadContexts(ctx, []portCall{
		{"EffectsFrom", func(ctx context.Context) error { _, _, err := e.EffectsFrom(ctx, "notify"); return err }},
		{"SetEffectsFrom", func(ctx context.Context) error { return setEffects(ctx, e, effectsInstant, false) }},
		{"SetEffectsFrom of a new one", func(ctx context.Context) error { return e.SetEffectsFrom(ctx, "new", effectsInstant, true) }},
	})
}
