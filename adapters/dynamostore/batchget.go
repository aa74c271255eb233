package dynamostore

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/evercart/evercart/ports"
)

// batchGet is the most keys of a BatchGetItem, and batchWrite the most requests of
// a BatchWriteItem (Amazon DynamoDB API Reference).
const (
	batchGet   = 100
	batchWrite = 25
)

// get returns the items of the keys that there are, in any order, strongly
// consistent. A key given twice is asked once.
func (v *Views) get(ctx context.Context, keys []Item) ([]Item, error) {
	var unique []Item
	seen := map[[2]string]bool{}
	for _, key := range keys {
		r := reader{item: key}
		name := [2]string{r.text(attrPartition), r.text(attrSort)}
		if !seen[name] {
			seen[name] = true
			unique = append(unique, key)
		}
	}
	var items []Item
	consistent := true
	for len(unique) > 0 {
		n := min(len(unique), batchGet)
		asked := map[string]types.KeysAndAttributes{v.table: {Keys: unique[:n], ConsistentRead: &consistent}}
		unique = unique[n:]
		for idle := 0; len(asked) > 0; {
			if err := v.backoff(ctx, idle); err != nil {
				return nil, err
			}
			out, err := v.client.BatchGetItem(ctx, &dynamodb.BatchGetItemInput{
				RequestItems: asked, ReturnConsumedCapacity: types.ReturnConsumedCapacityTotal,
			})
			if err != nil {
				return nil, err
			}
			v.consumed(ports.MetricReadUnits, out.ConsumedCapacity...)
			items = append(items, out.Responses[v.table]...)
			idle = idleTries(idle, len(asked[v.table].Keys), len(out.UnprocessedKeys[v.table].Keys))
			asked = out.UnprocessedKeys
		}
	}
	return items, ctx.Err()
}

// deleteAll deletes items, in any order.
func (v *Views) deleteAll(ctx context.Context, keys []Item) error {
	for len(keys) > 0 {
		n := min(len(keys), batchWrite)
		requests := make([]types.WriteRequest, n)
		for i, key := range keys[:n] {
			requests[i].DeleteRequest = &types.DeleteRequest{Key: Item{attrPartition: key[attrPartition], attrSort: key[attrSort]}}
		}
		keys = keys[n:]
		asked := map[string][]types.WriteRequest{v.table: requests}
		for idle := 0; len(asked) > 0; {
			if err := v.backoff(ctx, idle); err != nil {
				return err
			}
			out, err := v.client.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{
				RequestItems: asked, ReturnConsumedCapacity: types.ReturnConsumedCapacityTotal,
			})
			if err != nil {
				return err
			}
			v.consumed(ports.MetricWriteUnits, out.ConsumedCapacity...)
			idle = idleTries(idle, len(asked[v.table]), len(out.UnprocessedItems[v.table]))
			asked = out.UnprocessedItems
		}
	}
	return nil
}

// idleTries counts tries of which DynamoDB processed nothing; 0 after one of which
// it processed all, 1 after one of which it processed some.
func idleTries(idle, asked, left int) int {
	switch left {
	case 0:
		return 0
	case asked:
		return idle + 1
	}
	return 1
}
