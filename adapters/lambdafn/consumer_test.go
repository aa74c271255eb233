package lambdafn_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/lambdafn"
	"github.com/evercart/evercart/adapters/memory"
	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/core/cart"
	"github.com/evercart/evercart/ports"
)

// batch hands a batch to a consumer's function and returns what Lambda reads.
func batch(t *testing.T, c *lambdafn.Consumer, payload []byte) string {
	t.Helper()
	answer, err := c.Handle(t.Context(), payload)
	return inJSON(t, answer, err)
}

// sequence returns the sequence number of the i-th record of kinesis.json.
func sequence(i int) ports.Position {
	return ports.Position("4966840118965842235937883629852182763847532018901230472" + string(rune('2'+i)))
}

func TestABatchOfKinesis(t *testing.T) {
	t.Parallel()
	t.Run("reaches the consumer with shard, position, arrival and the bytes that were sent", func(t *testing.T) {
		t.Parallel()
		p := &picky{}
		assert.Equal(t, allDone, batch(t, newWorld().consumer(p), recorded(t, "kinesis.json")))
		require.Len(t, p.seen, 5)
		assert.Equal(t, "shardId-000000000006", p.seen[0].Shard)
		assert.Equal(t, sequence(4), p.seen[4].Position)
		assert.Equal(t, "2026-01-31T12:00:01.5Z", p.seen[0].Arrival.Format("2006-01-02T15:04:05.999Z07:00"))
		assert.Contains(t, string(p.seen[2].Data), `"item":"Tea <b>&"`)
		assert.Empty(t, p.seen[0].Replay)
	})
	t.Run("comes again from the lowest position that failed", func(t *testing.T) {
		t.Parallel()
		w := newWorld()
		p := &picky{fails: map[ports.Position]bool{sequence(3): true, sequence(1): true}}
		assert.Equal(t, fromOn(string(sequence(1))), batch(t, w.consumer(p), recorded(t, "kinesis.json")))
		assert.EqualValues(t, 1, w.meter.count(ports.MetricFailed, "picky"))
		assert.InDelta(t, 7.5, w.meter.gauge(ports.MetricLag, "picky"), 0.001, "the age of what failed")
	})
	t.Run("becomes one archive object, named the same when it comes again", func(t *testing.T) {
		t.Parallel()
		w := newWorld()
		archive := memory.NewArchive()
		c := w.consumer(app.NewArchiver(archive, w.quarantine, noon, w.meter))
		for range 2 {
			assert.Equal(t, allDone, batch(t, c, recorded(t, "kinesis.json")))
		}
		var keys []string
		for object, err := range archive.Objects(t.Context(), noon(), noon()) {
			require.NoError(t, err)
			keys = append(keys, object.Key)
		}
		assert.Empty(t, keys, "an empty range")
		for object, err := range archive.Objects(t.Context(), noon().AddDate(0, 0, -1), noon().AddDate(0, 0, 1)) {
			require.NoError(t, err)
			keys = append(keys, object.Key)
		}
		assert.Equal(t, []string{"events/date=2026-01-31/hour=12/shardId-000000000006-" + string(sequence(0)) + "-" + string(sequence(4)) + ".ndjson.gz"}, keys)
	})
	t.Run("is folded into a view, and what cannot be read is in quarantine and done with", func(t *testing.T) {
		t.Parallel()
		w := newWorld()
		c := w.consumer(w.projector(cart.CartsView{}))
		assert.Equal(t, allDone, batch(t, c, recorded(t, "kinesis-unreadable.json")))
		items := w.quarantined(t)
		require.Len(t, items, 1)
		assert.Equal(t, "carts", items[0].Consumer)
		assert.Equal(t, "this is no event", string(items[0].Payload))
		list := &lambdafn.List{Views: w.reader}
		answer, err := list.Handle(t.Context(), []byte(`{}`))
		text := inJSON(t, answer, err)
		assert.Contains(t, text, cart1)
		assert.Contains(t, text, cart2)
	})
	t.Run("that is no batch is an error", func(t *testing.T) {
		t.Parallel()
		payload := strings.Replace(string(recorded(t, "kinesis.json")), `"data": "`, `"data": "!`, 1)
		_, err := newWorld().consumer(&picky{}).Handle(t.Context(), []byte(payload))
		assert.ErrorContains(t, err, "event of Kinesis")
	})
}

