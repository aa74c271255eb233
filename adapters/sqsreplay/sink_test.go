package sqsreplay_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/sqsreplay"
	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/envelope"
	"github.com/evercart/evercart/ports/porttest"
)

var hour = time.Date(2026, 5, 4, 13, 0, 0, 0, time.UTC)

// deliverOne delivers a record and returns its message.
func deliverOne(t *testing.T, r ports.Record) sent {
	t.Helper()
	f := &fakeQueue{}
	require.NoError(t, f.sink(0).Deliver(t.Context(), carts, []ports.Record{r}))
	require.Len(t, f.log, 1)
	return f.log[0]
}

func TestMessages(t *testing.T) {
	t.Parallel()

	t.Run("a message is the event, with its replay and target beside it", func(t *testing.T) {
		t.Parallel()
		r := recordOf(t, "20260504-1", porttest.Stream(1), 3, "")
		event, err := envelope.ParseWire(string(r.Data))
		require.NoError(t, err)
		m := deliverOne(t, r)
		assert.Equal(t, string(r.Data), m.MessageBody)
		assert.Equal(t, porttest.Stream(1).String(), m.MessageGroupID)
		sum := sha256.Sum256([]byte("20260504-1\x00" + event.ID))
		assert.Equal(t, hex.EncodeToString(sum[:]), m.MessageDeduplicationID)
		require.Len(t, m.MessageAttributes, 2)
		assert.Equal(t, "20260504-1", m.MessageAttributes["replay"].StringValue)
		assert.Equal(t, "carts.2", m.MessageAttributes["target"].StringValue)
	})
	t.Run("the same event of another replay is another message", func(t *testing.T) {
		t.Parallel()
		one, other := recordOf(t, "r1", porttest.Stream(1), 3, ""), recordOf(t, "r2", porttest.Stream(1), 3, "")
		assert.NotEqual(t, deliverOne(t, one).MessageDeduplicationID, deliverOne(t, other).MessageDeduplicationID)
	})
	t.Run("a stream whose name is too long for a group has its hash as one", func(t *testing.T) {
		t.Parallel()
		stream := ports.StreamID{Category: "cart", ID: strings.Repeat("x", 128)}
		sum := sha256.Sum256([]byte(stream.String()))
		assert.Equal(t, hex.EncodeToString(sum[:]), deliverOne(t, recordOf(t, "r1", stream, 1, "")).MessageGroupID)
		stream.ID = strings.Repeat("x", 123) // with "cart/" 128
		assert.Equal(t, stream.String(), deliverOne(t, recordOf(t, "r1", stream, 1, "")).MessageGroupID)
	})
	t.Run("characters that SQS refuses are escaped, so that the event says the same", func(t *testing.T) {
		t.Parallel()
		m := deliverOne(t, recordOf(t, "r1", porttest.Stream(1), 1, "{\"item\":\"\uffff tea \ufffe\U0001FAD6\"}"))
		assert.NotContains(t, m.MessageBody, "\uffff")
		assert.NotContains(t, m.MessageBody, "\ufffe")
		event, err := envelope.ParseWire(m.MessageBody)
		require.NoError(t, err)
		var data struct{ Item string }
		require.NoError(t, json.Unmarshal([]byte(event.Data), &data))
		assert.Equal(t, "\uffff tea \ufffe\U0001FAD6", data.Item)
	})
	t.Run("what cannot be sent is refused before anything is", func(t *testing.T) {
		t.Parallel()
		good, unmarked, unreadable := recordOf(t, "r1", porttest.Stream(1), 1, ""), recordOf(t, "", porttest.Stream(1), 2, ""), recordOf(t, "r1", porttest.Stream(1), 3, "")
		unreadable.Data = []byte("{")
		large := recordOf(t, "r1", porttest.Stream(1), 4, `{"x":"`+strings.Repeat("x", sqsreplay.MaxMessageBytes)+`"}`)
		for want, r := range map[string]ports.Record{"no replay mark": unmarked, "corrupt": unreadable, "at most 1048576 fit": large} {
			f := &fakeQueue{}
			err := f.sink(0).Deliver(t.Context(), carts, []ports.Record{good, r})
			assert.ErrorContains(t, err, "sqsreplay: deliver to carts.2, queue shop-replay-carts.fifo: record 1: ")
			assert.ErrorContains(t, err, want)
			assert.NotErrorIs(t, err, ports.ErrUnavailable)
			assert.Empty(t, f.calls)
		}
	})
}

