package kinesisfeed_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/kinesisfeed"
	"github.com/evercart/evercart/ports"
)

// script answers the calls of a reader by operation, one after the other; the last
// answer of an operation goes on.
type script map[string][]answer

type answer struct {
	status int
	body   map[string]any
	asked  func(input map[string]any)
}

func (s script) Do(request *http.Request) (*http.Response, error) {
	_, operation, _ := strings.Cut(request.Header.Get("X-Amz-Target"), ".")
	var input map[string]any
	if err := json.NewDecoder(request.Body).Decode(&input); err != nil {
		return nil, err
	}
	now := s[operation][0]
	if len(s[operation]) > 1 {
		s[operation] = s[operation][1:]
	}
	if now.asked != nil {
		now.asked(input)
	}
	return respond(now.status, now.body), nil
}

func (s script) reader() *kinesisfeed.Reader {
	return kinesisfeed.NewReader(kinesis.New(kinesis.Options{
		Region: "eu-central-1", BaseEndpoint: aws.String("http://kinesis.invalid"), HTTPClient: s, Credentials: anyone{}, RetryMaxAttempts: 1,
	}), "events")
}

func fault(code string) answer {
	return answer{status: http.StatusBadRequest, body: map[string]any{"__type": code, "message": "of the test"}}
}

func page(next any, positions ...string) answer {
	records := []map[string]any{}
	for _, p := range positions {
		records = append(records, map[string]any{"SequenceNumber": p, "Data": "e30=", "PartitionKey": "cart/1", "ApproximateArrivalTimestamp": 1.7e9})
	}
	return answer{status: http.StatusOK, body: map[string]any{"Records": records, "NextShardIterator": next, "MillisBehindLatest": 0}}
}

func TestReaderFaults(t *testing.T) {
	t.Parallel()

	t.Run("an iterator that is too old is replaced by one after the last record", func(t *testing.T) {
		t.Parallel()
		var aims []map[string]any
		s := script{
			"GetShardIterator": {{status: http.StatusOK, body: map[string]any{"ShardIterator": "i"}, asked: func(input map[string]any) { aims = append(aims, input) }}},
			"GetRecords":       {page("i2", "7", "8"), fault("ExpiredIteratorException"), page("i3", "9")},
		}
		c := s.reader().Open("0", kinesisfeed.Start{})
		_, err := c.Next(t.Context(), 10)
		require.NoError(t, err)
		next, err := c.Next(t.Context(), 10)
		require.NoError(t, err)
		assert.Equal(t, ports.Position("9"), next.Records[0].Position)
		require.Len(t, aims, 2)
		assert.Equal(t, "TRIM_HORIZON", aims[0]["ShardIteratorType"])
		assert.Equal(t, "AFTER_SEQUENCE_NUMBER", aims[1]["ShardIteratorType"])
		assert.Equal(t, "8", aims[1]["StartingSequenceNumber"])
	})
	t.Run("after a throttled look the cursor stands where it stood", func(t *testing.T) {
		t.Parallel()
		s := script{
			"GetShardIterator": {{status: http.StatusOK, body: map[string]any{"ShardIterator": "i"}}},
			"GetRecords":       {fault(throttled), page("i2", "7")},
		}
		c := s.reader().Open("0", kinesisfeed.Start{})
		_, err := c.Next(t.Context(), 10)
		require.ErrorIs(t, err, ports.ErrUnavailable)
		assert.ErrorContains(t, err, "kinesisfeed: read shard 0 of events: ")
		got, err := c.Next(t.Context(), 10)
		require.NoError(t, err)
		assert.Len(t, got.Records, 1)
	})
	t.Run("an empty page before the tip is not the end", func(t *testing.T) {
		t.Parallel()
		behind := page("i2")
		behind.body["MillisBehindLatest"] = 5000
		s := script{
			"ListShards":       {{status: http.StatusOK, body: map[string]any{"Shards": []map[string]any{{"ShardId": "0"}}}}},
			"GetShardIterator": {{status: http.StatusOK, body: map[string]any{"ShardIterator": "i"}}},
			"GetRecords":       {behind, page("i2", "6"), behind, page(nil, "7")},
		}
		assert.Len(t, all(t, s.reader(), time.Time{}, time.Time{}), 2)
	})
	t.Run("the shards of all pages are listed, children after their parents", func(t *testing.T) {
		t.Parallel()
		var asked []map[string]any
		note := func(input map[string]any) { asked = append(asked, input) }
		s := script{"ListShards": {
			{status: http.StatusOK, asked: note, body: map[string]any{"NextToken": "more", "Shards": []map[string]any{
				{"ShardId": "a", "ParentShardId": "z"}, {"ShardId": "b", "ParentShardId": "trimmed", "AdjacentParentShardId": "y"},
			}}},
			{status: http.StatusOK, asked: note, body: map[string]any{"Shards": []map[string]any{
				{"ShardId": "z", "ParentShardId": "y"}, {"ShardId": "y", "SequenceNumberRange": map[string]any{"StartingSequenceNumber": "1", "EndingSequenceNumber": "2"}},
			}}},
		}}
		shards, err := s.reader().Shards(t.Context())
		require.NoError(t, err)
		assert.Equal(t, []kinesisfeed.Shard{
			{ID: "y", Closed: true}, {ID: "b", Parents: []string{"y"}}, {ID: "z", Parents: []string{"y"}}, {ID: "a", Parents: []string{"z"}},
		}, shards)
		assert.Equal(t, []map[string]any{{"StreamName": "events"}, {"NextToken": "more"}}, asked)
	})
	t.Run("a fault ends the records, once", func(t *testing.T) {
		t.Parallel()
		s := script{
			"ListShards":       {{status: http.StatusOK, body: map[string]any{"Shards": []map[string]any{{"ShardId": "0"}, {"ShardId": "1"}}}}},
			"GetShardIterator": {{status: http.StatusOK, body: map[string]any{"ShardIterator": "i"}}},
			"GetRecords":       {page("i2", "7"), fault("AccessDeniedException")},
		}
		records, faults := 0, 0
		for _, err := range s.reader().Records(t.Context(), time.Time{}, time.Time{}) {
			if err != nil {
				assert.NotErrorIs(t, err, ports.ErrUnavailable)
				faults++
				continue
			}
			records++
		}
		assert.Equal(t, []int{1, 1}, []int{records, faults})
	})
}
