package sqsreplay_test

import (
	"context"
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/evercart/evercart/adapters/sqsreplay"
	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/envelope"
)

// inOrder returns an error unless log keeps what ports.ReplaySink promises of
// records and the outcome err: each comes after all earlier ones of its stream, and
// without an error all are there.
func inOrder(log []sent, records []ports.Record, err error) error {
	last := map[string]ports.Version{}
	for _, m := range log {
		event, err := envelope.ParseWire(m.MessageBody)
		if err != nil {
			return err
		}
		stream := event.Stream.String()
		if event.Version > last[stream]+1 {
			return fmt.Errorf("version %d of %s came after version %d", event.Version, stream, last[stream])
		}
		last[stream] = max(last[stream], event.Version)
	}
	for _, r := range records {
		event, parseErr := envelope.ParseWire(string(r.Data))
		if parseErr != nil {
			return parseErr
		}
		if err == nil && event.Version > last[event.Stream.String()] {
			return fmt.Errorf("version %d of %s is not in the queue", event.Version, event.Stream)
		}
	}
	return nil
}

func TestFailures(t *testing.T) {
	t.Parallel()
	const busy = "ServiceUnavailable"

	for name, passing := range map[string]trouble{
		"a message that fails inside SQS":           {entries: map[int]entryFault{0: {code: "InternalError"}}},
		"a message that is throttled":               {entries: map[int]entryFault{0: {code: "ThrottlingException", sender: true}}},
		"throttling of the whole call":              {code: "RequestThrottled", status: http.StatusBadRequest},
		"throttling of the key of an encrypted one": {code: "KmsThrottled", status: http.StatusBadRequest},
		"a service that is down":                    {code: busy, status: http.StatusServiceUnavailable},
		"a broken connection":                       {code: busy, lost: true},
		"a lost answer":                             {lost: true},
		"an answer that names no message":           {mute: true},
	} {
		t.Run("after "+name+" all is sent", func(t *testing.T) {
			t.Parallel()
			f := &fakeQueue{troubles: troublesOf(passing)}
			records := recordsOf(t, 3, 4)
			require.NoError(t, f.sink(0).Deliver(t.Context(), carts, records))
			assert.NoError(t, inOrder(f.log, records, nil))
		})
		t.Run(name+" that lasts is ErrUnavailable after ten tries", func(t *testing.T) {
			t.Parallel()
			f := &fakeQueue{troubles: func(int) trouble { return passing }}
			records := recordsOf(t, 1, 4)
			err := f.sink(0).Deliver(t.Context(), carts, records)
			require.ErrorIs(t, err, ports.ErrUnavailable)
			assert.NoError(t, inOrder(f.log, records, err))
			assert.Len(t, f.calls, sqsreplay.MaxTries)
		})
	}
	for name, final := range map[string]trouble{
		"a message that SQS refuses":     {entries: map[int]entryFault{0: {code: "InvalidMessageContents", sender: true}}},
		"denied access":                  {code: "AccessDeniedException", status: http.StatusBadRequest},
		"a queue that is not there":      {code: "QueueDoesNotExist", status: http.StatusBadRequest},
		"a key that is not there":        {code: "KmsNotFound", status: http.StatusBadRequest},
		"a call that is not well formed": {code: "InvalidParameterValue", status: http.StatusBadRequest},
	} {
		t.Run(name+" is final", func(t *testing.T) {
			t.Parallel()
			f := &fakeQueue{troubles: func(int) trouble { return final }}
			err := f.sink(0).Deliver(t.Context(), carts, recordsOf(t, 1, 4))
			require.Error(t, err)
			assert.NotErrorIs(t, err, ports.ErrUnavailable)
			assert.Len(t, f.calls, 1)
		})
	}
	t.Run("a refused message is told before one that failed", func(t *testing.T) {
		t.Parallel()
		f := &fakeQueue{troubles: troublesOf(trouble{entries: map[int]entryFault{0: {code: "InternalError"}, 1: {code: "InvalidMessageContents", sender: true}}})}
		err := f.sink(0).Deliver(t.Context(), carts, recordsOf(t, 2, 1))
		assert.ErrorContains(t, err, "InvalidMessageContents")
		assert.NotErrorIs(t, err, ports.ErrUnavailable)
	})
	t.Run("later events of a stream are held back while others go on", func(t *testing.T) {
		t.Parallel()
		failures := 0
		f := &fakeQueue{}
		f.troubles = func(int) trouble {
			if failures++; failures <= 3 {
				return trouble{entries: map[int]entryFault{0: {code: "InternalError"}}}
			}
			return trouble{}
		}
		records := recordsOf(t, 12, 5)
		require.NoError(t, f.sink(0).Deliver(t.Context(), carts, records))
		assert.NoError(t, inOrder(f.log, records, nil))
		assert.Len(t, f.log, len(records))
	})
}

func TestDeliverKeepsOrderWhateverFails(t *testing.T) {
	t.Parallel()
	all := recordsOf(t, 5, 8)
	rapid.Check(t, func(r *rapid.T) {
		records := all[:rapid.IntRange(0, len(all)).Draw(r, "records")]
		calls := rapid.SliceOfN(rapid.IntRange(0, 11), 0, 60).Draw(r, "troubles")
		ends := rapid.IntRange(0, 80).Draw(r, "call at which time is over")
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		f := &fakeQueue{troubles: func(call int) trouble {
			now := trouble{}
			if call < len(calls) {
				now = []trouble{
					{code: "RequestThrottled", status: http.StatusBadRequest},
					{code: "down", lost: true},
					{lost: true},
					{mute: true},
					{entries: map[int]entryFault{0: {code: "InternalError"}}},
					{entries: map[int]entryFault{1: {code: "InternalError"}, 2: {code: "InternalError"}}},
					{entries: map[int]entryFault{0: {code: "InternalError"}}, lost: true},
					{entries: map[int]entryFault{0: {code: "InvalidMessageContents", sender: true}}},
					{},
					{},
					{},
					{},
				}[calls[call]]
			}
			if call == ends {
				now.before = cancel
			}
			return now
		}}
		err := f.sink(0).Deliver(ctx, carts, records)
		if fault := inOrder(f.log, records, err); fault != nil {
			r.Fatal(fault)
		}
	})
}