func TestCalls(t *testing.T) {
	t.Parallel()

	t.Run("a call has ten messages at most, each of another stream", func(t *testing.T) {
		t.Parallel()
		f := &fakeQueue{}
		records := recordsOf(t, 25, 3)
		require.NoError(t, f.sink(0).Deliver(t.Context(), carts, records))
		assert.NoError(t, inOrder(f.log, records, nil))
		for _, call := range f.calls {
			assert.LessOrEqual(t, len(call), 10)
			groups := map[string]bool{}
			for _, m := range call {
				groups[m.MessageGroupID] = true
			}
			assert.Len(t, groups, len(call))
		}
	})
	t.Run("a hundred events of differing streams are ten calls", func(t *testing.T) {
		t.Parallel()
		f := &fakeQueue{}
		require.NoError(t, f.sink(0).Deliver(t.Context(), carts, recordsOf(t, 100, 1)))
		assert.Len(t, f.calls, 10)
		assert.Equal(t, 1, f.asked["GetQueueUrl"])
	})
	t.Run("a call of several messages has 256 KiB at most", func(t *testing.T) {
		t.Parallel()
		f := &fakeQueue{}
		var records []ports.Record
		for s := range 8 {
			records = append(records, recordOf(t, "r1", porttest.Stream(s), 1, `{"x":"`+strings.Repeat("x", 60<<10)+`"}`))
		}
		records = append(records, recordOf(t, "r1", porttest.Stream(9), 1, `{"x":"`+strings.Repeat("x", 500<<10)+`"}`))
		require.NoError(t, f.sink(0).Deliver(t.Context(), carts, records))
		assert.Len(t, f.log, 9)
		for _, call := range f.calls {
			bytes := 0
			for _, m := range call {
				bytes += len(m.MessageBody)
			}
			assert.True(t, len(call) == 1 || bytes <= sqsreplay.MaxCallBytes, "%d messages of %d bytes", len(call), bytes)
		}
	})
	t.Run("the queue of a target is asked for once", func(t *testing.T) {
		t.Parallel()
		f := &fakeQueue{}
		s := f.sink(0)
		for v := range 3 {
			require.NoError(t, s.Deliver(t.Context(), carts, []ports.Record{recordOf(t, "r1", porttest.Stream(1), ports.Version(v+1), "")}))
		}
		_, err := s.Pending(t.Context(), carts)
		require.NoError(t, err)
		assert.Equal(t, map[string]int{"GetQueueUrl": 1, "SendMessageBatch": 3, "GetQueueAttributes": 1}, f.asked)
	})
}

func TestBackpressure(t *testing.T) {
	t.Parallel()
	one := func(t *testing.T) []ports.Record { return recordsOf(t, 1, 1) }

	t.Run("a delivery waits until the queue has room", func(t *testing.T) {
		t.Parallel()
		f := &fakeQueue{pending: []string{"500", "100", "99"}}
		s := f.sink(100)
		var waits []int
		s.Unhurried(func(ctx context.Context, looks int) error {
			waits = append(waits, looks)
			return ctx.Err()
		})
		require.NoError(t, s.Deliver(t.Context(), carts, one(t)))
		assert.Equal(t, []int{1, 2}, waits)
		assert.Len(t, f.log, 1)
	})
	t.Run("a wait ends with its context, and nothing is sent", func(t *testing.T) {
		t.Parallel()
		f := &fakeQueue{pending: []string{"500"}}
		ctx, cancel := context.WithCancel(t.Context())
		s := f.sink(100)
		s.Unhurried(func(ctx context.Context, _ int) error {
			cancel()
			return ctx.Err()
		})
		err := s.Deliver(ctx, carts, one(t))
		require.ErrorIs(t, err, context.Canceled)
		assert.ErrorContains(t, err, "with 500 messages in the queue")
		assert.Empty(t, f.calls)
	})
	t.Run("without a bound nothing is counted", func(t *testing.T) {
		t.Parallel()
		f := &fakeQueue{pending: []string{"500"}}
		require.NoError(t, f.sink(0).Deliver(t.Context(), carts, one(t)))
		assert.Zero(t, f.asked["GetQueueAttributes"])
	})
	t.Run("a count that is none is an error", func(t *testing.T) {
		t.Parallel()
		for _, count := range []string{"", "many", "-1"} {
			_, err := (&fakeQueue{pending: []string{count}}).sink(0).Pending(t.Context(), carts)
			assert.ErrorContains(t, err, fmt.Sprintf("ApproximateNumberOfMessages is %q, want a number", count))
		}
	})
}

func TestPauses(t *testing.T) {
	t.Parallel()

	t.Run("a pause ends with its context", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		assert.ErrorIs(t, sqsreplay.Pause(ctx, 20), context.Canceled)
	})
	t.Run("a pause beyond the deadline is not begun", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithTimeout(t.Context(), time.Nanosecond)
		defer cancel()
		assert.ErrorIs(t, sqsreplay.Pause(ctx, 1000), context.DeadlineExceeded)
	})
	t.Run("a pause passes", func(t *testing.T) {
		t.Parallel()
		assert.NoError(t, sqsreplay.Pause(t.Context(), 1))
	})
}
