package simulation_test

import (
	"io"
	"net/http"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

// dynamoClient returns an SDK client whose requests go to an HTTP client of ours.
func dynamoClient(to aws.HTTPClient, retryer aws.Retryer) *dynamodb.Client {
	return dynamodb.New(dynamodb.Options{
		Region: "eu-central-1", BaseEndpoint: aws.String("http://dynamodb.invalid"), Credentials: aws.AnonymousCredentials{},
		DisableValidateResponseChecksum: true, HTTPClient: to, Retryer: retryer,
	})
}

// desk answers requests to a DynamoDB at once and without a world, one by one.
type desk struct {
	mu sync.Mutex
	*dynamo
}

// Do implements the SDK's HTTP client.
func (d *desk) Do(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	d.mu.Lock()
	defer d.mu.Unlock()
	status, answer := d.serve(operation, body)
	return respond(status, answer) // what is stored is in the answer
}
