package player

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams/types"
)

// tableStream is a table's stream as a source.
type tableStream struct {
	client *dynamodbstreams.Client
	stream string // its ARN
}

// newTableStream finds the stream of a table.
func newTableStream(ctx context.Context, c *clients, table string) (*tableStream, error) {
	described, err := c.tables.DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: &table})
	if err != nil {
		return nil, err
	}
	if described.Table.LatestStreamArn == nil {
		return nil, fmt.Errorf("table %s has no stream", table)
	}
	return &tableStream{client: c.streams, stream: *described.Table.LatestStreamArn}, nil
}

func (s *tableStream) name() string     { return "aws:dynamodb" }
func (s *tableStream) infoName() string { return "DDBStreamBatchInfo" }
func (s *tableStream) arn() string      { return s.stream }

func (s *tableStream) shards(ctx context.Context) (found []shard, err error) {
	in := &dynamodbstreams.DescribeStreamInput{StreamArn: &s.stream}
	for {
		page, err := s.client.DescribeStream(ctx, in)
		if err != nil {
			return nil, err
		}
		for _, there := range page.StreamDescription.Shards {
			one := shard{id: aws.ToString(there.ShardId)}
			if there.ParentShardId != nil {
				one.parents = []string{*there.ParentShardId}
			}
			found = append(found, one)
		}
		if in.ExclusiveStartShardId = page.StreamDescription.LastEvaluatedShardId; in.ExclusiveStartShardId == nil {
			return found, nil
		}
	}
}

func (s *tableStream) iterator(ctx context.Context, shard, after string) (string, error) {
	in := &dynamodbstreams.GetShardIteratorInput{StreamArn: &s.stream, ShardId: &shard, ShardIteratorType: types.ShardIteratorTypeTrimHorizon}
	if after != "" {
		in.ShardIteratorType, in.SequenceNumber = types.ShardIteratorTypeAfterSequenceNumber, &after
	}
	got, err := s.client.GetShardIterator(ctx, in)
	if err != nil {
		return "", err
	}
	return aws.ToString(got.ShardIterator), nil
}

func (s *tableStream) read(ctx context.Context, iterator string) (records []record, next string, err error) {
	got, err := s.client.GetRecords(ctx, &dynamodbstreams.GetRecordsInput{ShardIterator: &iterator})
	if err != nil {
		return nil, "", err
	}
	for i := range got.Records {
		r, err := s.record(&got.Records[i])
		if err != nil {
			return nil, "", err
		}
		records = append(records, r)
	}
	return records, aws.ToString(got.NextShardIterator), nil
}

// record returns a record as Lambda hands it over ("Using AWS Lambda with Amazon
// DynamoDB", the example of an event).
func (s *tableStream) record(r *types.Record) (record, error) {
	change := map[string]any{}
	out := record{}
	if d := r.Dynamodb; d != nil {
		out.sequence, out.arrival = aws.ToString(d.SequenceNumber), aws.ToTime(d.ApproximateCreationDateTime)
		change["ApproximateCreationDateTime"], change["SequenceNumber"] = seconds(out.arrival), out.sequence
		change["SizeBytes"], change["StreamViewType"] = d.SizeBytes, d.StreamViewType
		for name, image := range map[string]map[string]types.AttributeValue{"Keys": d.Keys, "NewImage": d.NewImage, "OldImage": d.OldImage} {
			if len(image) > 0 {
				change[name] = attributes(image)
			}
		}
	}
	var err error
	out.body, err = json.Marshal(map[string]any{
		"eventID": r.EventID, "eventName": r.EventName, "eventVersion": "1.1", "eventSource": s.name(), "awsRegion": Region,
		"dynamodb": change, "eventSourceARN": s.stream,
	})
	return out, err
}

// attributes returns an item's attributes in DynamoDB's JSON.
func attributes(item map[string]types.AttributeValue) map[string]any {
	out := make(map[string]any, len(item))
	for name, value := range item {
		out[name] = attribute(value)
	}
	return out
}

func attribute(value types.AttributeValue) any {
	switch v := value.(type) {
	case *types.AttributeValueMemberS:
		return map[string]any{"S": v.Value}
	case *types.AttributeValueMemberN:
		return map[string]any{"N": v.Value}
	case *types.AttributeValueMemberB:
		return map[string]any{"B": v.Value}
	case *types.AttributeValueMemberBOOL:
		return map[string]any{"BOOL": v.Value}
	case *types.AttributeValueMemberNULL:
		return map[string]any{"NULL": v.Value}
	case *types.AttributeValueMemberSS:
		return map[string]any{"SS": v.Value}
	case *types.AttributeValueMemberNS:
		return map[string]any{"NS": v.Value}
	case *types.AttributeValueMemberBS:
		return map[string]any{"BS": v.Value}
	case *types.AttributeValueMemberL:
		list := make([]any, len(v.Value))
		for i := range list {
			list[i] = attribute(v.Value[i])
		}
		return map[string]any{"L": list}
	case *types.AttributeValueMemberM:
		return map[string]any{"M": attributes(v.Value)}
	}
	return nil
}
