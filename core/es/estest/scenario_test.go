package estest_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/core/es"
	"github.com/evercart/evercart/core/es/estest"
)

var (
	errFull  = &es.Refusal{Code: "full", Message: "the lift is full"}
	errMute  = &es.Refusal{Code: "mute"}
	errFault = errors.New("the cable broke")
	dusk     = time.Date(2026, time.June, 1, 20, 0, 0, 0, time.UTC)
)

// lift is an aggregate that can be told to misbehave.
type lift struct{}

type state struct {
	riders []string
	times  []time.Time
}

type entered struct{ Who string }

type enter struct {
	who     []string
	err     error
	meddles bool
}

func (lift) Initial() state { return state{} }

func (lift) Clone(s state) state {
	return state{riders: append([]string(nil), s.riders...), times: append([]time.Time(nil), s.times...)}
}

func (lift) Evolve(s state, e entered, at time.Time) state {
	return state{riders: append(s.riders, e.Who), times: append(s.times, at)}
}

func (lift) Decide(s state, c enter) ([]entered, error) {
	if c.meddles {
		s.riders[0] = "nobody"
	}
	if len(s.times) > 0 && s.times[len(s.times)-1].Equal(dusk) {
		return nil, errFull.With("the lift is full at dusk")
	}
	var events []entered
	for _, who := range c.who {
		events = append(events, entered{who})
	}
	return events, c.err
}

// recorder is a testing.TB that notes failures instead of failing.
type recorder struct {
	testing.TB
	failures []string
}

func (r *recorder) Helper() {}

func (r *recorder) Errorf(format string, args ...any) {
	r.failures = append(r.failures, fmt.Sprintf(format, args...))
}

type scenario = *estest.Scenario[state, enter, entered]

func given(t testing.TB, events ...entered) scenario {
	return estest.Given[state, enter, entered](t, lift{}, events...)
}

func TestWhatHoldsPasses(t *testing.T) {
	t.Parallel()
	for name, check := range map[string]func(t testing.TB){
		"events that were recorded":    func(t testing.TB) { given(t).When(enter{who: []string{"a", "b"}}).Then(entered{"a"}, entered{"b"}) },
		"nothing recorded":             func(t testing.TB) { given(t).When(enter{}).ThenNothing() },
		"a refusal":                    func(t testing.TB) { given(t).When(enter{err: errFull}).ThenRefused(errFull) },
		"a refusal with its own words": func(t testing.TB) { given(t, entered{"a"}).At(dusk).When(enter{}).ThenRefused(errFull) },
		"times given event by event": func(t testing.TB) {
			given(t, entered{"a"}).At(dusk).And(entered{"b"}).At(dusk.Add(time.Hour)).When(enter{who: []string{"c"}}).Then(entered{"c"})
		},
		"times left to the default": func(t testing.TB) {
			given(t, entered{"a"}).And(entered{"b"}).When(enter{who: []string{"c"}}).Then(entered{"c"})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tb := &recorder{TB: t}
			check(tb)
			assert.Empty(t, tb.failures)
		})
	}
}

func TestWhatDoesNotHoldFails(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		check func(t testing.TB)
		says  string
	}{
		"another event": {
			func(t testing.TB) { given(t).When(enter{who: []string{"a"}}).Then(entered{"b"}) }, "estest_test.entered{Who:b}",
		},
		"fewer events":           {func(t testing.TB) { given(t).When(enter{who: []string{"a"}}).Then(entered{"a"}, entered{"b"}) }, "want"},
		"more events":            {func(t testing.TB) { given(t).When(enter{who: []string{"a", "b"}}).Then(entered{"a"}) }, "want"},
		"events in other order":  {func(t testing.TB) { given(t).When(enter{who: []string{"a", "b"}}).Then(entered{"b"}, entered{"a"}) }, "want"},
		"no event":               {func(t testing.TB) { given(t).When(enter{}).Then(entered{"a"}) }, "got  no event"},
		"refused, not recorded":  {func(t testing.TB) { given(t).When(enter{err: errFull}).Then(entered{"a"}) }, "got refused: the lift is full"},
		"Then without events":    {func(t testing.TB) { given(t).When(enter{}).Then() }, "say ThenNothing"},
		"something, not nothing": {func(t testing.TB) { given(t).When(enter{who: []string{"a"}}).ThenNothing() }, "want nothing recorded"},
		"refused, not nothing":   {func(t testing.TB) { given(t).When(enter{err: errFull}).ThenNothing() }, "got refused"},
		"recorded, not refused":  {func(t testing.TB) { given(t).When(enter{who: []string{"a"}}).ThenRefused(errFull) }, "want refused with full"},
		"refused otherwise":      {func(t testing.TB) { given(t).When(enter{err: errMute}).ThenRefused(errFull) }, "got mute"},
		"a fault, not a refusal": {func(t testing.TB) { given(t).When(enter{err: errFault}).ThenRefused(errFull) }, "no refusal"},
		"a refusal without words": {
			func(t testing.TB) { given(t).When(enter{err: errMute}).ThenRefused(errMute) }, "without a message",
		},
		"a refusal that records": {
			func(t testing.TB) { given(t).When(enter{err: errFull, who: []string{"a"}}).ThenRefused(errFull) }, "but recorded",
		},
		"deciding that changes the state": {
			func(t testing.TB) { given(t, entered{"a"}).When(enter{meddles: true}).ThenNothing() }, "changed the state",
		},
		"a time that was not given": {
			func(t testing.TB) { given(t, entered{"a"}).At(dusk.Add(time.Hour)).When(enter{}).ThenRefused(errFull) }, "want refused with full",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tb := &recorder{TB: t}
			c.check(tb)
			require.Len(t, tb.failures, 1)
			assert.Contains(t, tb.failures[0], c.says)
		})
	}
}
