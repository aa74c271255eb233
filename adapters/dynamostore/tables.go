package dynamostore

import (
	"context"
	"errors"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// tableWait bounds the wait for a table that was made.
const tableWait = time.Minute

// CreateEventsTable makes the events table of a category as Terraform does it, and
// returns when it takes calls: for local servers and tests. One that is there
// stays.
func CreateEventsTable(ctx context.Context, client *dynamodb.Client, prefix, category string) error {
	enabled := true
	return createTable(ctx, client, &dynamodb.CreateTableInput{
		TableName:   pointer(EventsTable(prefix, category)),
		BillingMode: types.BillingModePayPerRequest,
		KeySchema: []types.KeySchemaElement{
			{AttributeName: pointer(attrStream), KeyType: types.KeyTypeHash},
			{AttributeName: pointer(attrVersion), KeyType: types.KeyTypeRange},
		},
		AttributeDefinitions: []types.AttributeDefinition{
			{AttributeName: pointer(attrStream), AttributeType: types.ScalarAttributeTypeS},
			{AttributeName: pointer(attrVersion), AttributeType: types.ScalarAttributeTypeN},
		},
		StreamSpecification: &types.StreamSpecification{StreamEnabled: &enabled, StreamViewType: types.StreamViewTypeNewImage},
	})
}

func createTable(ctx context.Context, client *dynamodb.Client, in *dynamodb.CreateTableInput) error {
	_, err := client.CreateTable(ctx, in)
	var there *types.ResourceInUseException
	if err != nil && !errors.As(err, &there) {
		return classify(ctx, err, "create table %s", *in.TableName)
	}
	waiter := dynamodb.NewTableExistsWaiter(client, func(o *dynamodb.TableExistsWaiterOptions) {
		o.MinDelay, o.MaxDelay = 10*time.Millisecond, time.Second
	})
	return classify(ctx, waiter.Wait(ctx, &dynamodb.DescribeTableInput{TableName: in.TableName}, tableWait), "create table %s", *in.TableName)
}

func pointer[T any](v T) *T { return &v }
