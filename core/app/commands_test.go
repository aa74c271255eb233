package app_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/core/es"
	"github.com/evercart/evercart/core/es/estest"
	"github.com/evercart/evercart/ports"
)

func TestACommand(t *testing.T) {
	t.Parallel()
	t.Run("records its events and answers with the state after them", func(t *testing.T) {
		t.Parallel()
		ts := newTallies(t)
		got, err := ts.ours.Handle(t.Context(), request("k", estest.Count{N: 2, Times: 3}))
		require.NoError(t, err)
		assert.Equal(t, tallyAnswer{State: estest.TallyState{Sum: 6, Events: 3, At: noon}, Version: 3, Recorded: true}, got)
		now, err := ts.query.Now(t.Context(), es.Caller{}, "a")
		require.NoError(t, err)
		assert.Equal(t, got.State, now.State)
	})
	t.Run("keeps who asked, why and in what trace with each event", func(t *testing.T) {
		t.Parallel()
		ts := newTallies(t)
		r := request("k", estest.Count{N: 1})
		r.Caller, r.CorrelationID, r.CausationID, r.Traceparent = es.Caller{Subject: "i|s"}, "co", "ca", "tp"
		_, err := ts.ours.Handle(t.Context(), r)
		require.NoError(t, err)
		events, _, err := ts.query.History(t.Context(), es.Caller{}, "a", 0, 10)
		require.NoError(t, err)
		require.Len(t, events, 1)
		assert.Equal(t, ports.Metadata{CommandID: "k", CorrelationID: "co", CausationID: "ca", Traceparent: "tp", Actor: "i|s"}, events[0].Metadata)
	})
	t.Run("that changes nothing records nothing", func(t *testing.T) {
		t.Parallel()
		ts := newTallies(t)
		ts.they(t, "k", 5)
		got, err := ts.ours.Handle(t.Context(), request("n", estest.Count{N: 0}))
		require.NoError(t, err)
		assert.False(t, got.Recorded)
		assert.Equal(t, ports.Version(1), got.Version)
		assert.Equal(t, 5, got.State.Sum)
	})
	t.Run("that is refused records nothing and is not remembered", func(t *testing.T) {
		t.Parallel()
		ts := newTallies(t)
		_, err := ts.ours.Handle(t.Context(), request("k", estest.Check{N: 1}))
		require.ErrorIs(t, err, estest.ErrTallyOther)
		ts.they(t, "x", 1)
		_, err = ts.ours.Handle(t.Context(), request("k", estest.Count{N: 1}))
		assert.NoError(t, err, "the key is free for another command")
	})
	t.Run("of a caller who is not admitted finds nothing, whatever else is wrong", func(t *testing.T) {
		t.Parallel()
		ts := newTallies(t)
		ts.they(t, "k", 1)
		r := request("k", estest.Check{N: 9})
		r.Caller.Subject, r.IfMatch = "stranger", []ports.Version{7}
		_, err := ts.ours.Handle(t.Context(), r)
		assert.ErrorIs(t, err, estest.ErrNoTally)
	})
}

func TestIfMatch(t *testing.T) {
	t.Parallel()
	ts := newTallies(t)
	ts.they(t, "k", 1)
	ts.they(t, "l", 1)
	try := func(versions ...ports.Version) error {
		r := request(fmt.Sprint(versions), estest.Count{N: 0})
		r.IfMatch = versions
		_, err := ts.ours.Handle(t.Context(), r)
		return err
	}
	require.NoError(t, try(2))
	require.NoError(t, try(1, 2))
	require.NoError(t, try(app.AnyVersion))
	require.ErrorIs(t, try(1), app.ErrVersionMismatch)
	r := request("new", estest.Count{N: 1})
	r.ID, r.IfMatch = "b", []ports.Version{app.AnyVersion}
	_, err := ts.ours.Handle(t.Context(), r)
	assert.ErrorIs(t, err, app.ErrVersionMismatch, "* matches no stream without events")
}

