package player

import (
	"context"
	"encoding/json"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
)

// feed is a stream of Kinesis as a source.
type feed struct {
	client *kinesis.Client
	stream string
}

func (f *feed) name() string     { return "aws:kinesis" }
func (f *feed) infoName() string { return "KinesisBatchInfo" }
func (f *feed) arn() string {
	return "arn:aws:kinesis:" + Region + ":" + Account + ":stream/" + f.stream
}

func (f *feed) shards(ctx context.Context) (found []shard, err error) {
	in := &kinesis.ListShardsInput{StreamName: &f.stream}
	for {
		page, err := f.client.ListShards(ctx, in)
		if err != nil {
			return nil, err
		}
		for _, s := range page.Shards {
			one := shard{id: aws.ToString(s.ShardId)}
			for _, parent := range []*string{s.ParentShardId, s.AdjacentParentShardId} {
				if parent != nil {
					one.parents = append(one.parents, *parent)
				}
			}
			found = append(found, one)
		}
		if page.NextToken == nil {
			return found, nil
		}
		in = &kinesis.ListShardsInput{NextToken: page.NextToken}
	}
}

func (f *feed) iterator(ctx context.Context, shard, after string) (string, error) {
	in := &kinesis.GetShardIteratorInput{StreamName: &f.stream, ShardId: &shard, ShardIteratorType: types.ShardIteratorTypeTrimHorizon}
	if after != "" {
		in.ShardIteratorType, in.StartingSequenceNumber = types.ShardIteratorTypeAfterSequenceNumber, &after
	}
	got, err := f.client.GetShardIterator(ctx, in)
	if err != nil {
		return "", err
	}
	return shard + "/" + aws.ToString(got.ShardIterator), nil
}

func (f *feed) read(ctx context.Context, iterator string) (records []record, next string, err error) {
	shard, at := cut(iterator)
	got, err := f.client.GetRecords(ctx, &kinesis.GetRecordsInput{ShardIterator: &at, Limit: aws.Int32(1000)})
	if err != nil {
		return nil, "", err
	}
	for i := range got.Records {
		r, err := f.record(shard, &got.Records[i])
		if err != nil {
			return nil, "", err
		}
		records = append(records, r)
	}
	if got.NextShardIterator != nil {
		next = shard + "/" + *got.NextShardIterator
	}
	return records, next, nil
}

// record returns a record as Lambda hands it over ("Using Lambda to process records
// from Amazon Kinesis Data Streams", the example of an event).
func (f *feed) record(shard string, r *types.Record) (record, error) {
	sequence, arrival := aws.ToString(r.SequenceNumber), aws.ToTime(r.ApproximateArrivalTimestamp)
	body, err := json.Marshal(map[string]any{
		"kinesis": map[string]any{
			"kinesisSchemaVersion": "1.0", "partitionKey": r.PartitionKey, "sequenceNumber": sequence, "data": r.Data,
			"approximateArrivalTimestamp": seconds(arrival),
		},
		"eventSource": f.name(), "eventVersion": "1.0", "eventID": shard + ":" + sequence, "eventName": "aws:kinesis:record",
		"invokeIdentityArn": "arn:aws:iam::" + Account + ":role/local", "awsRegion": Region, "eventSourceARN": f.arn(),
	})
	return record{sequence: sequence, arrival: arrival, body: body}, err
}
