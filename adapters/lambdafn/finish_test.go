package lambdafn_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/lambda/messages"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/lambdafn"
	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/core/cart"
	"github.com/evercart/evercart/ports"
)

// pieces is the end of rebuilds, which takes as many pieces as it has names.
type pieces struct {
	names []string
	asked []string
	err   error
}

func (p *pieces) finish(ctx context.Context, target ports.Target, after string) (string, error) {
	p.asked = append(p.asked, target.String()+" after "+after)
	if p.err != nil || ctx.Err() != nil {
		return after, errors.Join(p.err, ctx.Err())
	}
	if n := len(p.asked); n <= len(p.names) {
		return p.names[n-1], nil
	}
	return "", nil
}

// rebuilding is function replay where the replay into generation 2 of carts is done,
// and nobody has flipped.
func rebuilding(t *testing.T) (*replaying, *pieces) {
	t.Helper()
	r := newReplaying(t)
	_, err := r.Handle(t.Context(), []byte(`{"id": "20260131t120000"}`))
	require.NoError(t, err)
	r.begun = map[ports.Target]time.Time{{Consumer: "carts", Generation: 2}: time.Now()}
	p := &pieces{names: []string{"cart/a", "cart/b"}}
	keeper := newWorld().consumer(&picky{name: "carts"})
	keeper.Finish = p.finish
	r.Finish = lambdafn.FinishBy(func(ctx context.Context, _ ports.Target, payload []byte) ([]byte, error) {
		answer, err := (&lambdafn.Function{Handler: keeper.Handle, Log: r.Log}).Invoke(ctx, payload)
		if reported, ok := errors.AsType[messages.InvokeResponse_Error](err); ok {
			err = &lambdafn.FunctionError{Type: reported.Type, Message: reported.Message}
		}
		return answer, err
	})
	return r, p
}

// look is a turn of the schedule.
func look(t *testing.T, r *replaying) string {
	t.Helper()
	answer, err := r.Handle(t.Context(), recorded(t, "schedule-scheduler.json"))
	return inJSON(t, answer, err)
}

func TestARebuildThatItsOperatorLeft(t *testing.T) {
	t.Parallel()
	const done = `"id": "20260131t120000", "state": "done", "sent": 5, "continued": false`
	t.Run("is finished by the schedule, piece by piece, by the function that keeps the view", func(t *testing.T) {
		t.Parallel()
		r, p := rebuilding(t)
		assert.JSONEq(t, `[{`+done+`, "live": true}]`, look(t, r))
		assert.Equal(t, []string{"carts.2 after ", "carts.2 after cart/a", "carts.2 after cart/b"}, p.asked)
		r.begun = nil
		assert.Equal(t, `[]`, look(t, r), "it is live now")
	})
	t.Run("waits for its queue to run empty", func(t *testing.T) {
		t.Parallel()
		r, p := rebuilding(t)
		r.sink.pending = 1
		assert.JSONEq(t, `[{`+done+`}]`, look(t, r))
		assert.Empty(t, p.asked)
	})
	t.Run("says what stands in its way, and is tried again at the next turn", func(t *testing.T) {
		t.Parallel()
		r, p := rebuilding(t)
		for _, err := range []error{&app.NotReadyError{Why: "stream cart/x is parked in it"}, errors.New("stream cart/x is parked in it")} {
			p.err = err
			assert.Contains(t, look(t, r), "stream cart/x is parked in it")
		}
		p.err, p.asked = nil, nil
		assert.Contains(t, look(t, r), `"live":true`)
	})
	t.Run("before its replay's record was saved gets one, which is carried out", func(t *testing.T) {
		t.Parallel()
		r := newReplaying(t)
		created := time.Now().Add(-lambdafn.StaleAfter - time.Minute)
		orphans := []ports.Target{{Consumer: "carts", Generation: 3}, {Consumer: "export", Generation: 1}}
		r.begun = map[ports.Target]time.Time{orphans[0]: created, orphans[1]: created}
		r.Refill = (&app.Rebuilder{Jobs: r.jobs, Now: time.Now, Kinds: map[string]app.ViewKind{"carts": {Category: cart.Category}}}).Refill
		text := look(t, r)
		require.Len(t, r.invoked, 1, "another's, which has no queue, is left alone")
		assert.Contains(t, text, `"state":"running","sent":0,"continued":true`)
		answer, err := r.Handle(t.Context(), []byte(r.invoked[0]))
		assert.Contains(t, inJSON(t, answer, err), `"state":"done","sent":5`)

		p := &pieces{}
		r.Finish = p.finish
		assert.Contains(t, look(t, r), `"live":true`)
		assert.Equal(t, []string{"carts.3 after "}, p.asked)
	})
	t.Run("is left alone just after it was begun, when its operator is about to save that record", func(t *testing.T) {
		t.Parallel()
		r := newReplaying(t)
		r.begun = map[ports.Target]time.Time{{Consumer: "carts", Generation: 3}: time.Now()}
		assert.Equal(t, `[]`, look(t, r))
		assert.Empty(t, r.invoked)
	})
	t.Run("is left alone while its newest replay runs, is paused or failed", func(t *testing.T) {
		t.Parallel()
		for _, state := range []ports.ReplayState{ports.ReplayRunning, ports.ReplayPaused, ports.ReplayFailed} {
			r, p := rebuilding(t)
			now := time.Now().UTC().Truncate(time.Microsecond)
			_, err := r.jobs.SaveReplayJob(t.Context(), ports.ReplayJob{
				ID: "20260131t130000", Target: ports.Target{Consumer: "carts", Generation: 2}, State: state, Started: now, Updated: now,
			})
			require.NoError(t, err)
			assert.Equal(t, `[]`, look(t, r), state)
			assert.Empty(t, p.asked, state)
		}
	})
}

