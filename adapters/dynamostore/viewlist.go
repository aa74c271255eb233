package dynamostore

import (
	"cmp"
	"context"
	"errors"
	"sync"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/evercart/evercart/ports"
)

// ListCheckpoints implements ports.ViewStore: it merges the buckets, each read in
// pages of about its share, so that little more is read than is returned.
func (v *Views) ListCheckpoints(ctx context.Context, target ports.Target, after string, limit int) ([]ports.Checkpoint, error) {
	buckets := make([]*bucket, checkpointBuckets)
	errs := make([]error, checkpointBuckets)
	var reads sync.WaitGroup
	for i := range buckets {
		buckets[i] = &bucket{in: v.checkpointsAfter(target, uint32(i), after, limit)}
		reads.Go(func() { errs[i] = buckets[i].fill(ctx, v) })
	}
	reads.Wait()
	if err := errors.Join(errs...); err != nil {
		return nil, classify(ctx, err, "checkpoints of %s", target)
	}
	var merged []Item
	for len(merged) < limit {
		item, err := least(ctx, v, buckets)
		if err != nil {
			return nil, classify(ctx, err, "checkpoints of %s", target)
		}
		if item == nil {
			break
		}
		merged = append(merged, item)
	}
	return decodeCheckpoints(target, merged)
}

// bucket is what is left of one bucket of a target's checkpoints, in order.
type bucket struct {
	in    *dynamodb.QueryInput
	items []Item // read, and not taken yet
	ended bool   // nothing is left to read
}

// fill reads on until there is an item to take or the bucket has ended.
func (b *bucket) fill(ctx context.Context, v *Views) error {
	for len(b.items) == 0 && !b.ended {
		out, err := v.client.Query(ctx, b.in)
		if err != nil {
			return err
		}
		v.consumed(ports.MetricReadUnits, one(out.ConsumedCapacity)...)
		b.items, b.in.ExclusiveStartKey = out.Items, out.LastEvaluatedKey
		b.ended = out.LastEvaluatedKey == nil
	}
	return ctx.Err()
}

// least takes the item of the least stream's name; nil where none is left.
func least(ctx context.Context, v *Views, buckets []*bucket) (Item, error) {
	var from *bucket
	var name string
	for _, b := range buckets {
		if err := b.fill(ctx, v); err != nil {
			return nil, err
		}
		if len(b.items) == 0 {
			continue
		}
		r := reader{item: b.items[0]}
		if sort := r.text(attrSort); from == nil || sort < name {
			from, name = b, sort
		}
	}
	if from == nil {
		return nil, nil
	}
	item := from.items[0]
	from.items = from.items[1:]
	return item, nil
}

// checkpointsAfter returns a Query of one bucket's checkpoints after a stream's
// name. A page is a bucket's share of limit and a third.
func (v *Views) checkpointsAfter(target ports.Target, number uint32, after string, limit int) *dynamodb.QueryInput {
	page := int32(min(limit/(checkpointBuckets*3/4)+1, 1000)) //nolint:gosec // at most 1 000
	return &dynamodb.QueryInput{
		TableName: &v.table, ConsistentRead: pointer(true), Limit: &page, ReturnConsumedCapacity: total,
		KeyConditionExpression:    pointer(attrPartition + " = :p AND " + attrSort + " > :after"),
		ExpressionAttributeValues: Item{":p": text(checkpointPartition(target, number)), ":after": text(cmp.Or(after, " "))},
	}
}

// Parked implements ports.ViewStore by the sparse index, which follows the table
// within a moment.
func (v *Views) Parked(ctx context.Context, target ports.Target, after string, limit int) ([]ports.Checkpoint, error) {
	in := &dynamodb.QueryInput{
		TableName: &v.table, IndexName: pointer(parkedIndex),
		KeyConditionExpression:    pointer(attrParked + " = :target AND " + attrSort + " > :after"),
		ExpressionAttributeValues: Item{":target": text(target.String()), ":after": text(cmp.Or(after, " "))},
	}
	items, err := v.pages(ctx, in, limit)
	if err != nil {
		return nil, classify(ctx, err, "parked streams of %s", target)
	}
	return decodeCheckpoints(target, items)
}

func decodeCheckpoints(target ports.Target, items []Item) ([]ports.Checkpoint, error) {
	checkpoints := make([]ports.Checkpoint, len(items))
	for i, item := range items {
		var err error
		if checkpoints[i], err = decodeCheckpoint(target, item); err != nil {
			return nil, err
		}
	}
	return checkpoints, nil
}