// message returns the ID of the i-th message of sqs-fifo.json. Messages 0, 2 and
// 4 are of one group, 1 and 3 of another.
func message(i int) string { return "059f36b4-87a3-44ab-83d2-66197592000" + string(rune('0'+i)) }

func again(ids ...string) string {
	items := make([]string, len(ids))
	for i, id := range ids {
		items[i] = `{"itemIdentifier":"` + id + `"}`
	}
	return `{"batchItemFailures":[` + strings.Join(items, ",") + `]}`
}

func TestABatchOfAReplay(t *testing.T) {
	t.Parallel()
	type call struct {
		target  ports.Target
		records []ports.Record
	}
	target := func(name string, failures ...app.Failure) (*lambdafn.Consumer, *world, *[]call) {
		w := newWorld()
		var calls []call
		c := w.consumer(&picky{name: name})
		c.Replay = func(_ context.Context, target ports.Target, records []ports.Record) []app.Failure {
			calls = append(calls, call{target, records})
			return failures
		}
		return c, w, &calls
	}
	t.Run("reaches its target marked as a replay, in order", func(t *testing.T) {
		t.Parallel()
		c, _, calls := target("carts")
		assert.Equal(t, allDone, batch(t, c, recorded(t, "sqs-fifo.json")))
		require.Len(t, *calls, 1)
		got := (*calls)[0]
		assert.Equal(t, ports.Target{Consumer: "carts", Generation: 2}, got.target)
		require.Len(t, got.records, 5)
		assert.Equal(t, "20260131t120000-0001", got.records[0].Replay)
		assert.Equal(t, ports.Position("18878700000000000080"), got.records[0].Position)
		assert.Contains(t, string(got.records[4].Data), "CartClosed")
	})
	t.Run("comes again as the failed message and the rest of its group, no more", func(t *testing.T) {
		t.Parallel()
		for first, want := range map[int][]string{
			0: {message(0), message(2), message(4)},
			1: {message(1), message(3)},
			2: {message(2), message(4)},
			4: {message(4)},
		} {
			c, w, _ := target("carts", app.Failure{Index: first, Err: errBroken})
			assert.Equal(t, again(want...), batch(t, c, recorded(t, "sqs-fifo.json")), first)
			assert.EqualValues(t, 1, w.meter.count(ports.MetricFailed, "carts"))
		}
	})
	t.Run("of a queue without groups comes again message by message", func(t *testing.T) {
		t.Parallel()
		payload := strings.ReplaceAll(string(recorded(t, "sqs-fifo.json")), "MessageGroupId", "NoGroup")
		c, _, _ := target("carts", app.Failure{Index: 1, Err: errBroken})
		assert.Equal(t, again(message(1)), batch(t, c, []byte(payload)))
	})
	t.Run("for several targets is handed to each, and a group stops in all of them", func(t *testing.T) {
		t.Parallel()
		payload := strings.Replace(string(recorded(t, "sqs-fifo.json")), "carts.2", "carts.3", 1)
		c, _, calls := target("carts", app.Failure{Index: 0, Err: errBroken})
		assert.Equal(t, again(message(0), message(1), message(2), message(3), message(4)), batch(t, c, []byte(payload)))
		require.Len(t, *calls, 2)
		assert.Len(t, (*calls)[0].records, 1)
		assert.Equal(t, 3, (*calls)[0].target.Generation)
	})
	t.Run("for somebody else comes again, and the log says so", func(t *testing.T) {
		t.Parallel()
		c, w, calls := target("related")
		assert.Equal(t, again(message(0), message(1), message(2), message(3), message(4)), batch(t, c, recorded(t, "sqs-fifo.json")))
		assert.Empty(t, *calls)
		assert.Contains(t, w.logged.String(), "a message for carts.2 came to related")
	})
	t.Run("with a target that cannot be read is in quarantine and done with", func(t *testing.T) {
		t.Parallel()
		for _, name := range []string{"carts", "", "carts.x", ".1", "carts.-1"} {
			payload := strings.Replace(string(recorded(t, "sqs-fifo.json")), `"carts.2"`, `"`+name+`"`, 1)
			c, w, calls := target("carts")
			assert.Equal(t, allDone, batch(t, c, []byte(payload)), name)
			assert.Len(t, (*calls)[0].records, 4, name)
			items := w.quarantined(t)
			require.Len(t, items, 1, name)
			assert.Contains(t, string(items[0].Payload), "CartOpened")
		}
	})
	t.Run("comes again where even the quarantine fails", func(t *testing.T) {
		t.Parallel()
		payload := strings.Replace(string(recorded(t, "sqs-fifo.json")), `"carts.2"`, `"nobody"`, 1)
		c, _, _ := target("carts")
		c.Quarantine = brokenQuarantine{}
		assert.Equal(t, again(message(0), message(2), message(4)), batch(t, c, []byte(payload)))
	})
	t.Run("fills a generation of a view", func(t *testing.T) {
		t.Parallel()
		w := newWorld()
		p := w.projector(cart.CartsView{})
		c := w.consumer(p)
		c.Replay = func(ctx context.Context, target ports.Target, records []ports.Record) []app.Failure {
			return p.HandleFor(ctx, target, records)
		}
		assert.Equal(t, allDone, batch(t, c, recorded(t, "sqs-fifo.json")))
		checkpoints, err := w.views.ListCheckpoints(t.Context(), ports.Target{Consumer: "carts", Generation: 2}, "", 10)
		require.NoError(t, err)
		require.Len(t, checkpoints, 2)
		assert.EqualValues(t, 3, checkpoints[0].Version)
	})
}