func TestARepeatedCommand(t *testing.T) {
	t.Parallel()
	t.Run("records nothing and answers as it did then", func(t *testing.T) {
		t.Parallel()
		for _, name := range []string{"in the process that knows it", "in a fresh process"} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				ts := newTallies(t)
				first, err := ts.ours.Handle(t.Context(), request("k", estest.Count{N: 2}))
				require.NoError(t, err)
				ts.they(t, "later", 40)
				handler := ts.ours
				if name == "in a fresh process" {
					handler = ts.theirs
				}
				r := request("k", estest.Count{N: 2})
				r.IfMatch = []ports.Version{99} // comes after the command ID
				again, err := handler.Handle(t.Context(), r)
				require.NoError(t, err)
				assert.Equal(t, tallyAnswer{State: first.State, Version: first.Version, Replayed: true}, again)
				now, err := ts.query.Now(t.Context(), es.Caller{}, "a")
				require.NoError(t, err)
				assert.Equal(t, ports.Version(2), now.Version)
			})
		}
	})
	t.Run("with another content is refused", func(t *testing.T) {
		t.Parallel()
		ts := newTallies(t)
		ts.they(t, "k", 2)
		_, err := ts.ours.Handle(t.Context(), request("k", estest.Count{N: 3}))
		assert.ErrorIs(t, err, app.ErrKeyReused)
	})
	t.Run("is known for 64 commands, the opening one for good, across snapshots", func(t *testing.T) {
		t.Parallel()
		ts := newTallies(t)
		for i := range 100 {
			ts.they(t, fmt.Sprint("k-", i), 1)
		}
		replayed := func(i int) bool {
			got, err := ts.theirs.Handle(t.Context(), request(fmt.Sprint("k-", i), estest.Count{N: 1}))
			require.NoError(t, err)
			if got.Replayed {
				assert.Equal(t, i+1, got.State.Sum)
			}
			return got.Replayed
		}
		assert.True(t, replayed(0))
		for i := 36; i < 100; i++ {
			assert.True(t, replayed(i), i)
		}
		assert.False(t, replayed(35))
	})
}

func TestConflicts(t *testing.T) {
	t.Parallel()
	t.Run("a first one costs no read, and a second one a read of what is new", func(t *testing.T) {
		t.Parallel()
		for n, want := range map[int]string{1: "appends 2 loads 1 since 0", 2: "appends 3 loads 1 since 1"} {
			ts := newTallies(t)
			ts.beforeAppends(t, n)
			got, err := ts.ours.Handle(t.Context(), request("k", estest.Count{N: 10}))
			require.NoError(t, err)
			assert.Equal(t, 10+n, got.State.Sum)
			s := ts.store
			assert.Equal(t, want, fmt.Sprintf("appends %d loads %d since %d", s.appends.Load(), s.loads.Load(), s.since.Load()))
		}
	})
	t.Run("that do not end end in try again, and nothing is recorded", func(t *testing.T) {
		t.Parallel()
		ts := newTallies(t)
		ts.beforeAppends(t, app.MaxAttempts)
		_, err := ts.ours.Handle(t.Context(), request("k", estest.Count{N: 10}))
		var again *app.TryAgainError
		require.ErrorAs(t, err, &again)
		assert.Equal(t, int64(app.MaxAttempts), ts.store.appends.Load())
		now, err := ts.query.Now(t.Context(), es.Caller{}, "a")
		require.NoError(t, err)
		assert.Equal(t, app.MaxAttempts, now.State.Sum)
	})
	t.Run("lead to a refusal where the other's commit forbids the command", func(t *testing.T) {
		t.Parallel()
		ts := newTallies(t)
		ts.store.before = []func(ports.Head, ports.Commit) error{func(ports.Head, ports.Commit) error {
			ts.they(t, "fill", 9995)
			return nil
		}}
		_, err := ts.ours.Handle(t.Context(), request("k", estest.Count{N: 10}))
		assert.ErrorIs(t, err, estest.ErrTallyFull)
	})
	t.Run("with the same command sent to another process lead to its answer", func(t *testing.T) {
		t.Parallel()
		ts := newTallies(t)
		ts.store.before = []func(ports.Head, ports.Commit) error{func(ports.Head, ports.Commit) error {
			ts.they(t, "k", 10)
			return nil
		}}
		got, err := ts.ours.Handle(t.Context(), request("k", estest.Count{N: 10}))
		require.NoError(t, err)
		assert.True(t, got.Replayed)
		assert.Equal(t, 10, got.State.Sum)
	})
}

