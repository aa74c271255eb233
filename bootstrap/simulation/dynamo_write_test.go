package simulation_test

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"
)

// maxItem is the most bytes of an item (Amazon DynamoDB Developer Guide, "Quotas").
const maxItem = 400 << 10

// write is what all writes of one item have in common.
type write struct {
	TableName                           string
	ConditionExpression                 string
	ExpressionAttributeValues           attributes
	ReturnValuesOnConditionCheckFailure string
}

// putItem is a PutItem request.
type putItem struct {
	write
	Item                   attributes
	ReturnConsumedCapacity string
}

// deleteItem is a DeleteItem request.
type deleteItem struct {
	write
	Key                    attributes
	ReturnConsumedCapacity string
}

func (in *putItem) serve(d *dynamo) (any, error) { return d.one(&in.write, in.Item, in.Item) }

func (in *deleteItem) serve(d *dynamo) (any, error) { return d.one(&in.write, in.Key, nil) }

// one carries out a write of one item: item into the cell of key; nil: none.
func (d *dynamo) one(in *write, key, item attributes) (any, error) {
	planned, err := d.plan(in, key, item)
	if err != nil {
		return nil, err
	}
	if why := d.collision(planned.table); why != "" {
		return nil, &awsError{code: "TransactionConflictException", message: "Transaction is ongoing for the item"}
	}
	if !planned.holds {
		return nil, &awsError{code: "ConditionalCheckFailedException", message: failedCondition, more: planned.old()}
	}
	planned.table.store(d, planned.cell, item)
	return map[string]any{}, nil
}

const failedCondition = "The conditional request failed"

// planned is a write that may be carried out.
type planned struct {
	*cell
	table *dynamoTable
	item  attributes // nil: none
	holds bool       // its condition
	show  bool       // the old item, where the condition does not hold
}

// plan finds the cell of a write, and whether its condition holds.
func (d *dynamo) plan(in *write, key, item attributes) (*planned, error) {
	t, err := d.table(in.TableName)
	if err != nil {
		return nil, err
	}
	at := t.at
	if item != nil {
		at = t.place
	}
	c, err := at(key)
	if err != nil {
		return nil, err
	}
	if size := sizeOf(item); size > maxItem {
		return nil, fmt.Errorf("an item of %d bytes", size)
	}
	p := &planned{cell: c, table: t, item: item, holds: true, show: in.ReturnValuesOnConditionCheckFailure == "ALL_OLD"}
	if in.ConditionExpression == "" {
		if len(in.ExpressionAttributeValues) > 0 {
			return nil, errors.New("values without an expression")
		}
		return p, nil
	}
	condition, err := parse(in.ConditionExpression, in.ExpressionAttributeValues)
	if err != nil {
		return nil, err
	}
	p.holds, err = condition.holds(c.newest())
	return p, err
}

// old returns the item in a write's way, if it was asked for.
func (p *planned) old() map[string]any {
	if item := p.newest(); p.show && item != nil {
		return map[string]any{"Item": item}
	}
	return nil
}

// sizeOf is a little more than what DynamoDB counts.
func sizeOf(item attributes) int {
	const frame = len(`{"S":""}`)
	size := 0
	for name, value := range item {
		size += len(name)
		if bytes.HasPrefix(value, []byte(`{"B":`)) {
			size += (len(value) - frame) / 4 * 3
			continue
		}
		size += max(0, len(value)-frame)
	}
	return size
}

// collision throws whether a write meets a transaction on its item.
func (d *dynamo) collision(t *dynamoTable) string {
	if !t.contended {
		return ""
	}
	return d.whims.collide()
}

// batchWriteItem is a BatchWriteItem request: deletions only.
type batchWriteItem struct {
	RequestItems           map[string][]batchDelete
	ReturnConsumedCapacity string
}

type batchDelete struct {
	DeleteRequest struct{ Key attributes }
}

// mostWrites is the most of a BatchWriteItem (Amazon DynamoDB API Reference).
const mostWrites = 25

// serve leaves some deletions for another call, but not all.
func (in *batchWriteItem) serve(d *dynamo) (any, error) {
	left := map[string][]batchDelete{}
	asked := map[*cell]bool{}
	for _, name := range slices.Sorted(maps.Keys(in.RequestItems)) {
		t, err := d.table(name)
		if err != nil {
			return nil, err
		}
		for _, i := range d.whims.order(len(in.RequestItems[name])) {
			one := in.RequestItems[name][i]
			c, err := t.at(one.DeleteRequest.Key)
			if err != nil {
				return nil, err
			}
			if asked[c] {
				return nil, fmt.Errorf("key %s is written twice", one.DeleteRequest.Key)
			}
			asked[c] = true
			if len(asked) > 1 && d.whims.leave() {
				left[name] = append(left[name], one)
				continue
			}
			t.store(d, c, nil)
		}
	}
	if len(asked) == 0 || len(asked) > mostWrites {
		return nil, errors.New("a batch has 1 to 25 writes")
	}
	return map[string]any{"UnprocessedItems": left}, nil
}
