package dynamostore_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"
	streamtypes "github.com/aws/aws-sdk-go-v2/service/dynamodbstreams/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/dynamostore"
	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/core/cart"
	"github.com/evercart/evercart/core/es"
	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/porttest"
)

const olderID = "8f0c2f5e-7d1b-4c55-9a8e-0d5f6a7b8c9d"

// olderItem is an item in the older form: one event an item.
func olderItem(version, event, name string, data map[string]types.AttributeValue) dynamostore.Item {
	data["shopping_cart_uuid"] = &types.AttributeValueMemberS{Value: olderID}
	return dynamostore.Item{
		"AggregateUuid": &types.AttributeValueMemberS{Value: olderID}, "Version": &types.AttributeValueMemberN{Value: version},
		"EventUuid": &types.AttributeValueMemberS{Value: event}, "Name": &types.AttributeValueMemberS{Value: name},
		"Data": &types.AttributeValueMemberM{Value: data},
	}
}

func named(item string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"item_name": &types.AttributeValueMemberS{Value: item}}
}

// older is a shop over a table that holds a cart in the older form.
func older(t *testing.T) (*priced, *dynamodb.Client, string) {
	t.Helper()
	p := &priced{t: t, bill: &bill{calls: map[string]int{}}}
	client, prefix := newClient(t), newPrefix()
	require.NoError(t, dynamostore.CreateEventsTable(t.Context(), client, prefix, cart.Category))
	p.store = dynamostore.NewEventStore(client, dynamostore.EventStoreOptions{Prefix: prefix})
	table := dynamostore.EventsTable(prefix, cart.Category)
	for _, item := range []dynamostore.Item{
		olderItem("1", "e-1", "CartOpened", map[string]types.AttributeValue{}),
		olderItem("2", "e-2", "ItemAdded", named("Apple")),
		olderItem("3", "e-3", "ItemAdded", named("Apple")),
	} {
		_, err := client.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &table, Item: item})
		require.NoError(t, err)
	}
	return p, client, table
}

func TestItemsInTheOlderForm(t *testing.T) {
	t.Parallel()
	t.Run("are read, and the same item added twice adds quantity", func(t *testing.T) {
		t.Parallel()
		p, _, _ := older(t)
		q := app.NewQueries(cart.Aggregate{}, ports.EventStore(p.store), "/test")
		got, err := q.Now(t.Context(), es.Caller{}, olderID)
		require.NoError(t, err)
		assert.Equal(t, []cart.Line{{Item: "Apple", Quantity: 2}}, got.State.Lines)
		assert.Equal(t, ports.Version(3), got.Version)
		past, err := q.At(t.Context(), es.Caller{}, olderID, 2)
		require.NoError(t, err)
		assert.Equal(t, 1, past.State.Lines[0].Quantity)
		events, _, err := q.History(t.Context(), es.Caller{}, olderID, 1, 1)
		require.NoError(t, err)
		assert.Equal(t, `{"item_name":"Apple","shopping_cart_uuid":"`+olderID+`"}`, events[0].Data, "keys are sorted")
	})
	t.Run("are appended after, and the chain begins behind them", func(t *testing.T) {
		t.Parallel()
		p, _, _ := older(t)
		p.send(p.process(0), olderID, cart.AddItem{Item: "tea", Quantity: 1})
		loaded, err := p.store.Load(t.Context(), ports.StreamID{Category: cart.Category, ID: olderID}, 0)
		require.NoError(t, err)
		require.Len(t, loaded.Commits, 4)
		last := &loaded.Commits[3]
		assert.Equal(t, es.CommitHash(ports.Hash{}, last), last.Hash)
		assert.False(t, last.Events[0].Time.IsZero())
	})
	t.Run("stand in an append's way like any other", func(t *testing.T) {
		t.Parallel()
		p, _, _ := older(t)
		stream := ports.StreamID{Category: cart.Category, ID: olderID}
		loaded, err := p.store.Load(t.Context(), ports.StreamID{Category: cart.Category, ID: "another"}, 0)
		require.NoError(t, err)
		commit := porttest.Commit(loaded.Head, "c", 1)
		head := ports.NewHead(stream, 1, ports.Hash{}, commit.Events[0].Time)
		commit = porttest.Commit(head, "c", 1)
		_, err = p.store.Append(t.Context(), head, commit)
		var conflict *ports.ConflictError
		require.ErrorAs(t, err, &conflict)
		assert.True(t, conflict.Commit.Older())
	})
}

func TestWhatIsNoCommit(t *testing.T) {
	t.Parallel()
	_, client, table := older(t)
	out, err := client.GetItem(t.Context(), &dynamodb.GetItemInput{TableName: &table, Key: dynamostore.Item{
		"AggregateUuid": &types.AttributeValueMemberS{Value: olderID}, "Version": &types.AttributeValueMemberN{Value: "2"},
	}})
	require.NoError(t, err)
	spoiled := func(name string, v types.AttributeValue) dynamostore.Item {
		item := dynamostore.Item{}
		for k, old := range out.Item {
			item[k] = old
		}
		item[name] = v
		return item
	}
	var format *ports.FormatError
	_, err = dynamostore.DecodeCommit("cart", spoiled("Format", &types.AttributeValueMemberN{Value: "3"}))
	require.ErrorAs(t, err, &format)
	assert.Equal(t, []string{"format 3", "format 2"}, []string{format.Got, format.Want})
	assert.Contains(t, format.What, olderID)
	for name, item := range map[string]dynamostore.Item{
		"no data":             spoiled("Data", &types.AttributeValueMemberS{Value: "x"}),
		"no name":             spoiled("Name", &types.AttributeValueMemberN{Value: "1"}),
		"a name that is none": spoiled("Name", &types.AttributeValueMemberS{Value: "item added"}),
		"a format in words":   spoiled("Format", &types.AttributeValueMemberS{Value: "2"}),
		"nothing of ours":     spoiled("Format", &types.AttributeValueMemberN{Value: "2"}),
		"no version":          spoiled("Version", &types.AttributeValueMemberN{Value: "1.5"}),
		"nothing at all":      {},
	} {
		var corrupt *ports.CorruptError
		_, err := dynamostore.DecodeCommit("cart", item)
		assert.ErrorAs(t, err, &corrupt, name)
	}
}

