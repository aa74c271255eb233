package lambdafn_test

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/lambdafn"
	"github.com/evercart/evercart/ports"
)

// slowly has the function of r answer the first n records only, and then take as long
// as there is.
func (r *redriven) slowly(n int) (started *[]string) {
	answer := r.Redrive.Invoke
	r.Redrive.Invoke = func(ctx context.Context, arn string, payload []byte) ([]byte, error) {
		if len(r.functions) == n {
			<-ctx.Done()
			return nil, ctx.Err()
		}
		return answer(ctx, arn, payload)
	}
	started = new([]string)
	r.Continue = func(_ context.Context, payload []byte) error {
		*started = append(*started, string(payload))
		return nil
	}
	r.Now = time.Now
	return started
}

func TestABatchThatTakesLongerThanTheFunctionHas(t *testing.T) {
	t.Parallel()
	const key = "aws/lambda/f2bb3a4e-1b1a-4b5d-9c3c-2d8e5d6a7b8c/shardId-000000000006/2026/01/31/2026-01-31T13.00.06-7e3b8a5c aä"
	t.Run("is gone on with in another invocation, from the first record that is not done with", func(t *testing.T) {
		t.Parallel()
		w := newWorld()
		p := &picky{fails: map[ports.Position]bool{sequence(0): true}}
		r := w.redrive(recorded(t, "failure-kinesis.json"), w.consumer(p).Handle)
		started := r.slowly(2)
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		answer, err := r.Handle(ctx, recorded(t, "s3-failure.json"))
		assert.JSONEq(t, `{"records": 1, "quarantined": 1, "continued": true}`, inJSON(t, answer, err))
		require.NoError(t, ctx.Err(), "there is time left to say so")
		require.Len(t, *started, 1)
		want, err := json.Marshal(map[string]any{"redrive": map[string]any{"bucket": "evercart-failures", "key": key, "from": 2}})
		require.NoError(t, err)
		assert.JSONEq(t, string(want), (*started)[0])

		next := newReplaying(t)
		next.Redrive = w.redrive(recorded(t, "failure-kinesis.json"), w.consumer(p).Handle).Handle
		answer, err = next.Handle(t.Context(), []byte((*started)[0]))
		assert.JSONEq(t, `{"records": 2, "quarantined": 0}`, inJSON(t, answer, err))
		assert.Len(t, p.seen, 4, "each record once")
	})
	t.Run("fails where not even one record is done with, so that it does not go on for ever", func(t *testing.T) {
		t.Parallel()
		r := newWorld().redrive(recorded(t, "failure-kinesis.json"), nil)
		started := r.slowly(0)
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		_, err := r.Handle(ctx, recorded(t, "s3-failure.json"))
		require.ErrorIs(t, err, context.DeadlineExceeded)
		assert.Empty(t, *started)
	})
	t.Run("fails where the next invocation cannot be started: Lambda tries again", func(t *testing.T) {
		t.Parallel()
		w := newWorld()
		r := w.redrive(recorded(t, "failure-kinesis.json"), w.consumer(&picky{}).Handle)
		r.slowly(1)
		r.Continue = func(context.Context, []byte) error { return errBroken }
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		_, err := r.Handle(ctx, recorded(t, "s3-failure.json"))
		require.ErrorIs(t, err, errBroken)
	})
	t.Run("can be named by an operator", func(t *testing.T) {
		t.Parallel()
		w := newWorld()
		r := w.redrive(recorded(t, "failure-kinesis.json"), w.consumer(&picky{}).Handle)
		named, err := json.Marshal(map[string]any{"redrive": map[string]any{"bucket": "evercart-failures", "key": key}})
		require.NoError(t, err)
		answer, err := r.Handle(t.Context(), named)
		assert.JSONEq(t, `{"records": 4, "quarantined": 0}`, inJSON(t, answer, err))
		for _, none := range []string{`{"redrive": {}}`, `{"redrive": {"bucket": "b"}}`, `{"redrive": {"key": "k"}}`, `{"redrive": {"bucket": "b", "key": "k", "from": -1}}`, `{"redrive": 7}`, `{}`} {
			_, err := r.Handle(t.Context(), []byte(none))
			assert.ErrorIs(t, err, lambdafn.ErrMalformed, none)
		}
	})
}
