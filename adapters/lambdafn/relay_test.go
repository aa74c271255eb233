package lambdafn_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/lambdafn"
	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/ports"
)

func (w *world) relay() *lambdafn.Relay {
	return &lambdafn.Relay{
		Decode: decodeImage, Publisher: w.feed, Quarantine: w.quarantine, Source: "/evercart", Meter: w.meter, Now: noon, Log: w.log,
	}
}

// publisher fails for the records at the given indexes; for all where there are
// none.
type publisher struct {
	indexes []int
	never   map[int]error // of indexes, those that can never be published
}

func (p publisher) Publish(context.Context, []ports.Outgoing) error {
	if p.indexes == nil {
		return errBroken
	}
	return fmt.Errorf("kinesis: %w", &ports.UnpublishedError{Indexes: p.indexes, Err: errBroken, Never: p.never})
}

const allDone = `{"batchItemFailures":[]}`

func fromOn(id string) string { return `{"batchItemFailures":[{"itemIdentifier":"` + id + `"}]}` }

func TestTheRelayOfAStream(t *testing.T) {
	t.Parallel()
	handle := func(t *testing.T, r *lambdafn.Relay, payload []byte) string {
		t.Helper()
		answer, err := r.Handle(t.Context(), payload)
		return inJSON(t, answer, err)
	}
	t.Run("publishes every event of the inserted commits, in order", func(t *testing.T) {
		t.Parallel()
		w := newWorld()
		assert.Equal(t, allDone, handle(t, w.relay(), recorded(t, "dynamodb-inserts.json")))
		var got []string
		for _, e := range w.published(t) {
			assert.Equal(t, "/evercart", e.Source)
			assert.False(t, e.CommitHash.IsZero())
			got = append(got, fmt.Sprintf("%s@%d %s", e.Stream.ID[34:], e.Version, e.Type))
		}
		assert.Equal(t, []string{"01@1 CartOpened", "02@1 CartOpened", "01@2 ItemAdded", "02@2 ItemAdded", "01@3 CartClosed"}, got)
		assert.EqualValues(t, 5, w.meter.count(ports.MetricPublished, ""))
		assert.InDelta(t, 6, w.meter.gauge(ports.MetricLag, "relay"), 0.001, "seconds since the newest change, at noon and 10 s")
	})
	t.Run("publishes items in the older form as commits of one event", func(t *testing.T) {
		t.Parallel()
		w := newWorld()
		assert.Equal(t, allDone, handle(t, w.relay(), recorded(t, "dynamodb-older.json")))
		events := w.published(t)
		require.Len(t, events, 2)
		assert.Equal(t, `{"item_name":"Apple","shopping_cart_uuid":"`+older+`"}`, events[1].Data)
		assert.Equal(t, 1, events[1].Schema)
		assert.True(t, events[1].CommitHash.IsZero())
	})
	t.Run("counts and logs tampering, and publishes nothing of it", func(t *testing.T) {
		t.Parallel()
		w := newWorld()
		assert.Equal(t, allDone, handle(t, w.relay(), recorded(t, "dynamodb-tampering.json")))
		assert.EqualValues(t, 2, w.meter.count(ports.MetricTampering, ""))
		assert.Empty(t, w.published(t))
		assert.Empty(t, w.quarantined(t))
		assert.Contains(t, w.logged.String(), "event_name=MODIFY")
		assert.Contains(t, w.logged.String(), older)
	})
	t.Run("puts an item that cannot be read into the quarantine and goes on", func(t *testing.T) {
		t.Parallel()
		w := newWorld()
		assert.Equal(t, allDone, handle(t, w.relay(), recorded(t, "dynamodb-unreadable.json")))
		assert.Len(t, w.published(t), 2)
		items := w.quarantined(t)
		require.Len(t, items, 1)
		assert.Equal(t, app.RelayName, items[0].Consumer)
		assert.Equal(t, "cart/"+cart1+"@9", items[0].Shard, "where a redrive finds the commit")
		assert.Equal(t, "format 3", items[0].Reason)
		assert.Contains(t, string(items[0].Payload), `"Format"`)
		assert.EqualValues(t, 1, w.meter.count(ports.MetricQuarantined, "relay"))
	})
	t.Run("puts an attribute of an unknown kind into the quarantine and goes on", func(t *testing.T) {
		t.Parallel()
		w := newWorld()
		payload := strings.Replace(string(recorded(t, "dynamodb-inserts.json")), `"Format": {`, `"Format": {"X": "?"}, "Else": {`, 1)
		assert.Equal(t, allDone, handle(t, w.relay(), []byte(payload)))
		assert.Len(t, w.published(t), 4)
		require.Len(t, w.quarantined(t), 1)
		assert.Equal(t, ports.Position("800000000003126276362"), w.quarantined(t)[0].Position)
	})
	t.Run("takes a batch again from a record on that the quarantine did not take", func(t *testing.T) {
		t.Parallel()
		w := newWorld()
		r := w.relay()
		r.Quarantine = brokenQuarantine{}
		assert.Equal(t, fromOn("8000000000031262763102"), handle(t, r, recorded(t, "dynamodb-unreadable.json")))
		assert.Len(t, w.published(t), 1, "what comes before is published")
	})
	t.Run("answers with the lowest record that was not published", func(t *testing.T) {
		t.Parallel()
		for what, c := range map[string]struct {
			indexes   []int
			want      string
			published int64
		}{
			"some":            {[]int{2, 4}, fromOn("800000000003126276364"), 3},
			"the last":        {[]int{4}, fromOn("800000000003126276366"), 4},
			"all":             {[]int{0, 1, 2, 3, 4}, fromOn("800000000003126276362"), 0},
			"who knows which": {nil, fromOn("800000000003126276362"), 0},
		} {
			w := newWorld()
			r := w.relay()
			r.Publisher = publisher{indexes: c.indexes}
			assert.Equal(t, c.want, handle(t, r, recorded(t, "dynamodb-inserts.json")), what)
			assert.Equal(t, c.published, w.meter.count(ports.MetricPublished, ""), what)
			assert.EqualValues(t, 1, w.meter.count(ports.MetricFailed, "relay"), what)
		}
	})
	t.Run("answers for the commit of an event that was not published", func(t *testing.T) {
		t.Parallel()
		w := newWorld()
		r := w.relay()
		r.Decode = func(record *events.DynamoDBEventRecord) (ports.Commit, error) {
			commit, err := decodeImage(record)
			more := commit.Events[0]
			more.Version++
			commit.Last++
			commit.Events = append(commit.Events, more)
			return commit, err
		}
		r.Publisher = publisher{indexes: []int{3}}
		assert.Equal(t, fromOn("800000000003126276363"), handle(t, r, recorded(t, "dynamodb-inserts.json")))
	})
	t.Run("puts a commit whose event the feed can never take into the quarantine, and so stops no other", func(t *testing.T) {
		t.Parallel()
		tooLarge := &ports.TooLargeError{What: "event of cart/" + cart1, Size: 2 << 20, Max: 1 << 20}
		for what, c := range map[string]struct {
			failing publisher
			want    string
			unkept  string // while the quarantine takes nothing
		}{
			"alone":                                {publisher{[]int{2}, map[int]error{2: tooLarge}}, allDone, fromOn("800000000003126276364")},
			"before a later event of its stream":   {publisher{[]int{2, 4}, map[int]error{2: tooLarge}}, fromOn("800000000003126276366"), fromOn("800000000003126276364")},
			"after another that comes again":       {publisher{[]int{1, 2}, map[int]error{2: tooLarge}}, fromOn("800000000003126276363"), fromOn("800000000003126276363")},
			"beside another that can never either": {publisher{[]int{2, 3}, map[int]error{2: tooLarge, 3: tooLarge}}, allDone, fromOn("800000000003126276364")},
		} {
			w := newWorld()
			r := w.relay()
			r.Publisher = c.failing
			assert.Equal(t, c.want, handle(t, r, recorded(t, "dynamodb-inserts.json")), what)
			items := w.quarantined(t)
			require.Len(t, items, len(c.failing.never), what)
			assert.Equal(t, "cart/"+cart1+"@2", items[0].Shard, what)
			assert.Equal(t, ports.Position("800000000003126276364"), items[0].Position, what)
			assert.Equal(t, tooLarge.Error(), items[0].Reason, what)
			assert.Contains(t, string(items[0].Payload), `"NewImage"`, what)
			r.Quarantine = brokenQuarantine{}
			assert.Equal(t, c.unkept, handle(t, r, recorded(t, "dynamodb-inserts.json")), what)
		}
	})
	t.Run("answers no other events", func(t *testing.T) {
		t.Parallel()
		for _, name := range []string{"kinesis.json", "s3-failure.json", "schedule-rule.json"} {
			_, err := newWorld().relay().Handle(t.Context(), recorded(t, name))
			assert.ErrorContains(t, err, "this function answers aws:dynamodb", name)
		}
	})
}
