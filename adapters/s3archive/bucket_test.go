package s3archive_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/awslocal"
)

// anyone are credentials that no test server looks at.
type anyone struct{}

func (anyone) Retrieve(context.Context) (aws.Credentials, error) {
	return aws.Credentials{AccessKeyID: "anyone", SecretAccessKey: "anyone"}, nil
}

// clientOf returns a client of the server at url that tries each call once.
func clientOf(url string, via s3.HTTPClient) *s3.Client {
	return s3.New(s3.Options{
		Region: "us-east-1", BaseEndpoint: &url, UsePathStyle: true, Credentials: anyone{}, HTTPClient: via, RetryMaxAttempts: 1,
	})
}

var buckets atomic.Int64

// newBucket makes a bucket and returns its name.
func newBucket(t testing.TB, client *s3.Client) string {
	t.Helper()
	name := fmt.Sprintf("archive-%d", buckets.Add(1))
	_, err := client.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: &name})
	require.NoError(t, err)
	return name
}

// inProcess returns the URL of an S3 server in this process, of the test's own.
func inProcess(t testing.TB) string {
	t.Helper()
	server := httptest.NewServer(gofakes3.New(s3mem.New()).Server())
	t.Cleanup(server.Close)
	return server.URL
}

// miniStack is the server that all tests of this package share. It ends with the
// test process.
var miniStack = sync.OnceValues(func() (*awslocal.Server, error) {
	return awslocal.StartMiniStack(context.Background(), os.Getenv("EVERCART_TEST_AWS"), 0)
})

// onMiniStack returns its URL.
func onMiniStack(t testing.TB) string {
	t.Helper()
	if os.Getenv("EVERCART_TEST_AWS") == "" {
		t.Skip("EVERCART_TEST_AWS does not name the folder of AWS's local servers; make test installs them")
	}
	server, err := miniStack()
	require.NoError(t, err)
	return server.URL
}

// servers are where the same tests run.
var servers = map[string]func(testing.TB) string{"gofakes3": inProcess, "MiniStack": onMiniStack}

// trouble answers a request in the server's stead, or lets it pass by two nils.
type trouble func(*http.Request) (*http.Response, error)

// reply is what a trouble answers with.
type reply func() (*http.Response, error)

// wire passes requests to S3 on, counts them, and may make trouble.
type wire struct {
	trouble trouble // nil: none

	mu    sync.Mutex
	asked []string // "GET /bucket/key?query"
}

func (w *wire) Do(request *http.Request) (*http.Response, error) {
	w.mu.Lock()
	w.asked = append(w.asked, request.Method+" "+request.URL.RequestURI())
	w.mu.Unlock()
	if w.trouble != nil {
		if response, err := w.trouble(request); response != nil || err != nil {
			return response, err
		}
	}
	return http.DefaultClient.Do(request)
}
