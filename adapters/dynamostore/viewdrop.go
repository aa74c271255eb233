package dynamostore

import (
	"context"
	"math"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/evercart/evercart/ports"
)

// Drop implements ports.ViewStore. Checkpoints go first, so that a drop that was
// cut short leaves none that speaks of rows that are gone. Rows are found by a
// Scan, since only the view knows their partitions: dropping is rare.
func (v *Views) Drop(ctx context.Context, target ports.Target) error {
	for bucket := range uint32(checkpointBuckets) {
		in := &dynamodb.QueryInput{
			TableName: &v.table, ConsistentRead: pointer(true), KeyConditionExpression: pointer(attrPartition + " = :p"),
			ExpressionAttributeValues: Item{":p": text(checkpointPartition(target, bucket))},
			ProjectionExpression:      pointer(attrPartition + ", " + attrSort),
		}
		items, err := v.pages(ctx, in, math.MaxInt32)
		if err == nil {
			err = v.deleteAll(ctx, items)
		}
		if err != nil {
			return classify(ctx, err, "drop the checkpoints of %s", target)
		}
	}
	in := &dynamodb.ScanInput{
		TableName: &v.table, ConsistentRead: pointer(true),
		FilterExpression:          pointer("begins_with(" + attrPartition + ", :p)"),
		ExpressionAttributeValues: Item{":p": text(rowPartition(target, ""))},
		ProjectionExpression:      pointer(attrPartition + ", " + attrSort),
		ReturnConsumedCapacity:    total,
	}
	for {
		out, err := v.client.Scan(ctx, in)
		if err == nil {
			v.consumed(ports.MetricReadUnits, one(out.ConsumedCapacity)...)
			err = v.deleteAll(ctx, out.Items)
		}
		if err != nil {
			return classify(ctx, err, "drop the rows of %s", target)
		}
		if in.ExclusiveStartKey = out.LastEvaluatedKey; in.ExclusiveStartKey == nil {
			return nil
		}
	}
}
