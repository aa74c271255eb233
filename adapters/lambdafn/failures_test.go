package lambdafn_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/lambdafn"
	"github.com/evercart/evercart/core/cart"
	"github.com/evercart/evercart/ports"
)

// fetched returns a Fetch that knows the object of s3-failure.json alone.
func fetched(t *testing.T, content []byte) lambdafn.Fetch {
	t.Helper()
	return func(_ context.Context, bucket, key string) ([]byte, error) {
		const want = "aws/lambda/f2bb3a4e-1b1a-4b5d-9c3c-2d8e5d6a7b8c/shardId-000000000006/2026/01/31/2026-01-31T13.00.06-7e3b8a5c aä"
		if bucket != "evercart-failures" || key != want {
			return nil, errors.New("no object " + key + " of " + bucket)
		}
		return content, nil
	}
}

const junk = ports.Position("49668401189658422359378836298521827638475320189012304721")

func TestABatchThatLambdaGaveUp(t *testing.T) {
	t.Parallel()
	t.Run("is handled record by record, and what brings the consumer down or fails is in quarantine", func(t *testing.T) {
		t.Parallel()
		w := newWorld()
		p := &picky{panics: map[ports.Position]bool{sequence(0): true}, fails: map[ports.Position]bool{sequence(2): true}}
		c := w.consumer(p)
		c.Fetch = fetched(t, recorded(t, "failure-kinesis.json"))
		assert.JSONEq(t, `{"records": 2, "quarantined": 2}`, batch(t, c, recorded(t, "s3-failure.json")))
		require.Len(t, p.seen, 4)
		items := w.quarantined(t)
		require.Len(t, items, 2)
		assert.Equal(t, sequence(0), items[0].Position)
		assert.Equal(t, "it panicked: picky does not bear "+string(sequence(0)), items[0].Reason)
		assert.Contains(t, string(items[0].Payload), `"specversion"`, "the event as it was sent, for a redrive")
		assert.EqualValues(t, 2, w.meter.count(ports.MetricQuarantined, "picky"))
	})
	t.Run("mends a view", func(t *testing.T) {
		t.Parallel()
		w := newWorld()
		c := w.consumer(w.projector(cart.CartsView{}))
		c.Fetch = fetched(t, recorded(t, "failure-kinesis.json"))
		assert.JSONEq(t, `{"records": 4, "quarantined": 0}`, batch(t, c, recorded(t, "s3-failure.json")))
		checkpoints, err := w.views.ListCheckpoints(t.Context(), ports.Target{Consumer: "carts", Generation: 1}, "", 10)
		require.NoError(t, err)
		assert.Len(t, checkpoints, 2)
		require.Len(t, w.quarantined(t), 1)
		assert.Equal(t, junk, w.quarantined(t)[0].Position)
	})
	t.Run("of a stream is published after all", func(t *testing.T) {
		t.Parallel()
		w := newWorld()
		r := w.relay()
		r.Fetch = fetched(t, recorded(t, "failure-dynamodb.json"))
		answer, err := r.Handle(t.Context(), recorded(t, "s3-failure.json"))
		assert.JSONEq(t, `{"records": 2, "quarantined": 0}`, inJSON(t, answer, err))
		assert.Len(t, w.published(t), 2)
	})
	t.Run("of a stream that cannot be published is in quarantine, named by its place in the store", func(t *testing.T) {
		t.Parallel()
		w := newWorld()
		r := w.relay()
		r.Fetch, r.Publisher = fetched(t, recorded(t, "failure-dynamodb.json")), publisher{}
		answer, err := r.Handle(t.Context(), recorded(t, "s3-failure.json"))
		assert.JSONEq(t, `{"records": 0, "quarantined": 2}`, inJSON(t, answer, err))
		assert.Equal(t, "cart/"+cart1+"@1", w.quarantined(t)[0].Shard)
	})
	t.Run("is an error as long as the quarantine or the object is not there", func(t *testing.T) {
		t.Parallel()
		c := newWorld().consumer(&picky{fails: map[ports.Position]bool{sequence(1): true}})
		c.Fetch, c.Quarantine = fetched(t, recorded(t, "failure-kinesis.json")), brokenQuarantine{}
		_, err := c.Handle(t.Context(), recorded(t, "s3-failure.json"))
		assert.ErrorIs(t, err, errBroken)
		assert.ErrorContains(t, err, "of bucket evercart-failures: record 3: ")
		c.Fetch = func(context.Context, string, string) ([]byte, error) { return nil, errBroken }
		_, err = c.Handle(t.Context(), recorded(t, "s3-failure.json"))
		assert.ErrorIs(t, err, errBroken)
	})
	t.Run("blames no record when time has run out", func(t *testing.T) {
		t.Parallel()
		w := newWorld()
		c := w.consumer(&picky{fails: map[ports.Position]bool{sequence(0): true}})
		c.Fetch = fetched(t, recorded(t, "failure-kinesis.json"))
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := c.Handle(ctx, recorded(t, "s3-failure.json"))
		assert.ErrorIs(t, err, context.Canceled)
		assert.Empty(t, w.quarantined(t))
	})
	t.Run("that holds no records is an error that names the object", func(t *testing.T) {
		t.Parallel()
		for content, want := range map[string]string{
			`no JSON`:                     "it is no failure record",
			`{"version": "1.0"}`:          "the batch cannot be read",
			`{"payload": {}}`:             "it has no payload with records",
			`{"payload": "{\"Records\""}`: "the batch cannot be read",
		} {
			c := newWorld().consumer(&picky{})
			c.Fetch = fetched(t, []byte(content))
			_, err := c.Handle(t.Context(), recorded(t, "s3-failure.json"))
			assert.ErrorContains(t, err, want, content)
			assert.ErrorContains(t, err, "object aws/lambda/f2bb3a4e", content)
		}
	})
	t.Run("is read also where the payload stands there as JSON", func(t *testing.T) {
		t.Parallel()
		c := newWorld().consumer(&picky{})
		c.Fetch = fetched(t, append(append([]byte(`{"payload": `), recorded(t, "kinesis.json")...), '}'))
		assert.JSONEq(t, `{"records": 5, "quarantined": 0}`, batch(t, c, recorded(t, "s3-failure.json")))
	})
}
