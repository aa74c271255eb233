package dynamostore

import (
	"context"
	"reflect"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// put replaces an item.
func (v *Views) put(ctx context.Context, item Item) error {
	_, err := v.client.PutItem(ctx, &dynamodb.PutItemInput{TableName: &v.table, Item: item})
	return err
}

// putIf stores an item over the revision that it was read with, 0 for none; moved
// where another one is there. If ours is there already, because the answer of an
// earlier try was lost, that is success.
func (v *Views) putIf(ctx context.Context, item Item, revision int64) (moved bool, err error) {
	condition, values := unmoved(revision)
	_, err = v.client.PutItem(ctx, &dynamodb.PutItemInput{
		TableName: &v.table, Item: item, ConditionExpression: condition, ExpressionAttributeValues: values,
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	})
	if stored, failed := conditionFailed(err); failed {
		return !reflect.DeepEqual(stored, item), nil
	}
	return false, err
}
