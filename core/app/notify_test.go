package app_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/memory"
	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/core/es"
	"github.com/evercart/evercart/core/es/estest"
	"github.com/evercart/evercart/ports"
)

// receiver is the outside world: it remembers what it was told and answers as
// told.
type receiver struct {
	told    []string // "ID of the aggregate@version", also of deliveries that fail afterwards
	ids     map[string]string
	answers []error // of the coming calls; nil when there are no more
}

func (r *receiver) Notify(_ context.Context, n ports.Notification) error {
	var version int
	if _, err := fmt.Sscanf(string(n.Wire[strings.Index(string(n.Wire), `"sequence":"`):]), `"sequence":"%d"`, &version); err != nil {
		return err
	}
	key := fmt.Sprintf("%s@%d", strings.TrimPrefix(n.Subject, "tally/"), version)
	r.told = append(r.told, key)
	if r.ids == nil {
		r.ids = map[string]string{}
	}
	if before, ok := r.ids[key]; ok && before != n.ID {
		return errors.New("another ID for the same event")
	}
	r.ids[key] = n.ID
	if len(r.answers) == 0 {
		return nil
	}
	answer := r.answers[0]
	r.answers = r.answers[1:]
	return answer
}

// notified is a world whose events the outside world is told of.
type notified struct {
	*world
	out     *receiver
	effects *memory.Effects
	notify  *app.Notify
}

func newNotified(t *testing.T, types ...string) *notified {
	t.Helper()
	w := newWorld(t, estest.TallyView{})
	n := &notified{world: w, out: &receiver{}, effects: memory.NewEffects()}
	if types == nil {
		types = []string{"Counted"}
	}
	n.notify = app.NewNotify("tally", types, "/test", n.out, w.reads, w.views, n.effects, w.quarantine,
		app.TrackOptions{Now: func() time.Time { return w.now }, Log: slog.New(slog.DiscardHandler), Meter: w.counter})
	require.NoError(t, n.effects.SetEffectsFrom(t.Context(), app.NotifyName, noon, false))
	return n
}

func (n *notified) deliver(records ...ports.Record) []int {
	n.t.Helper()
	failed := []int{}
	for _, f := range n.notify.Handle(n.t.Context(), records) {
		failed = append(failed, f.Index)
	}
	return failed
}

func TestTellingTheOutsideWorld(t *testing.T) {
	t.Parallel()
	t.Run("happens once an event, in order, when all goes well", func(t *testing.T) {
		t.Parallel()
		n := newNotified(t)
		n.count("a", 1, 3)
		assert.Empty(t, n.deliver(n.records("a", 1, 3)...))
		assert.Empty(t, n.deliver(n.records("a", 1, 3)...))
		assert.Equal(t, []string{"a@1", "a@2", "a@3"}, n.out.told)
	})
	t.Run("is of the types asked for only", func(t *testing.T) {
		t.Parallel()
		n := newNotified(t, "Closed")
		n.count("a", 1, 2)
		assert.Empty(t, n.deliver(n.records("a", 1, 2)...))
		assert.Empty(t, n.out.told)
	})
	t.Run("never happens for a replay", func(t *testing.T) {
		t.Parallel()
		n := newNotified(t)
		n.count("a", 1, 2)
		records := n.records("a", 1, 2)
		for i := range records {
			records[i].Replay = "r-1"
		}
		assert.Empty(t, n.deliver(records...))
		assert.Empty(t, n.out.told)
	})
	t.Run("never happens for what the canary did", func(t *testing.T) {
		t.Parallel()
		n := newNotified(t)
		for i, caller := range []es.Caller{{Subject: app.CanarySubject}, {Subject: "https://id.example|canary"}} {
			_, err := n.commands.Handle(t.Context(), &app.Request[estest.TallyCommand]{
				ID: "a", Command: estest.Count{N: 1, Times: 1}, CommandID: fmt.Sprint("c-", i), Caller: caller,
			})
			require.NoError(t, err)
		}
		assert.Empty(t, n.deliver(n.records("a", 1, 2)...))
		assert.Equal(t, []string{"a@2"}, n.out.told)
	})
	t.Run("does not begin with what happened before the handler was there", func(t *testing.T) {
		t.Parallel()
		n := newNotified(t)
		fresh := memory.NewEffects()
		notify := app.NewNotify("tally", []string{"Counted"}, "/test", n.out, n.store, n.views, fresh, n.quarantine,
			app.TrackOptions{Now: func() time.Time { return n.now }, Log: slog.New(slog.DiscardHandler)})
		n.count("a", 1, 2)
		n.now = noon.Add(time.Hour)
		assert.Empty(t, notify.Handle(t.Context(), n.records("a", 1, 2)))
		n.count("a", 1, 1)
		assert.Empty(t, notify.Handle(t.Context(), n.records("a", 3, 3)))
		assert.Equal(t, []string{"a@3"}, n.out.told)
	})
	t.Run("happens for events that close a gap, late as they are", func(t *testing.T) {
		t.Parallel()
		n := newNotified(t)
		n.count("a", 1, 3)
		assert.Empty(t, n.deliver(n.records("a", 3, 3)...))
		assert.Equal(t, []string{"a@1", "a@2", "a@3"}, n.out.told)
	})
	t.Run("does not happen for a gap's events that are too old", func(t *testing.T) {
		t.Parallel()
		n := newNotified(t)
		n.now = noon.Add(-time.Hour)
		n.count("a", 1, 2)
		n.now = noon
		n.count("a", 1, 1)
		assert.Empty(t, n.deliver(n.records("a", 3, 3)...))
		assert.Equal(t, []string{"a@3"}, n.out.told)
	})
}

