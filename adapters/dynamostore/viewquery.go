package dynamostore

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/evercart/evercart/ports"
)

// attrValue holds the value of a row.
const attrValue = "V"

// Query implements ports.ViewStore.
func (v *Views) Query(ctx context.Context, target ports.Target, q ports.RowQuery) ([]ports.Row, error) {
	// In the direction asked, from After (which is left out below) to Until.
	first, last := rowSortPrefix, "$" // '$' follows '#'
	if q.Descending {
		first, last = last, first
	}
	if q.After != "" {
		first = rowSortPrefix + q.After
	}
	if q.Until != "" {
		last = rowSortPrefix + q.Until
	}
	lowest, highest := first, last
	if q.Descending {
		lowest, highest = last, first
	}
	if lowest > highest {
		return nil, ctx.Err()
	}
	limit := q.Limit
	if q.After != "" {
		limit++
	}
	items, err := v.between(ctx, rowPartition(target, q.Partition), lowest, highest, !q.Descending, limit)
	if err != nil {
		return nil, classify(ctx, err, "query %s, partition %q", target, q.Partition)
	}
	rows := make([]ports.Row, 0, len(items))
	for _, item := range items {
		row, err := decodeRow(target, q.Partition, item)
		if err != nil {
			return nil, err
		}
		if q.After == "" || row.Sort != q.After {
			rows = append(rows, row)
		}
	}
	return rows[:min(len(rows), q.Limit)], nil
}

// between returns at most limit items of a partition whose sort keys lie between
// two, both included.
func (v *Views) between(ctx context.Context, partition, lowest, highest string, forward bool, limit int) ([]Item, error) {
	consistent := true
	in := &dynamodb.QueryInput{
		TableName: &v.table, ConsistentRead: &consistent, ScanIndexForward: &forward,
		KeyConditionExpression:    pointer(attrPartition + " = :p AND " + attrSort + " BETWEEN :lowest AND :highest"),
		ExpressionAttributeValues: Item{":p": text(partition), ":lowest": text(lowest), ":highest": text(highest)},
	}
	return v.pages(ctx, in, limit)
}

// pages runs a Query until it has limit items or there are no more.
func (v *Views) pages(ctx context.Context, in *dynamodb.QueryInput, limit int) ([]Item, error) {
	var items []Item
	in.ReturnConsumedCapacity = total
	for {
		in.Limit = pointer(int32(min(limit-len(items), 1000))) //nolint:gosec // at most 1 000
		out, err := v.client.Query(ctx, in)
		if err != nil {
			return nil, err
		}
		v.consumed(ports.MetricReadUnits, one(out.ConsumedCapacity)...)
		items = append(items, out.Items...)
		if in.ExclusiveStartKey = out.LastEvaluatedKey; in.ExclusiveStartKey == nil || len(items) >= limit {
			return items, ctx.Err()
		}
	}
}

func decodeRow(target ports.Target, partition string, item Item) (ports.Row, error) {
	r := reader{item: item}
	sort := r.text(attrSort)
	b, ok := item[attrValue].(*types.AttributeValueMemberB)
	if !ok {
		r.fail(attrValue, "bytes")
	}
	if err := r.corrupt(fmt.Sprintf("row of %s, partition %q, sort key %q", target, partition, sort)); err != nil {
		return ports.Row{}, err
	}
	return ports.Row{RowKey: ports.RowKey{Partition: partition, Sort: strings.TrimPrefix(sort, rowSortPrefix)}, Value: b.Value}, nil
}

// Rows implements ports.ViewStore.
func (v *Views) Rows(ctx context.Context, target ports.Target, keys []ports.RowKey) ([]ports.Row, error) {
	wanted := make([]Item, len(keys))
	for i, key := range keys {
		wanted[i] = rowKey(target, key)
	}
	items, err := v.get(ctx, wanted)
	if err != nil {
		return nil, classify(ctx, err, "rows of %s", target)
	}
	prefix := rowPartition(target, "")
	rows := make([]ports.Row, len(items))
	for i, item := range items {
		r := reader{item: item}
		if rows[i], err = decodeRow(target, strings.TrimPrefix(r.text(attrPartition), prefix), item); err != nil {
			return nil, err
		}
	}
	return rows, nil
}
