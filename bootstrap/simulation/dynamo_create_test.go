package simulation_test

import (
	"errors"
)

// createTable is a CreateTable request: of what the adapters ask for, the keys
// matter.
type createTable struct {
	TableName, BillingMode string
	keySchema
	AttributeDefinitions   []struct{ AttributeName, AttributeType string }
	GlobalSecondaryIndexes []struct {
		IndexName  string
		Projection struct{ ProjectionType string }
		keySchema
	}
	StreamSpecification struct {
		StreamEnabled  bool
		StreamViewType string
	}
}

type keySchema struct {
	KeySchema []struct{ AttributeName, KeyType string }
}

func (in *createTable) serve(d *dynamo) (any, error) {
	if d.tables[in.TableName] != nil {
		return nil, &awsError{code: "ResourceInUseException", message: in.TableName}
	}
	keys, err := in.keys(in.KeySchema)
	if err != nil {
		return nil, err
	}
	t := &dynamoTable{name: in.TableName, keys: keys, indexes: map[string]keyNames{}, partitions: map[string][]*cell{}, indexed: map[string][]*cell{}}
	for _, index := range in.GlobalSecondaryIndexes {
		if index.Projection.ProjectionType != "ALL" {
			return nil, errors.New("an index without all attributes, which the simulated DynamoDB does not know")
		}
		if t.indexes[index.IndexName], err = in.keys(index.KeySchema); err != nil {
			return nil, err
		}
	}
	d.tables[in.TableName] = t
	return map[string]any{}, nil
}

func (in *createTable) keys(schema []struct{ AttributeName, KeyType string }) (keyNames, error) {
	kinds := map[string]string{}
	for _, a := range in.AttributeDefinitions {
		kinds[a.AttributeName] = a.AttributeType
	}
	if len(schema) != 2 || schema[0].KeyType != "HASH" || schema[1].KeyType != "RANGE" {
		return keyNames{}, errors.New("a key without two parts, which the simulated DynamoDB does not know")
	}
	hash, sort := schema[0].AttributeName, schema[1].AttributeName
	return keyNames{hash: hash, sort: sort, hashKind: kinds[hash], sortKind: kinds[sort]}, nil
}

// describeTable is a DescribeTable request: a table is there at once.
type describeTable struct{ TableName string }

func (in *describeTable) serve(d *dynamo) (any, error) {
	if _, err := d.table(in.TableName); err != nil {
		return nil, err
	}
	return map[string]any{"Table": map[string]any{"TableName": in.TableName, "TableStatus": "ACTIVE"}}, nil
}