func TestAReceiverThatFails(t *testing.T) {
	t.Parallel()
	later := fmt.Errorf("busy: %w", ports.ErrUnavailable)
	t.Run("for a while is told again, with the same ID, and nothing overtakes", func(t *testing.T) {
		t.Parallel()
		n := newNotified(t)
		n.count("a", 1, 3)
		n.count("b", 1, 1)
		n.out.answers = []error{nil, later}
		batch := append(n.records("a", 1, 3), n.records("b", 1, 1)...)
		assert.Equal(t, []int{1, 2}, n.deliver(batch...))
		assert.Empty(t, n.deliver(batch[1:]...))
		assert.Equal(t, []string{"a@1", "a@2", "b@1", "a@2", "a@3"}, n.out.told)
	})
	t.Run("that took it, but whose answer was lost, is told again with the same ID", func(t *testing.T) {
		t.Parallel()
		n := newNotified(t)
		n.count("a", 1, 1)
		n.out.answers = []error{later}
		assert.Equal(t, []int{0}, n.deliver(n.records("a", 1, 1)...))
		assert.Empty(t, n.deliver(n.records("a", 1, 1)...))
		assert.Equal(t, []string{"a@1", "a@1"}, n.out.told)
	})
	t.Run("told by a sender that dies before its checkpoint is told again", func(t *testing.T) {
		t.Parallel()
		n := newNotified(t)
		n.count("a", 1, 2)
		n.views.before = []func([]ports.ViewChange) error{func([]ports.ViewChange) error { return ports.ErrUnavailable }}
		assert.Equal(t, []int{0, 1}, n.deliver(n.records("a", 1, 2)...))
		assert.Empty(t, n.deliver(n.records("a", 1, 2)...))
		assert.Equal(t, []string{"a@1", "a@1", "a@2"}, n.out.told)
	})
	t.Run("for good parks the stream, which goes on when it is unparked", func(t *testing.T) {
		t.Parallel()
		n := newNotified(t)
		n.count("a", 1, 2)
		never := errors.New("gone")
		n.out.answers = []error{never, never, never}
		assert.Equal(t, []int{0, 1}, n.deliver(n.records("a", 1, 2)...))
		assert.Equal(t, []int{0, 1}, n.deliver(n.records("a", 1, 2)...))
		assert.Empty(t, n.deliver(n.records("a", 1, 2)...))
		parked, err := n.views.Parked(t.Context(), app.NotifyTarget(), "", 10)
		require.NoError(t, err)
		require.Len(t, parked, 1)
		assert.Contains(t, parked[0].Parked.Reason, "gone")
		n.out.told = nil
		require.NoError(t, n.notify.Unpark(t.Context(), parked[0].Stream))
		assert.Equal(t, []string{"a@1", "a@2"}, n.out.told)
	})
	t.Run("for minutes parks as transient and is tried again by itself", func(t *testing.T) {
		t.Parallel()
		n := newNotified(t)
		n.count("a", 1, 1)
		n.out.answers = []error{later, later}
		assert.Equal(t, []int{0}, n.deliver(n.records("a", 1, 1)...))
		n.now = n.now.Add(5 * time.Minute)
		assert.Empty(t, n.deliver(n.records("a", 1, 1)...))
		n.now = n.now.Add(time.Minute)
		n.out.told = nil
		require.NoError(t, n.notify.RetryParked(t.Context()))
		assert.Equal(t, []string{"a@1"}, n.out.told)
	})
	t.Run("is told by one of two senders at a time, or by both with the same ID", func(t *testing.T) {
		t.Parallel()
		n := newNotified(t)
		n.count("a", 1, 2)
		n.views.before = []func([]ports.ViewChange) error{func([]ports.ViewChange) error {
			assert.Empty(t, n.deliver(n.records("a", 1, 2)...))
			return nil
		}}
		assert.Empty(t, n.deliver(n.records("a", 1, 2)...))
		assert.Equal(t, []string{"a@1", "a@1", "a@2"}, n.out.told)
	})
}

func TestANewHandlerMissesNothingOnceItHasBegun(t *testing.T) {
	t.Parallel()
	n := newNotified(t)
	fresh := memory.NewEffects()
	notify := app.NewNotify("tally", []string{"Counted"}, "/test", n.out, n.store, n.views, fresh, n.quarantine,
		app.TrackOptions{Now: func() time.Time { return n.now }, Log: slog.New(slog.DiscardHandler)})
	n.count("a", 1, 1)
	n.now = noon.Add(time.Second)
	require.NoError(t, notify.Begin(t.Context()))
	n.count("a", 1, 1)
	n.now = noon.Add(time.Hour) // the first batch comes late
	require.NoError(t, notify.Begin(t.Context()))
	assert.Empty(t, notify.Handle(t.Context(), n.records("a", 1, 2)))
	assert.Equal(t, []string{"a@2"}, n.out.told)
}
