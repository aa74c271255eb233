package linear_test

import (
	"context"
	"os"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/awslocal"
	"github.com/evercart/evercart/adapters/dynamostore"
	"github.com/evercart/evercart/core/cart"
	"github.com/evercart/evercart/ports"
)

func TestCommandsAreLinearizableInDynamoDB(t *testing.T) {
	t.Parallel()
	tools := os.Getenv("EVERCART_TEST_AWS")
	if tools == "" {
		t.Skip("EVERCART_TEST_AWS does not name the folder of AWS's local servers; make test installs them")
	}
	server, err := awslocal.StartDynamoDB(t.Context(), tools, 0)
	require.NoError(t, err)
	t.Cleanup(server.Stop)
	client := dynamodb.New(dynamodb.Options{
		Region: "eu-central-1", BaseEndpoint: &server.URL,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "anyone", SecretAccessKey: "anyone"}, nil
		}),
		DisableValidateResponseChecksum: true, // the local server sends none
	})
	require.NoError(t, dynamostore.CreateEventsTable(t.Context(), client, "linear", cart.Category))
	linearizable(t, func(context.Context) (ports.EventStore, func() error, error) {
		store := dynamostore.NewEventStore(client, dynamostore.EventStoreOptions{Prefix: "linear"})
		return store, func() error { return nil }, nil
	}, wishes(t, 2000))
}
