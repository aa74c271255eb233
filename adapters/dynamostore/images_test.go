package dynamostore_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"
	streamtypes "github.com/aws/aws-sdk-go-v2/service/dynamodbstreams/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/dynamostore"
	"github.com/evercart/evercart/core/cart"
	"github.com/evercart/evercart/ports"
)

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
	t.Run("of a change and of a removal are tampering, and name the item", func(t *testing.T) {
		t.Parallel()
		_, client, table := older(t)
		key := dynamostore.Item{
			"AggregateUuid": &types.AttributeValueMemberS{Value: olderID}, "Version": &types.AttributeValueMemberN{Value: "2"},
		}
		_, err := client.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &table, Item: olderItem("2", "e-2", "ItemAdded", named("Pear"))})
		require.NoError(t, err)
		_, err = client.DeleteItem(t.Context(), &dynamodb.DeleteItemInput{TableName: &table, Key: key})
		require.NoError(t, err)
		for _, record := range images(t, client, table, 5)[3:] {
			commit, err := dynamostore.DecodeStreamRecord(cart.Category, &record)
			assert.ErrorIs(t, err, dynamostore.ErrTampered)
			assert.ErrorContains(t, err, string(record.EventName))
			assert.ErrorContains(t, err, "cart/"+olderID+" version 2")
			assert.Equal(t, ports.Version(2), commit.First)
		}
	})
	t.Run("without an image, of an unknown event, or of nothing are errors of their own", func(t *testing.T) {
		t.Parallel()
		var corrupt *ports.CorruptError
		var format *ports.FormatError
		keysOnly := streamtypes.Record{EventName: streamtypes.OperationTypeInsert, EventID: aws.String("1"), Dynamodb: &streamtypes.StreamRecord{
			Keys: map[string]streamtypes.AttributeValue{
				"AggregateUuid": &streamtypes.AttributeValueMemberS{Value: olderID}, "Version": &streamtypes.AttributeValueMemberN{Value: "7"},
			},
		}}
		commit, err := dynamostore.DecodeStreamRecord(cart.Category, &keysOnly)
		require.ErrorAs(t, err, &corrupt)
		assert.ErrorContains(t, err, "cart/"+olderID+" version 7")
		assert.ErrorContains(t, err, "NEW_IMAGE")
		assert.Equal(t, ports.StreamID{Category: cart.Category, ID: olderID}, commit.Stream)
		_, err = dynamostore.DecodeStreamRecord(cart.Category, &streamtypes.Record{EventName: "UPSERT", EventID: aws.String("2")})
		assert.ErrorAs(t, err, &format)
		_, err = dynamostore.DecodeStreamRecord(cart.Category, &streamtypes.Record{})
		assert.ErrorAs(t, err, &format)
	})
	t.Run("of every kind of value read the same in both shapes", func(t *testing.T) {
		t.Parallel()
		const lambda = `{"AggregateUuid":{"S":"a"},"Version":{"N":"2"},"EventUuid":{"S":"e"},"Name":{"S":"ItemAdded"},"Data":{"M":{
			"s":{"S":"x"},"n":{"N":"1.50"},"b":{"B":"AQI="},"t":{"BOOL":false},"z":{"NULL":true},"ss":{"SS":["b","a"]},"ns":{"NS":["2","1"]},
			"bs":{"BS":["AQ=="]},"l":{"L":[{"M":{}}]},"m":{"M":{"k":{"S":"v"}}}}}}`
		var record events.DynamoDBEventRecord
		record.EventName, record.EventSourceArn = "INSERT", "arn:aws:dynamodb:eu-central-1:1:table/shop-cart-events/stream/x"
		require.NoError(t, json.Unmarshal([]byte(lambda), &record.Change.NewImage))
		want, err := dynamostore.DecodeLambdaRecord("shop", &record)
		require.NoError(t, err)
		assert.Equal(t, `{"b":"AQI=","bs":["AQ=="],"l":[{}],"m":{"k":"v"},"n":1.50,"ns":[1,2],"s":"x","ss":["a","b"],"t":false,"z":null}`, want.Events[0].Data)
		str := func(s string) streamtypes.AttributeValue { return &streamtypes.AttributeValueMemberS{Value: s} }
		got, err := dynamostore.DecodeStreamRecord("cart", &streamtypes.Record{EventName: streamtypes.OperationTypeInsert, Dynamodb: &streamtypes.StreamRecord{
			NewImage: map[string]streamtypes.AttributeValue{
				"AggregateUuid": str("a"), "Version": &streamtypes.AttributeValueMemberN{Value: "2"}, "EventUuid": str("e"), "Name": str("ItemAdded"),
				"Data": &streamtypes.AttributeValueMemberM{Value: map[string]streamtypes.AttributeValue{
					"s": str("x"), "n": &streamtypes.AttributeValueMemberN{Value: "1.50"}, "b": &streamtypes.AttributeValueMemberB{Value: []byte{1, 2}},
					"t": &streamtypes.AttributeValueMemberBOOL{}, "z": &streamtypes.AttributeValueMemberNULL{Value: true},
					"ss": &streamtypes.AttributeValueMemberSS{Value: []string{"b", "a"}}, "ns": &streamtypes.AttributeValueMemberNS{Value: []string{"2", "1"}},
					"bs": &streamtypes.AttributeValueMemberBS{Value: [][]byte{{1}}},
					"l":  &streamtypes.AttributeValueMemberL{Value: []streamtypes.AttributeValue{&streamtypes.AttributeValueMemberM{}}},
					"m":  &streamtypes.AttributeValueMemberM{Value: map[string]streamtypes.AttributeValue{"k": str("v")}},
				}},
			},
		}})
		require.NoError(t, err)
		assert.Equal(t, want, got)
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
