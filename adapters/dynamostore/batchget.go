package dynamostore

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
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
		for try := 0; len(asked) > 0; try++ {
			if err := backoff(ctx, try); err != nil {
				return nil, err
			}
			out, err := v.client.BatchGetItem(ctx, &dynamodb.BatchGetItemInput{RequestItems: asked})
			if err != nil {
				return nil, err
			}
			items = append(items, out.Responses[v.table]...)
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
		for try := 0; len(asked) > 0; try++ {
			if err := backoff(ctx, try); err != nil {
				return err
			}
			out, err := v.client.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{RequestItems: asked})
			if err != nil {
				return err
			}
			asked = out.UnprocessedItems
		}
	}
	return nil
}

// backoff waits before another try of what DynamoDB left unprocessed: not before
// the first, then 20 ms, doubled up to 1.28 s.
func backoff(ctx context.Context, try int) error {
	if try == 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(20 * time.Millisecond << min(try-1, 6))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