func TestAWarmState(t *testing.T) {
	t.Parallel()
	warm := func(t *testing.T) *tallies {
		t.Helper()
		ts := newTallies(t)
		_, err := ts.ours.Handle(t.Context(), request("warm", estest.Count{N: 1}))
		require.NoError(t, err)
		ts.store.forget()
		return ts
	}
	t.Run("costs one append and no read", func(t *testing.T) {
		t.Parallel()
		ts := warm(t)
		_, err := ts.ours.Handle(t.Context(), request("k", estest.Count{N: 1}))
		require.NoError(t, err)
		assert.Equal(t, int64(1), ts.store.appends.Load())
		assert.Zero(t, ts.store.loads.Load()+ts.store.bounded.Load()+ts.store.since.Load())
	})
	t.Run("that is behind still costs no read when the retry records", func(t *testing.T) {
		t.Parallel()
		ts := warm(t)
		ts.they(t, "theirs", 5)
		got, err := ts.ours.Handle(t.Context(), request("k", estest.Count{N: 1}))
		require.NoError(t, err)
		assert.Equal(t, 7, got.State.Sum)
		assert.Zero(t, ts.store.loads.Load()+ts.store.bounded.Load()+ts.store.since.Load())
	})
	t.Run("never says no: a refusal is decided on what the store holds", func(t *testing.T) {
		t.Parallel()
		ts := warm(t)
		ts.they(t, "theirs", 41)
		_, err := ts.ours.Handle(t.Context(), request("k", estest.Check{N: 42}))
		assert.NoError(t, err, "the warm state alone would have refused")
		assert.Equal(t, int64(1), ts.store.loads.Load())
	})
	t.Run("with a conflict's commit does not say no either", func(t *testing.T) {
		t.Parallel()
		ts := warm(t)
		ts.they(t, "one", 5000)
		ts.they(t, "two", 4900)
		_, err := ts.ours.Handle(t.Context(), request("k", estest.Count{N: 500}))
		require.ErrorIs(t, err, estest.ErrTallyFull)
		assert.Equal(t, int64(1), ts.store.loads.Load())
	})
	t.Run("does not answer If-Match", func(t *testing.T) {
		t.Parallel()
		ts := warm(t)
		ts.they(t, "theirs", 1)
		r := request("k", estest.Count{N: 1})
		r.IfMatch = []ports.Version{2}
		_, err := ts.ours.Handle(t.Context(), r)
		assert.NoError(t, err)
	})
}

