package player

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTheRecordOfATablesStream(t *testing.T) {
	t.Parallel()
	at := time.UnixMilli(1769860800123).UTC()
	s := &tableStream{stream: "arn:aws:dynamodb:eu-central-1:000000000000:table/shop-cart-events/stream/x"}
	r, err := s.record(&types.Record{
		EventID: aws.String("e1"), EventName: types.OperationTypeInsert,
		Dynamodb: &types.StreamRecord{
			SequenceNumber: aws.String("800"), ApproximateCreationDateTime: &at, StreamViewType: types.StreamViewTypeNewImage,
			Keys: map[string]types.AttributeValue{"Version": &types.AttributeValueMemberN{Value: "1"}},
			NewImage: map[string]types.AttributeValue{
				"S": &types.AttributeValueMemberS{Value: "tea"}, "N": &types.AttributeValueMemberN{Value: "1"}, "B": &types.AttributeValueMemberB{Value: []byte{1, 255}},
				"T": &types.AttributeValueMemberBOOL{Value: true}, "Z": &types.AttributeValueMemberNULL{Value: true},
				"SS": &types.AttributeValueMemberSS{Value: []string{"a"}}, "NS": &types.AttributeValueMemberNS{Value: []string{"2"}},
				"BS": &types.AttributeValueMemberBS{Value: [][]byte{{3}}},
				"L":  &types.AttributeValueMemberL{Value: []types.AttributeValue{&types.AttributeValueMemberS{Value: "in"}}},
				"M":  &types.AttributeValueMemberM{Value: map[string]types.AttributeValue{"k": &types.AttributeValueMemberN{Value: "4"}}},
			},
		},
	})
	require.NoError(t, err)
	assert.Equal(t, "800", r.sequence)
	assert.Equal(t, at, r.arrival)
	// The official reader of Lambda's events reads it.
	var event events.DynamoDBEventRecord
	require.NoError(t, json.Unmarshal(r.body, &event))
	assert.Equal(t, "INSERT", event.EventName)
	assert.Equal(t, s.stream, event.EventSourceArn)
	assert.Equal(t, at.Unix(), event.Change.ApproximateCreationDateTime.Unix())
	image := event.Change.NewImage
	assert.Equal(t, "1", event.Change.Keys["Version"].Number())
	assert.Equal(t, "tea", image["S"].String())
	assert.Equal(t, []byte{1, 255}, image["B"].Binary())
	assert.True(t, image["T"].Boolean())
	assert.True(t, image["Z"].IsNull())
	assert.Equal(t, []string{"a"}, image["SS"].StringSet())
	assert.Equal(t, []string{"2"}, image["NS"].NumberSet())
	assert.Equal(t, [][]byte{{3}}, image["BS"].BinarySet())
	assert.Equal(t, "in", image["L"].List()[0].String())
	assert.Equal(t, "4", image["M"].Map()["k"].Number())
}
