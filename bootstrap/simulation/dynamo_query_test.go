package simulation_test

import (
	"errors"
	"fmt"
	"slices"
)

// query is a Query request.
type query struct {
	TableName, IndexName                         string
	KeyConditionExpression, ProjectionExpression string
	ExpressionAttributeValues, ExclusiveStartKey attributes
	ConsistentRead, ScanIndexForward             *bool
	Limit                                        *int
	ReturnConsumedCapacity                       string
}

// found is an item that a read came upon.
type found struct {
	*cell
	item attributes
}

func (in *query) serve(d *dynamo) (any, error) {
	t, err := d.table(in.TableName)
	if err != nil {
		return nil, err
	}
	keys, err := in.keys(t)
	if err != nil {
		return nil, err
	}
	asked, err := keyConditionOf(in.KeyConditionExpression, in.ExpressionAttributeValues, keys)
	if err != nil {
		return nil, err
	}
	all, order := in.read(d, t, keys, asked), (*cell).compare
	if in.ScanIndexForward != nil && !*in.ScanIndexForward {
		slices.Reverse(all)
		order = func(a, b *cell) int { return b.compare(a) }
	}
	if all, err = t.after(all, in.ExclusiveStartKey, keys, order); err != nil {
		return nil, err
	}
	limit := len(all) + 1
	if in.Limit != nil {
		limit = *in.Limit
	}
	return d.page(t, all, limit, keys, in.ProjectionExpression, nil)
}

// keys returns the names of the key that the Query is on.
func (in *query) keys(t *dynamoTable) (keyNames, error) {
	if in.IndexName == "" {
		return t.keys, nil
	}
	keys, there := t.indexes[in.IndexName]
	switch {
	case !there:
		return keys, fmt.Errorf("there is no index %s", in.IndexName)
	case in.ConsistentRead != nil && *in.ConsistentRead:
		return keys, errors.New("reads of a global index are never strongly consistent")
	}
	return keys, nil
}

// read returns what matches, in order.
func (in *query) read(d *dynamo, t *dynamoTable, keys keyNames, asked keyCondition) []found {
	cells := t.partitions[asked.hash]
	if in.IndexName != "" {
		cells = slices.SortedFunc(slices.Values(t.indexed[in.IndexName]), (*cell).compare)
	}
	var all []found
	for _, c := range cells {
		sort := c.sort
		item := d.read(c, in.ConsistentRead)
		if in.IndexName != "" && item != nil {
			hash, err := item.scalar(keys.hash)
			if err != nil || hash.kind != keys.hashKind || hash.text != asked.hash {
				continue // it is not in the index, or elsewhere
			}
			sort, _ = item.scalar(keys.sort)
		}
		if item != nil && (asked.sort == nil || asked.sort.admits(sort)) {
			all = append(all, found{c, item})
		}
	}
	return all
}

// after leaves out what comes up to a start key. Where its item is gone, the read
// goes on where that was. order is the order of what was found.
func (t *dynamoTable) after(all []found, start attributes, keys keyNames, order func(a, b *cell) int) ([]found, error) {
	if start == nil {
		return all, nil
	}
	names := t.keyAttributes(keys)
	if len(start) != len(names) || len(start.only(names...)) != len(names) {
		return nil, fmt.Errorf("a start key has the attributes %s", names)
	}
	hash, sort, err := t.keys.keyOf(start)
	if err != nil {
		return nil, err
	}
	last := &cell{hash: hash, sort: sort}
	return slices.DeleteFunc(all, func(f found) bool { return order(f.cell, last) <= 0 }), nil
}

// keyAttributes returns the attributes that say where a read on a key stopped.
func (t *dynamoTable) keyAttributes(keys keyNames) []string {
	names := []string{keys.hash, keys.sort, t.keys.hash, t.keys.sort}
	slices.Sort(names)
	return slices.Compact(names)
}

// page returns one page of what was found: it ends at the limit, and now and then
// earlier, as DynamoDB's does after a MiB. A filter comes after that.
func (d *dynamo) page(t *dynamoTable, all []found, limit int, keys keyNames, projection string, filter *condition) (any, error) {
	if limit < 1 {
		return nil, errors.New("a limit is 1 or more")
	}
	size := min(len(all), limit)
	if size > 0 {
		size = d.whims.cut(size)
	}
	items := []attributes{}
	for _, f := range all[:size] {
		if filter != nil {
			passes, err := filter.holds(f.item)
			if err != nil {
				return nil, err
			}
			if !passes {
				continue
			}
		}
		items = append(items, f.item)
	}
	items, err := projected(projection, items)
	if err != nil {
		return nil, err
	}
	answer := map[string]any{"Items": items, "Count": len(items), "ScannedCount": size}
	if size > 0 && (size < len(all) || size == limit) {
		answer["LastEvaluatedKey"] = all[size-1].item.only(t.keyAttributes(keys)...)
	}
	return answer, nil
}