// images reads a table's stream from its start.
func images(t *testing.T, client *dynamodb.Client, table string, n int) []streamtypes.Record {
	t.Helper()
	described, err := client.DescribeTable(t.Context(), &dynamodb.DescribeTableInput{TableName: &table})
	require.NoError(t, err)
	arn := described.Table.LatestStreamArn
	server, err := local()
	require.NoError(t, err)
	streams := dynamodbstreams.New(dynamodbstreams.Options{Region: "eu-central-1", BaseEndpoint: &server.URL, Credentials: anyone{}})
	stream, err := streams.DescribeStream(t.Context(), &dynamodbstreams.DescribeStreamInput{StreamArn: arn})
	require.NoError(t, err)
	var records []streamtypes.Record
	for _, shard := range stream.StreamDescription.Shards {
		from, err := streams.GetShardIterator(t.Context(), &dynamodbstreams.GetShardIteratorInput{
			StreamArn: arn, ShardId: shard.ShardId, ShardIteratorType: streamtypes.ShardIteratorTypeTrimHorizon,
		})
		require.NoError(t, err)
		for iterator := from.ShardIterator; iterator != nil && len(records) < n; {
			out, err := streams.GetRecords(t.Context(), &dynamodbstreams.GetRecordsInput{ShardIterator: iterator})
			require.NoError(t, err)
			records = append(records, out.Records...)
			iterator = out.NextShardIterator
		}
	}
	require.Len(t, records, n)
	return records
}

func TestStreamImages(t *testing.T) {
	t.Parallel()
	t.Run("of both forms are the commits that were stored", func(t *testing.T) {
		t.Parallel()
		p, client, table := older(t)
		commands := p.process(1)
		for n := range 9 { // a snapshot is among them
			p.send(commands, olderID, cart.AddItem{Item: item(n), Quantity: 1})
		}
		stored, err := p.store.Load(t.Context(), ports.StreamID{Category: cart.Category, ID: olderID}, 0)
		require.NoError(t, err)
		for i, record := range images(t, client, table, 12) {
			got, err := dynamostore.DecodeStreamRecord(cart.Category, &record)
			require.NoError(t, err)
			assert.Equal(t, stored.Commits[i], got)
		}
	})
	t.Run("as Lambda has them are the same commits", func(t *testing.T) {
		t.Parallel()
		for _, form := range []string{
			`{"AggregateUuid":{"S":"a"},"Version":{"N":"2"},"EventUuid":{"S":"e"},"Name":{"S":"ItemAdded"},"Data":{"M":{"b":{"L":[{"N":"1"},{"BOOL":true},{"NULL":true}]},"a":{"S":"x"}}}}`,
			`{"AggregateUuid":{"S":"a"},"Version":{"N":"2"},"LastVersion":{"N":"2"},"Format":{"N":"2"},"CommandId":{"S":"c"},"Fingerprint":{"B":"AQIDBAUGBwg="},` +
				`"Hash":{"B":"AQIDBAUGBwgBAgMEBQYHCAECAwQFBgcIAQIDBAUGBwg="},"Events":{"S":"[{\"id\":\"e\",\"type\":\"ItemAdded\",\"schema\":2,\"time\":\"2026-01-02T03:04:05.000006Z\",\"data\":{\"item\":\"x\"}}]"}}`,
		} {
			var record events.DynamoDBEventRecord
			require.NoError(t, json.Unmarshal([]byte(`{"eventID":"1","eventName":"INSERT","eventSourceARN":"arn:aws:dynamodb:eu-central-1:123456789012:table/shop-cart-events/stream/2026-01-01T00:00:00.000","dynamodb":{"SequenceNumber":"7","NewImage":`+form+`}}`), &record))
			c, err := dynamostore.DecodeLambdaRecord("shop", &record)
			require.NoError(t, err)
			assert.Equal(t, ports.StreamID{Category: "cart", ID: "a"}, c.Stream)
			assert.Equal(t, ports.Version(2), c.Events[0].Version)
			if strings.Contains(form, "EventUuid") {
				assert.Equal(t, `{"a":"x","b":[1,true,null]}`, c.Events[0].Data)
			}
			for _, name := range []string{"MODIFY", "REMOVE"} {
				record.EventName = name
				_, err = dynamostore.DecodeLambdaRecord("shop", &record)
				assert.ErrorIs(t, err, dynamostore.ErrTampered)
			}
			record.EventName, record.Change.NewImage = "INSERT", nil
			_, err = dynamostore.DecodeLambdaRecord("shop", &record)
			assert.ErrorContains(t, err, "NEW_IMAGE")
			_, err = dynamostore.DecodeLambdaRecord("other", &record)
			assert.ErrorContains(t, err, "other-CATEGORY-events")
		}
	})
}
