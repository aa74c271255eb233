package player

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestWhatAMappingLeavesOfABatch(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 1, 31, 13, 0, 6, 21e6, time.UTC)
	records := batchOf(2)
	records[0].arrival, records[1].arrival = at.Add(-2*time.Second), at.Add(-time.Second)
	d := &discarded{source: &fakeStream{}, shard: "shardId-6", records: records, condition: "RetryAttemptsExhausted", invokes: 3, crashed: true, at: at}
	t.Run("names function, condition and batch, and holds the whole event", func(t *testing.T) {
		t.Parallel()
		content, err := d.failureRecord("arn:aws:lambda:eu-central-1:000000000000:function:shop-archive:live")
		require.NoError(t, err)
		var got struct {
			RequestContext  map[string]any `json:"requestContext"`
			ResponseContext map[string]any `json:"responseContext"`
			Info            map[string]any `json:"KinesisBatchInfo"`
			Payload         string         `json:"payload"`
			Timestamp       string         `json:"timestamp"`
		}
		require.NoError(t, json.Unmarshal(content, &got))
		assert.Equal(t, "arn:aws:lambda:eu-central-1:000000000000:function:shop-archive:live", got.RequestContext["functionArn"])
		assert.Equal(t, "RetryAttemptsExhausted", got.RequestContext["condition"])
		assert.EqualValues(t, 3, got.RequestContext["approximateInvokeCount"])
		assert.Equal(t, "Unhandled", got.ResponseContext["functionError"])
		assert.Equal(t, "100", got.Info["startSequenceNumber"])
		assert.Equal(t, "101", got.Info["endSequenceNumber"])
		assert.Equal(t, "2026-01-31T13:00:04.021Z", got.Info["approximateArrivalOfFirstRecord"])
		assert.Equal(t, `{"Records":[0,1]}`, got.Payload)
		assert.Equal(t, "2026-01-31T13:00:06.021Z", got.Timestamp)
	})
	t.Run("is an object by mapping, shard and day", func(t *testing.T) {
		t.Parallel()
		assert.Regexp(t, `^aws/lambda/m-1/shardId-6/2026/01/31/2026-01-31T13\.00\.06-[0-9a-f-]{36}$`, d.key("m-1"))
	})
	t.Run("is told of as S3 tells, with the key encoded as forms are", func(t *testing.T) {
		t.Parallel()
		event, err := objectCreated("bucket", "a b/ä", 7, at)
		require.NoError(t, err)
		assert.Contains(t, string(event), `"key":"a+b%2F%C3%A4"`)
		assert.Contains(t, string(event), `"eventSource":"aws:s3"`)
	})
}
