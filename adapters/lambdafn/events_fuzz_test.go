package lambdafn_test

import (
	"context"
	"encoding/json"
	"path/filepath"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/dynamostore"
	"github.com/evercart/evercart/adapters/lambdafn"
	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/core/cart"
	"github.com/evercart/evercart/ports"
)

// FuzzEvents hands arbitrary events to every function: each answers with JSON or an
// error, and brings nothing down.
func FuzzEvents(f *testing.F) {
	files, err := filepath.Glob(filepath.Join("testdata", "*.json"))
	require.NoError(f, err)
	for _, file := range files {
		f.Add(recorded(f, filepath.Base(file)))
	}
	for _, direct := range []string{
		`{"ShoppingCartID":"` + cart1 + `","ItemName":"tea","Quantity":2}`, `{"ItemName":[]}`, `null`, `[]`, `{"id":"` + cart1 + `","limit":1}`,
		`{"Records":[{"eventSource":"aws:kinesis"}],"records":[]}`, `{"redrive":{"bucket":"b","key":"k","from":1}}`, `{"finish":{"generation":2,"after":"cart/a"}}`, `{"Records":[{"eventSource":"aws:sqs"},null]}`, `{"Records":[{"eventSource":"aws:dynamodb"},1]}`,
	} {
		f.Add([]byte(direct))
	}
	f.Fuzz(func(t *testing.T, payload []byte) {
		w := newWorld()
		for _, direct := range []lambdafn.Handler{
			(&lambdafn.Direct{Commands: w.commands, Command: func(in *lambdafn.Invocation) (cart.Command, error) {
				return cart.AddItem{Item: in.ItemName, Quantity: 1}, nil
			}}).Handle,
			(&lambdafn.History{Queries: w.queries}).Handle, (&lambdafn.List{Views: w.reader}).Handle, (&lambdafn.Related{Views: w.reader}).Handle,
		} {
			answers(t, w.front(direct).Handle, payload)
		}
		decode := func(r *events.DynamoDBEventRecord) (ports.Commit, error) {
			return dynamostore.DecodeLambdaRecord("evercart", r)
		}
		relay := &lambdafn.Relay{Decode: decode, Publisher: w.feed, Quarantine: w.quarantine, Source: "/evercart", Meter: w.meter, Now: noon, Log: w.log}
		answers(t, relay.Handle, payload)
		projector := w.projector(cart.CartsView{})
		consumer := w.consumer(projector)
		consumer.Replay = func(ctx context.Context, target ports.Target, records []ports.Record) []app.Failure {
			return projector.HandleFor(ctx, target, records)
		}
		consumer.Finish = (&pieces{}).finish
		answers(t, consumer.Handle, payload)
		finish := lambdafn.FinishBy(func(context.Context, ports.Target, []byte) ([]byte, error) { return payload, nil })
		_, _ = finish(t.Context(), ports.Target{Consumer: "carts", Generation: 2}, "") // an arbitrary answer is an error at worst
		redrive := &lambdafn.Redrive{
			Fetch:  func(context.Context, string, string) ([]byte, error) { return payload, nil },
			Invoke: func(context.Context, string, []byte) ([]byte, error) { return payload, nil },
			Describe: func(_ string, record json.RawMessage) (ports.Quarantined, error) {
				return lambdafn.Describe("carts", record, decode)
			},
			Quarantine: w.quarantine, Meter: w.meter, Now: noon, Log: w.log,
		}
		answers(t, redrive.Handle, payload)
		answers(t, redrive.Handle, recorded(t, "s3-failure.json")) // what it fetches and what it is answered is arbitrary
	})
}

// answers hands an event to a function, whose answer, if there is one, must be JSON.
func answers(t *testing.T, handle lambdafn.Handler, payload []byte) {
	t.Helper()
	answer, err := handle(t.Context(), payload)
	if err != nil {
		var kind *json.MarshalerError
		assert.NotErrorAs(t, err, &kind)
		return
	}
	text, err := json.Marshal(answer)
	require.NoError(t, err)
	assert.True(t, json.Valid(text))
}
