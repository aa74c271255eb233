package kinesisfeed_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/kinesisfeed"
	"github.com/evercart/evercart/ports"
)

// batchOf returns n events, from number first on, of each of some keys.
func batchOf(keys, first, n int) []ports.Outgoing {
	var batch []ports.Outgoing
	for i := range n {
		for k := range keys {
			batch = append(batch, event(fmt.Sprintf("cart/%03d", k), first+i))
		}
	}
	return batch
}

// all reads the whole stream.
func all(t *testing.T, r *kinesisfeed.Reader, from, to time.Time) []ports.Record {
	t.Helper()
	var records []ports.Record
	for record, err := range r.Records(t.Context(), from, to) {
		require.NoError(t, err)
		records = append(records, record)
	}
	return records
}

// asLog returns what was read as a log of batch.
func asLog(records []ports.Record, batch []ports.Outgoing) []entry {
	keys := map[string]string{}
	for _, o := range batch {
		keys[string(o.Data)] = o.Key
	}
	log := make([]entry, len(records))
	for i, r := range records {
		log[i] = entry{Data: r.Data, PartitionKey: keys[string(r.Data)]}
	}
	return log
}

func TestFeedOnAServer(t *testing.T) {
	t.Parallel()

	t.Run("what is published on four shards is read in the order of each stream", func(t *testing.T) {
		t.Parallel()
		client, name := newStream(t, 4)
		batch := batchOf(100, 0, 10)
		require.NoError(t, kinesisfeed.NewPublisher(client, name, 0).Publish(t.Context(), batch))
		records := all(t, kinesisfeed.NewReader(client, name), time.Time{}, time.Time{})
		assert.Len(t, records, len(batch))
		assert.NoError(t, inOrder(asLog(records, batch), batch, nil))
	})
	t.Run("the largest call and the largest record are taken", func(t *testing.T) {
		t.Parallel()
		client, name := newStream(t, 1)
		var batch []ports.Outgoing
		for k := range 5 {
			o := ports.Outgoing{Key: fmt.Sprint(k), Data: make([]byte, kinesisfeed.MaxRecordBytes-1)}
			o.Data[0] = byte(k)
			batch = append(batch, o)
		}
		require.NoError(t, kinesisfeed.NewPublisher(client, name, 0).Publish(t.Context(), batch))
		assert.Len(t, all(t, kinesisfeed.NewReader(client, name), time.Time{}, time.Time{}), 5)
	})
	t.Run("parents are read before their children", func(t *testing.T) {
		t.Parallel()
		client, name := newStream(t, 1)
		p, r := kinesisfeed.NewPublisher(client, name, 0), kinesisfeed.NewReader(client, name)
		var batch []ports.Outgoing
		publish := func(first int) {
			more := batchOf(50, first, 3)
			require.NoError(t, p.Publish(t.Context(), more))
			batch = append(batch, more...)
		}
		publish(0)
		split(t, client, name, "shardId-000000000000")
		publish(3)
		merge(t, client, name, "shardId-000000000001", "shardId-000000000002")
		publish(6)

		shards, err := r.Shards(t.Context())
		require.NoError(t, err)
		assert.Equal(t, []kinesisfeed.Shard{
			{ID: "shardId-000000000000", Closed: true},
			{ID: "shardId-000000000001", Parents: []string{"shardId-000000000000"}, Closed: true},
			{ID: "shardId-000000000002", Parents: []string{"shardId-000000000000"}, Closed: true},
			{ID: "shardId-000000000003", Parents: []string{"shardId-000000000001", "shardId-000000000002"}},
		}, shards)
		records := all(t, r, time.Time{}, time.Time{})
		assert.Len(t, records, len(batch))
		assert.NoError(t, inOrder(asLog(records, batch), batch, nil))
	})
	t.Run("positions and shards fit the archive's keys, and arrivals are in UTC", func(t *testing.T) {
		t.Parallel()
		client, name := newStream(t, 1)
		require.NoError(t, kinesisfeed.NewPublisher(client, name, 0).Publish(t.Context(), batchOf(1, 0, 1)))
		record := all(t, kinesisfeed.NewReader(client, name), time.Time{}, time.Time{})[0]
		assert.NoError(t, ports.ArchiveBatch{Shard: record.Shard, First: record.Position, Last: record.Position, Arrival: record.Arrival}.Validate())
		assert.Equal(t, time.UTC, record.Arrival.Location())
		assert.WithinDuration(t, time.Now(), record.Arrival, time.Hour)
	})
	t.Run("records are bounded by their arrival", func(t *testing.T) {
		t.Parallel()
		client, name := newStream(t, 1)
		r := kinesisfeed.NewReader(client, name)
		p := kinesisfeed.NewPublisher(client, name, 0)
		var records []ports.Record
		for n := 0; n < 2 || records[n-1].Arrival.Equal(records[0].Arrival); n++ { // until one arrives later than the first
			require.NoError(t, p.Publish(t.Context(), batchOf(1, n, 1)))
			records = all(t, r, time.Time{}, time.Time{})
		}
		first, last := records[0].Arrival, records[len(records)-1].Arrival
		assert.Equal(t, records[len(records)-1:], all(t, r, last, time.Time{}))
		assert.Equal(t, records[:len(records)-1], all(t, r, first, last))
		assert.Empty(t, all(t, r, time.Time{}, first))
	})
	t.Run("a stream that is not there is told, for good", func(t *testing.T) {
		t.Parallel()
		client, _ := newStream(t, 1)
		err := kinesisfeed.NewPublisher(client, "nowhere", 0).Publish(t.Context(), batchOf(1, 0, 1))
		assert.Equal(t, []int{0}, unpublished(t, err))
		assert.NotErrorIs(t, err, ports.ErrUnavailable)
		_, err = kinesisfeed.NewReader(client, "nowhere").Shards(t.Context())
		require.Error(t, err)
		assert.ErrorContains(t, err, "kinesisfeed: list the shards of nowhere: ")
	})
	t.Run("a server that is gone is ErrUnavailable", func(t *testing.T) {
		t.Parallel()
		gone := "http://127.0.0.1:1"
		client := kinesis.New(kinesis.Options{Region: "eu-central-1", BaseEndpoint: &gone, Credentials: anyone{}, RetryMaxAttempts: 1})
		p := kinesisfeed.NewPublisher(client, "events", 0)
		p.Unhurried(unhurried)
		assert.ErrorIs(t, p.Publish(t.Context(), batchOf(1, 0, 1)), ports.ErrUnavailable)
		_, err := kinesisfeed.NewReader(client, "events").Shards(t.Context())
		assert.ErrorIs(t, err, ports.ErrUnavailable)
	})
	t.Run("reading under an ended context fails with its error", func(t *testing.T) {
		t.Parallel()
		client, name := newStream(t, 1)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := kinesisfeed.NewReader(client, name).Shards(ctx)
		require.ErrorIs(t, err, context.Canceled)
		_, err = kinesisfeed.NewReader(client, name).Open("shardId-000000000000", kinesisfeed.Start{}).Next(ctx, 1)
		assert.ErrorIs(t, err, context.Canceled)
	})
}

