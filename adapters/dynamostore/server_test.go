package dynamostore_test

import (
	"context"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/awslocal"
	"github.com/evercart/evercart/adapters/dynamostore"
	"github.com/evercart/evercart/ports/porttest"
)

// local is the server that all tests of this package share. It ends with the test
// process.
var local = sync.OnceValues(func() (*awslocal.Server, error) {
	return awslocal.StartDynamoDB(context.Background(), os.Getenv("EVERCART_TEST_AWS"), 0)
})

type anyone struct{}

func (anyone) Retrieve(context.Context) (aws.Credentials, error) {
	return aws.Credentials{AccessKeyID: "anyone", SecretAccessKey: "anyone"}, nil
}

// newClient returns a client of the local server.
func newClient(t *testing.T, options ...func(*dynamodb.Options)) *dynamodb.Client {
	t.Helper()
	if os.Getenv("EVERCART_TEST_AWS") == "" {
		t.Skip("EVERCART_TEST_AWS does not name the folder of AWS's local servers; make test installs them")
	}
	server, err := local()
	require.NoError(t, err)
	return dynamodb.New(dynamodb.Options{
		Region: "eu-central-1", BaseEndpoint: &server.URL, Credentials: anyone{},
		DisableValidateResponseChecksum: true, // the local server sends none
	}, options...)
}

var prefixes atomic.Int64

// newPrefix returns a prefix of table names that nobody else uses.
func newPrefix() string { return fmt.Sprintf("t%d", prefixes.Add(1)) }

// newStore returns a store with an empty events table for each category of the
// suites.
func newStore(t *testing.T, options ...func(*dynamodb.Options)) *dynamostore.EventStore {
	t.Helper()
	client, prefix := newClient(t, options...), newPrefix()
	for _, category := range porttest.Categories() {
		require.NoError(t, dynamostore.CreateEventsTable(t.Context(), client, prefix, category))
	}
	return dynamostore.NewEventStore(client, dynamostore.EventStoreOptions{Prefix: prefix})
}