func TestTheFunctionThatFinishesARebuild(t *testing.T) {
	t.Parallel()
	t.Run("answers where to go on", func(t *testing.T) {
		t.Parallel()
		c, p := newWorld().consumer(&picky{name: "carts"}), &pieces{names: []string{"cart/a"}}
		c.Finish = p.finish
		answer, err := c.Handle(t.Context(), []byte(`{"finish": {"generation": 2}}`))
		assert.JSONEq(t, `{"after": "cart/a"}`, inJSON(t, answer, err))
		answer, err = c.Handle(t.Context(), []byte(`{"finish": {"generation": 2, "after": "cart/a"}}`))
		assert.JSONEq(t, `{"after": ""}`, inJSON(t, answer, err))
	})
	t.Run("flips a view that has caught up", func(t *testing.T) {
		t.Parallel()
		w := newWorld()
		projector := w.projector(cart.CartsView{})
		require.Equal(t, allDone, batch(t, w.consumer(projector), recorded(t, "kinesis.json")))
		entry, err := w.catalog.View(t.Context(), "carts")
		require.NoError(t, err)
		entry.Generations = append(entry.Generations, ports.Generation{Number: 2, Created: noon()})
		require.NoError(t, w.catalog.SaveView(t.Context(), entry))
		require.Equal(t, allDone, batch(t, w.consumer(projector), recorded(t, "kinesis.json")), "which feeds the new one")
		c := w.consumer(projector)
		c.Finish = (&app.Rebuilder{
			Catalog: w.catalog, Views: w.views, Now: noon, Log: w.log,
			Kinds: map[string]app.ViewKind{"carts": {Category: cart.Category, CatchUp: projector.CatchUp}},
		}).FinishFrom
		answer, err := c.Handle(t.Context(), []byte(`{"finish": {"generation": 2}}`))
		assert.JSONEq(t, `{"after": ""}`, inJSON(t, answer, err))
		entry, err = w.catalog.View(t.Context(), "carts")
		require.NoError(t, err)
		assert.Equal(t, 2, entry.Live)
	})
	t.Run("refuses an event that names no generation, and one that keeps no view any", func(t *testing.T) {
		t.Parallel()
		c := newWorld().consumer(&picky{})
		_, err := c.Handle(t.Context(), []byte(`{"finish": {"generation": 2}}`))
		require.ErrorContains(t, err, "a direct invocation")
		c.Finish = (&pieces{}).finish
		for _, none := range []string{`{"finish": {}}`, `{"finish": {"generation": 0}}`, `{"id": "x"}`, `null`} {
			_, err := c.Handle(t.Context(), []byte(none))
			assert.ErrorIs(t, err, lambdafn.ErrMalformed, none)
		}
	})
	t.Run("is asked again where its answer is lost or cannot be read", func(t *testing.T) {
		t.Parallel()
		for _, answer := range []string{`later`, ``} {
			finish := lambdafn.FinishBy(func(context.Context, ports.Target, []byte) ([]byte, error) { return []byte(answer), nil })
			after, err := finish(t.Context(), ports.Target{Consumer: "carts", Generation: 2}, "cart/a")
			assert.ErrorContains(t, err, "carts.2 is not finished")
			assert.Equal(t, "cart/a", after)
		}
	})
}
