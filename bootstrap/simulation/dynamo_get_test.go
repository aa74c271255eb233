package simulation_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
)

// getItem is a GetItem request.
type getItem struct {
	TableName              string
	Key                    attributes
	ConsistentRead         *bool
	ReturnConsumedCapacity string
}

func (in *getItem) serve(d *dynamo) (any, error) {
	t, err := d.table(in.TableName)
	if err != nil {
		return nil, err
	}
	c, err := t.at(in.Key)
	if err != nil {
		return nil, err
	}
	if item := d.read(c, in.ConsistentRead); item != nil {
		return map[string]any{"Item": item}, nil
	}
	return map[string]any{}, nil
}

// batchGetItem is a BatchGetItem request.
type batchGetItem struct {
	RequestItems           map[string]batchKeys
	ReturnConsumedCapacity string
}

type batchKeys struct {
	Keys           []attributes
	ConsistentRead *bool `json:",omitempty"`
}

// mostKeys is the most keys of a BatchGetItem (Amazon DynamoDB API Reference).
const mostKeys = 100

// serve answers in any order, and leaves some keys for another call, but not all.
func (in *batchGetItem) serve(d *dynamo) (any, error) {
	responses, left := map[string][]attributes{}, map[string]batchKeys{}
	asked := map[*cell]bool{}
	for _, name := range slices.Sorted(maps.Keys(in.RequestItems)) {
		t, err := d.table(name)
		if err != nil {
			return nil, err
		}
		of := in.RequestItems[name]
		responses[name] = []attributes{}
		for _, i := range d.whims.order(len(of.Keys)) {
			c, err := t.at(of.Keys[i])
			if err != nil {
				return nil, err
			}
			if asked[c] {
				return nil, fmt.Errorf("key %s is asked for twice", of.Keys[i])
			}
			asked[c] = true
			if len(asked) > 1 && d.whims.leave() {
				left[name] = batchKeys{append(left[name].Keys, of.Keys[i]), of.ConsistentRead}
				continue
			}
			if item := d.read(c, of.ConsistentRead); item != nil {
				responses[name] = append(responses[name], item)
			}
		}
	}
	if len(asked) == 0 || len(asked) > mostKeys {
		return nil, errors.New("a batch has 1 to 100 keys")
	}
	return map[string]any{"Responses": responses, "UnprocessedKeys": left}, nil
}
