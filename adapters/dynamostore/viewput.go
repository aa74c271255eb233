package dynamostore

import (
	"context"
	"reflect"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/evercart/evercart/ports"
)

// put replaces an item.
func (v *Views) put(ctx context.Context, item Item) error {
	out, err := v.client.PutItem(ctx, &dynamodb.PutItemInput{TableName: &v.table, Item: item, ReturnConsumedCapacity: total})
	if err == nil {
		v.consumed(ports.MetricWriteUnits, one(out.ConsumedCapacity)...)
	}
	return err
}

// putIf stores an item over the revision that it was read with, 0 for none; moved
// where another one is there. If ours is there already, because the answer of an
// earlier try was lost, that is success.
func (v *Views) putIf(ctx context.Context, item Item, revision int64) (moved bool, err error) {
	condition, values := unmoved(revision)
	out, err := v.client.PutItem(ctx, &dynamodb.PutItemInput{
		TableName: &v.table, Item: item, ConditionExpression: condition, ExpressionAttributeValues: values, ReturnConsumedCapacity: total,
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	})
	if stored, failed := conditionFailed(err); failed {
		return !reflect.DeepEqual(stored, item), nil
	}
	if err == nil {
		v.consumed(ports.MetricWriteUnits, one(out.ConsumedCapacity)...)
	}
	return false, err
}
