package dynamostore_test

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

// answers stands for DynamoDB: it gives each call, by operation and body, a status
// and the body of its answer.
type answers func(operation, body string) (status int, answer string)

// Do implements the SDK's HTTP client.
func (a answers) Do(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	status, answer := a(operation, string(body))
	return &http.Response{
		StatusCode: status, Request: r, ContentLength: int64(len(answer)),
		Header: http.Header{"Content-Type": {"application/x-amz-json-1.0"}},
		Body:   io.NopCloser(bytes.NewBufferString(answer)),
	}, nil
}

// answeredBy returns a client that speaks to no server.
func answeredBy(a answers, options ...func(*dynamodb.Options)) *dynamodb.Client {
	return dynamodb.New(dynamodb.Options{
		Region: "eu-central-1", Credentials: anyone{}, HTTPClient: a, Retryer: aws.NopRetryer{},
		DisableValidateResponseChecksum: true,
	}, options...)
}

// counted counts calls by operation, and the keys or items that each answer has.
type counted struct {
	mu    sync.Mutex
	calls map[string]int
}

func (c *counted) add(operation string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.calls == nil {
		c.calls = map[string]int{}
	}
	c.calls[operation]++
	return c.calls[operation]
}

func (c *counted) of(t *testing.T, operation string) int {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.calls[operation]
}
