package lambdafn_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/lambdafn"
	"github.com/evercart/evercart/core/cart"
	"github.com/evercart/evercart/ports"
)

// redriven is a Redrive that knows the object of s3-failure.json alone, and
// one function behind it.
type redriven struct {
	*lambdafn.Redrive
	functions []string // that were invoked
}

const projectCarts = "arn:aws:lambda:eu-central-1:123456789012:function:evercart-project-carts"

func (w *world) redrive(content []byte, function lambdafn.Handler) *redriven {
	r := &redriven{}
	r.Redrive = &lambdafn.Redrive{
		Fetch: func(_ context.Context, bucket, key string) ([]byte, error) {
			const want = "aws/lambda/f2bb3a4e-1b1a-4b5d-9c3c-2d8e5d6a7b8c/shardId-000000000006/2026/01/31/2026-01-31T13.00.06-7e3b8a5c aä"
			if bucket != "evercart-failures" || key != want {
				return nil, errors.New("no object " + key + " of " + bucket)
			}
			return content, nil
		},
		Invoke: func(ctx context.Context, arn string, payload []byte) ([]byte, error) {
			r.functions = append(r.functions, arn)
			f := &lambdafn.Function{Handler: function, Log: w.log}
			answer, err := f.Invoke(ctx, payload)
			if err != nil {
				return nil, &lambdafn.FunctionError{Message: err.Error()}
			}
			return answer, nil
		},
		Describe: func(arn string, record json.RawMessage) (ports.Quarantined, error) {
			return lambdafn.Describe(arn[strings.LastIndex(arn, "-")+1:], record, decodeImage)
		},
		Quarantine: w.quarantine, Meter: w.meter, Now: noon, Log: w.log,
	}
	return r
}

func (r *redriven) handle(t *testing.T) string {
	t.Helper()
	answer, err := r.Handle(t.Context(), recorded(t, "s3-failure.json"))
	return inJSON(t, answer, err)
}

// junk is the position of the record of failure-kinesis.json that is no event.
const junk = ports.Position("49668401189658422359378836298521827638475320189012304721")

