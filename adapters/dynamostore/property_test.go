package dynamostore_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/evercart/evercart/adapters/dynamostore"
	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/porttest"
)

// imageOf returns the commit of an item in DynamoDB's JSON as the relay reads it.
func imageOf(item []byte) (ports.Commit, error) {
	record := events.DynamoDBEventRecord{EventName: "INSERT", EventSourceArn: "arn:aws:dynamodb:eu-central-1:1:table/shop-cart-events/stream/x"}
	if err := json.Unmarshal(item, &record.Change.NewImage); err != nil {
		return ports.Commit{}, err
	}
	return dynamostore.DecodeLambdaRecord("shop", &record)
}

func TestCommitToItemToCommitIsTheIdentity(t *testing.T) {
	t.Parallel()
	words := rapid.StringOf(rapid.Rune())
	rapid.Check(t, func(rt *rapid.T) {
		first := rapid.Int64Range(1, 1_000_000).Draw(rt, "first") // sample times rise with versions
		head := ports.NewHead(porttest.Stream(1), ports.Version(first-1), ports.Hash{}, time.Time{})
		c := porttest.OlderCommit(head)
		if rapid.Bool().Draw(rt, "ours") {
			c = porttest.Commit(head, words.Draw(rt, "command"), rapid.IntRange(1, 5).Draw(rt, "events"))
			if rapid.Bool().Draw(rt, "with a snapshot") {
				c.Snapshot, c.SnapshotSchema = rapid.SliceOf(rapid.Byte()).Draw(rt, "snapshot"), rapid.IntRange(1, 9).Draw(rt, "schema")
			}
		}
		for i := range c.Events {
			data, err := json.Marshal(map[string]string{words.Draw(rt, "key"): words.Draw(rt, "value")})
			require.NoError(rt, err)
			c.Events[i].Data = string(data)
		}
		var item []byte
		store := eventsBy(func(_, body string) (int, string) {
			var put struct{ Item json.RawMessage }
			assert.NoError(rt, json.Unmarshal([]byte(body), &put))
			item = put.Item
			return 200, `{}`
		})
		_, err := store.Append(t.Context(), head, c.Clone())
		require.NoError(rt, err)
		got, err := imageOf(item)
		require.NoError(rt, err)
		assert.Equal(rt, c, got)
		loaded, err := eventsBy(stored(item)).Load(t.Context(), c.Stream, 0)
		require.NoError(rt, err)
		assert.Equal(rt, []ports.Commit{c}, loaded.Commits)
	})
}

// FuzzImage looks for an image that is neither a valid commit nor a typed error, and
// for one that the store itself reads otherwise than the relay.
func FuzzImage(f *testing.F) {
	for _, name := range []string{"event-item", "event-item-snapshot", "event-item-older", "event-item-older-restored", "checkpoint"} {
		f.Add(golden(f, name, nil))
	}
	f.Add([]byte(`{"AggregateUuid":{"S":"a"},"Version":{"N":"1"},"EventUuid":{"S":"e"},"Name":{"S":"A"},"Data":{"M":{"x":{"L":[{"NS":["1"]},{"BS":["AA=="]}]}}}}`))
	f.Fuzz(func(t *testing.T, image []byte) {
		commit, err := imageOf(image)
		var corrupt *ports.CorruptError
		var format *ports.FormatError
		switch {
		case err == nil:
			assert.NoError(t, commit.Validate())
			loaded, err := eventsBy(stored(image)).Load(t.Context(), commit.Stream, 0)
			require.NoError(t, err, "the relay reads it, the store does not")
			assert.Equal(t, []ports.Commit{commit}, loaded.Commits)
		case errors.As(err, &corrupt), errors.As(err, &format):
			assert.NotEmpty(t, err.Error())
		default: // not an image at all: what the standard decoder refuses
			var image2 map[string]events.DynamoDBAttributeValue
			assert.Error(t, json.Unmarshal(image, &image2), "the error was %v", err)
		}
	})
}

func TestTheLargestCommitThatIsLetThroughFits(t *testing.T) {
	t.Parallel()
	store := newStore(t)
	head := ports.NewHead(porttest.Stream(1), 0, ports.Hash{}, time.Time{})
	of := func(size int) ports.Commit {
		c := porttest.Commit(head, "large", 1)
		c.Events[0].Data = `{"text":"` + strings.Repeat("x", size) + `"}`
		return c
	}
	var tooLarge *ports.TooLargeError
	_, err := store.Append(t.Context(), head, of(dynamostore.MaxItemBytes))
	require.ErrorAs(t, err, &tooLarge)
	fits := dynamostore.MaxItemBytes - (tooLarge.Size - tooLarge.Max)
	_, err = store.Append(t.Context(), head, of(fits+1))
	assert.ErrorAs(t, err, &tooLarge, "one byte more is refused before the call")
	_, err = store.Append(t.Context(), head, of(fits))
	assert.NoError(t, err, "DynamoDB counts no more than we do")
}
