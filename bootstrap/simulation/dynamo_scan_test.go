package simulation_test

import "cmp"

// scan is a Scan request.
type scan struct {
	TableName                              string
	FilterExpression, ProjectionExpression string
	ExpressionAttributeValues              attributes
	ExclusiveStartKey                      attributes
	ConsistentRead                         *bool
	ReturnConsumedCapacity                 string
}

func (in *scan) serve(d *dynamo) (any, error) {
	t, err := d.table(in.TableName)
	if err != nil {
		return nil, err
	}
	var filter *condition
	if in.FilterExpression != "" {
		if filter, err = parse(in.FilterExpression, in.ExpressionAttributeValues); err != nil {
			return nil, err
		}
	}
	var all []found
	for _, c := range t.all() {
		if item := d.read(c, in.ConsistentRead); item != nil {
			all = append(all, found{c, item})
		}
	}
	byPartition := func(a, b *cell) int { return cmp.Or(cmp.Compare(a.hash, b.hash), a.sort.compare(b.sort)) }
	if all, err = t.after(all, in.ExclusiveStartKey, t.keys, byPartition); err != nil {
		return nil, err
	}
	return d.page(t, all, len(all)+1, t.keys, in.ProjectionExpression, filter)
}