func TestABatchThatLambdaGaveUp(t *testing.T) {
	t.Parallel()
	t.Run("is handled record by record, and what brings the function down or fails is in quarantine", func(t *testing.T) {
		t.Parallel()
		w := newWorld()
		p := &picky{panics: map[ports.Position]bool{sequence(0): true}, fails: map[ports.Position]bool{sequence(2): true}}
		r := w.redrive(recorded(t, "failure-kinesis.json"), w.consumer(p).Handle)
		assert.JSONEq(t, `{"records": 2, "quarantined": 2}`, r.handle(t))
		assert.Equal(t, []string{projectCarts, projectCarts, projectCarts, projectCarts}, r.functions)
		require.Len(t, p.seen, 4)
		items := w.quarantined(t)
		require.Len(t, items, 2)
		assert.Equal(t, "carts", items[0].Consumer)
		assert.Equal(t, "shardId-000000000006", items[0].Shard)
		assert.Equal(t, sequence(0), items[0].Position)
		assert.Contains(t, items[0].Reason, "it panicked: picky does not bear "+string(sequence(0)))
		assert.Contains(t, string(items[0].Payload), `"specversion"`, "the event as it was sent, for a redrive by hand")
		assert.Equal(t, "the function could not handle it; its log says why", items[1].Reason)
		assert.EqualValues(t, 2, w.meter.count(ports.MetricQuarantined, "carts"))
	})
	t.Run("mends a view", func(t *testing.T) {
		t.Parallel()
		w := newWorld()
		r := w.redrive(recorded(t, "failure-kinesis.json"), w.consumer(w.projector(cart.CartsView{})).Handle)
		assert.JSONEq(t, `{"records": 4, "quarantined": 0}`, r.handle(t))
		checkpoints, err := w.views.ListCheckpoints(t.Context(), ports.Target{Consumer: "carts", Generation: 1}, "", 10)
		require.NoError(t, err)
		assert.Len(t, checkpoints, 2)
		require.Len(t, w.quarantined(t), 1)
		assert.Equal(t, junk, w.quarantined(t)[0].Position)
	})
	t.Run("of a stream is published after all", func(t *testing.T) {
		t.Parallel()
		w := newWorld()
		assert.JSONEq(t, `{"records": 2, "quarantined": 0}`, w.redrive(recorded(t, "failure-dynamodb.json"), w.relay().Handle).handle(t))
		assert.Len(t, w.published(t), 2)
	})
	t.Run("of a stream that cannot be published is in quarantine, named by its place in the store", func(t *testing.T) {
		t.Parallel()
		w := newWorld()
		relay := w.relay()
		relay.Publisher = publisher{}
		assert.JSONEq(t, `{"records": 0, "quarantined": 2}`, w.redrive(recorded(t, "failure-dynamodb.json"), relay.Handle).handle(t))
		items := w.quarantined(t)
		assert.Equal(t, "relay", items[0].Consumer)
		assert.Equal(t, "cart/"+cart1+"@1", items[0].Shard)
		assert.Equal(t, "cart/"+cart2+"@1", items[1].Shard)
	})
	t.Run("is an error as long as the object, the function or the quarantine is not there", func(t *testing.T) {
		t.Parallel()
		w := newWorld()
		failing := func() *redriven {
			return w.redrive(recorded(t, "failure-kinesis.json"), func(context.Context, []byte) (any, error) { return nil, errBroken })
		}
		for what, breaks := range map[string]func(r *redriven){
			"object": func(r *redriven) {
				r.Fetch = func(context.Context, string, string) ([]byte, error) { return nil, errBroken }
			},
			"function": func(r *redriven) {
				r.Redrive.Invoke = func(context.Context, string, []byte) ([]byte, error) { return nil, errBroken }
			},
			"quarantine": func(r *redriven) { r.Quarantine = brokenQuarantine{} },
		} {
			r := failing()
			breaks(r)
			_, err := r.Handle(t.Context(), recorded(t, "s3-failure.json"))
			assert.ErrorIs(t, err, errBroken, what)
			assert.ErrorContains(t, err, "of bucket evercart-failures", what)
		}
		assert.Empty(t, w.quarantined(t))
	})
	t.Run("of a function that answers something else is in quarantine", func(t *testing.T) {
		t.Parallel()
		w := newWorld()
		r := w.redrive(recorded(t, "failure-dynamodb.json"), func(context.Context, []byte) (any, error) { return "done", nil })
		assert.JSONEq(t, `{"records": 0, "quarantined": 2}`, r.handle(t))
	})
	t.Run("of nobody that is known is an error", func(t *testing.T) {
		t.Parallel()
		w := newWorld()
		r := w.redrive(recorded(t, "failure-dynamodb.json"), func(context.Context, []byte) (any, error) { return nil, errBroken })
		r.Describe = func(string, json.RawMessage) (ports.Quarantined, error) { return ports.Quarantined{}, errBroken }
		_, err := r.Handle(t.Context(), recorded(t, "s3-failure.json"))
		assert.ErrorIs(t, err, errBroken)
		assert.ErrorContains(t, err, "record 1 of 2")
	})
	t.Run("that holds no records is an error that names the object", func(t *testing.T) {
		t.Parallel()
		const context = `"requestContext": {"functionArn": "arn:aws:lambda:eu-central-1:123456789012:function:f"}`
		for content, want := range map[string]string{
			`no JSON`:                                      "it is no failure record",
			`{"version": "1.0"}`:                           "it names no function",
			`{"payload": "{}"}`:                            "it names no function",
			`{` + context + `}`:                            "has no payload",
			`{` + context + `, "payload": {}}`:             "its payload has no records",
			`{` + context + `, "payload": "{\"Records\""}`: "the batch cannot be read",
		} {
			w := newWorld()
			_, err := w.redrive([]byte(content), nil).Handle(t.Context(), recorded(t, "s3-failure.json"))
			assert.ErrorContains(t, err, want, content)
			assert.ErrorContains(t, err, "object aws/lambda/f2bb3a4e", content)
		}
	})
	t.Run("is read also where the payload stands there as JSON", func(t *testing.T) {
		t.Parallel()
		w := newWorld()
		content := append([]byte(`{"requestContext": {"functionArn": "`+projectCarts+`"}, "payload": `), append(recorded(t, "kinesis.json"), '}')...)
		assert.JSONEq(t, `{"records": 5, "quarantined": 0}`, w.redrive(content, w.consumer(&picky{}).Handle).handle(t))
	})
	t.Run("comes to function replay, which answers nothing else of others", func(t *testing.T) {
		t.Parallel()
		r := newReplaying(t)
		_, err := r.Handle(t.Context(), recorded(t, "s3-failure.json"))
		assert.ErrorContains(t, err, "the event comes from aws:s3")
		w := newWorld()
		r.Redrive = w.redrive(recorded(t, "failure-dynamodb.json"), w.relay().Handle).Handle
		answer, err := r.Handle(t.Context(), recorded(t, "s3-failure.json"))
		assert.JSONEq(t, `{"records": 2, "quarantined": 0}`, inJSON(t, answer, err))
		_, err = r.Handle(t.Context(), recorded(t, "kinesis.json"))
		assert.ErrorContains(t, err, "the event comes from aws:kinesis")
	})
}

func TestDescribe(t *testing.T) {
	t.Parallel()
	t.Run("names a record that cannot be decoded by its sequence number alone", func(t *testing.T) {
		t.Parallel()
		item, err := lambdafn.Describe("relay", json.RawMessage(`{"eventSource": "aws:dynamodb", "dynamodb": {"SequenceNumber": "7", "NewImage": {"Format": {"X": "?"}}}}`), decodeImage)
		require.NoError(t, err)
		assert.Equal(t, "relay.stream.7", item.ID())
	})
	t.Run("refuses records of other sources", func(t *testing.T) {
		t.Parallel()
		for _, record := range []string{`{"eventSource": "aws:sqs"}`, `[]`, `{"eventSource": "aws:kinesis", "kinesis": 7}`, `{"eventSource": "aws:dynamodb", "dynamodb": 7}`} {
			_, err := lambdafn.Describe("relay", json.RawMessage(record), decodeImage)
			assert.Error(t, err, record)
		}
	})
}