func TestCursor(t *testing.T) {
	t.Parallel()
	const shard = "shardId-000000000000"

	t.Run("pages follow each other up to the tip, and on from there", func(t *testing.T) {
		t.Parallel()
		client, name := newStream(t, 1)
		p, c := kinesisfeed.NewPublisher(client, name, 0), kinesisfeed.NewReader(client, name).Open(shard, kinesisfeed.Start{})
		require.NoError(t, p.Publish(t.Context(), batchOf(1, 0, 5)))
		var sizes []int
		for range 4 {
			page, err := c.Next(t.Context(), 2)
			require.NoError(t, err)
			assert.False(t, page.Ended)
			sizes = append(sizes, len(page.Records))
		}
		assert.Equal(t, []int{2, 2, 1, 0}, sizes)
		require.NoError(t, p.Publish(t.Context(), batchOf(1, 5, 1)))
		page, err := c.Next(t.Context(), 2)
		require.NoError(t, err)
		require.Len(t, page.Records, 1)
		assert.Equal(t, "cart/000:5", string(page.Records[0].Data))
	})
	t.Run("a cursor opened after a position goes on there", func(t *testing.T) {
		t.Parallel()
		client, name := newStream(t, 1)
		r := kinesisfeed.NewReader(client, name)
		require.NoError(t, kinesisfeed.NewPublisher(client, name, 0).Publish(t.Context(), batchOf(1, 0, 3)))
		first, err := r.Open(shard, kinesisfeed.Start{}).Next(t.Context(), 1)
		require.NoError(t, err)
		rest, err := r.Open(shard, kinesisfeed.Start{After: first.Records[0].Position}).Next(t.Context(), 10)
		require.NoError(t, err)
		require.Len(t, rest.Records, 2)
		assert.Equal(t, "cart/000:1", string(rest.Records[0].Data))
	})
	t.Run("a closed shard ends", func(t *testing.T) {
		t.Parallel()
		client, name := newStream(t, 1)
		require.NoError(t, kinesisfeed.NewPublisher(client, name, 0).Publish(t.Context(), batchOf(1, 0, 1)))
		split(t, client, name, shard)
		c := kinesisfeed.NewReader(client, name).Open(shard, kinesisfeed.Start{})
		seen, ended := 0, false
		for range 10 {
			page, err := c.Next(t.Context(), 10)
			require.NoError(t, err)
			seen += len(page.Records)
			ended = page.Ended
		}
		assert.True(t, ended)
		assert.Equal(t, 1, seen)
	})
	t.Run("a position of another stream is ErrForeignPosition", func(t *testing.T) {
		t.Parallel()
		client, name := newStream(t, 1)
		for _, p := range []ports.Position{"nowhere", "-", "1"} {
			_, err := kinesisfeed.NewReader(client, name).Open(shard, kinesisfeed.Start{After: p}).Next(t.Context(), 1)
			assert.ErrorIs(t, err, ports.ErrForeignPosition, p)
		}
	})
}