func TestAConsumer(t *testing.T) {
	t.Parallel()
	t.Run("tries parked streams again when a schedule says so", func(t *testing.T) {
		t.Parallel()
		tried := 0
		c := newWorld().consumer(&picky{})
		c.RetryParked = func(context.Context) error { tried++; return nil }
		for _, name := range []string{"schedule-rule.json", "schedule-scheduler.json"} {
			_, err := c.Handle(t.Context(), recorded(t, name))
			require.NoError(t, err, name)
		}
		_, err := c.Handle(t.Context(), []byte(" {} "))
		require.NoError(t, err, "a schedule with a payload of its own")
		assert.Equal(t, 3, tried)
		for _, payload := range []string{`null`, `[]`, `""`, `{"x": 1}`} {
			_, err := c.Handle(t.Context(), []byte(payload))
			assert.ErrorContains(t, err, "this function answers aws:kinesis", payload)
		}
		c.RetryParked = func(context.Context) error { return errBroken }
		_, err = c.Handle(t.Context(), recorded(t, "schedule-rule.json"))
		assert.ErrorIs(t, err, errBroken)
	})
	t.Run("refuses what it has no part for", func(t *testing.T) {
		t.Parallel()
		for _, name := range []string{"sqs-fifo.json", "schedule-rule.json", "s3-failure.json", "dynamodb-inserts.json", "apigw-open.json"} {
			_, err := newWorld().consumer(&picky{}).Handle(t.Context(), recorded(t, name))
			assert.ErrorContains(t, err, "this function answers aws:kinesis", name)
		}
		_, err := newWorld().consumer(&picky{}).Handle(t.Context(), []byte(`{"Records": []}`))
		assert.Error(t, err)
	})
	t.Run("that is a job does what it is for, whatever the event", func(t *testing.T) {
		t.Parallel()
		job := &lambdafn.Job{Run: func(context.Context) (any, error) { return map[string]int{"reminded": 2}, nil }}
		answer, err := job.Handle(t.Context(), recorded(t, "schedule-scheduler.json"))
		assert.JSONEq(t, `{"reminded": 2}`, inJSON(t, answer, err))
		job.Run = func(context.Context) (any, error) { return nil, errors.ErrUnsupported }
		_, err = job.Handle(t.Context(), nil)
		assert.ErrorIs(t, err, errors.ErrUnsupported)
	})
}