func TestALostAnswer(t *testing.T) {
	t.Parallel()
	t.Run("is found again by the same command, which counts as recorded once", func(t *testing.T) {
		t.Parallel()
		ts := newTallies(t)
		ts.store.lose = 1
		got, err := ts.ours.Handle(t.Context(), request("k", estest.Count{N: 3}))
		require.NoError(t, err)
		assert.Equal(t, tallyAnswer{State: estest.TallyState{Sum: 3, Events: 1, At: noon}, Version: 1, Recorded: true}, got)
	})
	t.Run("after which the write arrives late is not written twice", func(t *testing.T) {
		t.Parallel()
		ts := newTallies(t)
		var late ports.Commit
		var lateHead ports.Head
		ts.store.before = []func(ports.Head, ports.Commit) error{
			func(h ports.Head, c ports.Commit) error { late, lateHead = c, h; return ports.ErrUnavailable },
			func(ports.Head, ports.Commit) error { // the lost write arrives before our second try
				_, err := ts.store.EventStore.Append(t.Context(), lateHead, late)
				return err
			},
		}
		got, err := ts.ours.Handle(t.Context(), request("k", estest.Count{N: 3}))
		require.NoError(t, err)
		assert.True(t, got.Recorded)
		assert.Equal(t, 3, got.State.Sum)
		assert.Equal(t, ports.Version(1), got.Version)
	})
	for name, follows := range map[string]int{"": 0, ", and others followed": 2} {
		t.Run("is told from another process's, which recorded the same command at the same version"+name, func(t *testing.T) {
			t.Parallel()
			ts := newTallies(t)
			ts.store.before = []func(ports.Head, ports.Commit) error{func(ports.Head, ports.Commit) error {
				ts.they(t, "k", 3)
				for i := range follows {
					ts.they(t, fmt.Sprint("after-", i), 1)
				}
				return ports.ErrUnavailable
			}}
			got, err := ts.ours.Handle(t.Context(), request("k", estest.Count{N: 3}))
			require.NoError(t, err)
			assert.Equal(t, tallyAnswer{State: estest.TallyState{Sum: 3, Events: 1, At: noon}, Version: 1, Replayed: true}, got)
		})
		t.Run("is ours if its events are"+name, func(t *testing.T) {
			t.Parallel()
			ts := newTallies(t)
			ts.store.before = []func(ports.Head, ports.Commit) error{func(h ports.Head, c ports.Commit) error {
				_, err := ts.store.EventStore.Append(t.Context(), h, c)
				require.NoError(t, err)
				for i := range follows {
					ts.they(t, fmt.Sprint("after-", i), 1)
				}
				return ports.ErrUnavailable
			}}
			got, err := ts.ours.Handle(t.Context(), request("k", estest.Count{N: 3}))
			require.NoError(t, err)
			assert.Equal(t, tallyAnswer{State: estest.TallyState{Sum: 3, Events: 1, At: noon}, Version: 1, Recorded: true}, got)
		})
	}
	t.Run("for good ends in try again; the same command later answers as recorded", func(t *testing.T) {
		t.Parallel()
		ts := newTallies(t)
		down := func(ports.Head, ports.Commit) error { return ports.ErrUnavailable }
		for range app.MaxAttempts {
			ts.store.before = append(ts.store.before, down)
		}
		_, err := ts.ours.Handle(t.Context(), request("k", estest.Count{N: 3}))
		var again *app.TryAgainError
		require.ErrorAs(t, err, &again)
		got, err := ts.ours.Handle(t.Context(), request("k", estest.Count{N: 3}))
		require.NoError(t, err)
		assert.Equal(t, 3, got.State.Sum)
	})
	t.Run("a final fault is not tried again and forgets the warm state", func(t *testing.T) {
		t.Parallel()
		ts := newTallies(t)
		broken := errors.New("broken")
		ts.store.before = []func(ports.Head, ports.Commit) error{nil, func(ports.Head, ports.Commit) error { return broken }}
		_, err := ts.ours.Handle(t.Context(), request("warm", estest.Count{N: 1}))
		require.NoError(t, err)
		_, err = ts.ours.Handle(t.Context(), request("k", estest.Count{N: 1}))
		require.ErrorIs(t, err, broken)
		assert.Equal(t, int64(2), ts.store.appends.Load())
		ts.store.forget()
		_, err = ts.ours.Handle(t.Context(), request("l", estest.Count{N: 1}))
		require.NoError(t, err)
		assert.Equal(t, int64(1), ts.store.loads.Load())
	})
}

func TestCommandsOnOneStreamRunOneAfterAnother(t *testing.T) {
	t.Parallel()
	ts := newTallies(t)
	var callers sync.WaitGroup
	for i := range 64 {
		callers.Go(func() {
			_, err := ts.ours.Handle(t.Context(), request(fmt.Sprint("k-", i), estest.Count{N: 1}))
			assert.NoError(t, err)
		})
	}
	callers.Wait()
	assert.Equal(t, int64(64), ts.store.appends.Load(), "no conflict within a process")
	now, err := ts.query.Now(t.Context(), es.Caller{}, "a")
	require.NoError(t, err)
	assert.Equal(t, 64, now.State.Sum)
}

func TestACommandThatWaitsForItsTurnHonoursItsContext(t *testing.T) {
	t.Parallel()
	ts := newTallies(t)
	held, release := make(chan struct{}), make(chan struct{})
	ts.store.before = []func(ports.Head, ports.Commit) error{func(ports.Head, ports.Commit) error {
		close(held)
		<-release
		return nil
	}}
	done := make(chan error, 1)
	go func() {
		_, err := ts.ours.Handle(context.WithoutCancel(t.Context()), request("slow", estest.Count{N: 1}))
		done <- err
	}()
	<-held
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := ts.ours.Handle(ctx, request("k", estest.Count{N: 1}))
	require.ErrorIs(t, err, context.Canceled)
	var again *app.TryAgainError
	require.ErrorAs(t, err, &again)
	close(release)
	assert.NoError(t, <-done)
}
