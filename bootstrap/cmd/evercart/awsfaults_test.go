package main_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A person who types a command must not wait for minutes to learn what is missing.
const atOnce = 45 * time.Second // on a busy machine; alone it is a second or two

func TestWhatIsMissingOnAWS(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	id := c.open("tea")
	nobody := "http://127.0.0.1:1"
	for name, fault := range map[string]struct {
		with []string // variables
		args []string
		says []string
	}{
		"tables":                {[]string{"EVERCART_PREFIX=other"}, []string{"cart", "list"}, []string{"table other-", "it is not there", "EVERCART_PREFIX"}},
		"a region":              {[]string{"AWS_REGION="}, []string{"cart", "list"}, []string{"no region", "AWS_REGION"}},
		"the archive's bucket":  {[]string{"EVERCART_ARCHIVE=s3://no-such-bucket"}, []string{"verify"}, []string{"s3://no-such-bucket/", "it is not there", "EVERCART_ARCHIVE"}},
		"a source's bucket":     {nil, []string{"restore", "--from", "s3://no-such-bucket/x", "--resume"}, []string{"s3://no-such-bucket/x/", "it is not there"}},
		"the feed":              {[]string{"EVERCART_FEED=no-such-stream"}, []string{"backfill"}, []string{"no-such-stream", "it is not there", "EVERCART_FEED"}},
		"a server of DynamoDB":  {[]string{"AWS_ENDPOINT_URL_DYNAMODB=" + nobody}, []string{"cart", "show", id}, []string{"does not answer", "connection refused", "AWS_ENDPOINT_URL_DYNAMODB"}},
		"a server of S3":        {[]string{"AWS_ENDPOINT_URL_S3=" + nobody}, []string{"verify"}, []string{"does not answer", "AWS_ENDPOINT_URL_S3"}},
		"a server of Kinesis":   {[]string{"AWS_ENDPOINT_URL_KINESIS=" + nobody}, []string{"backfill"}, []string{"does not answer", "AWS_ENDPOINT_URL_KINESIS"}},
		"a server of SQS":       {[]string{"AWS_ENDPOINT_URL_SQS=" + nobody}, []string{"views", "rebuild", "carts"}, []string{"does not answer", "AWS_ENDPOINT_URL_SQS"}},
		"credentials":           {[]string{"AWS_ACCESS_KEY_ID=", "AWS_SECRET_ACCESS_KEY=", "AWS_EC2_METADATA_DISABLED=true"}, []string{"cart", "list"}, []string{"no credentials", "AWS_PROFILE"}},
		"the tables of a serve": {[]string{"EVERCART_PREFIX=other"}, []string{"serve", "--addr", "127.0.0.1:0"}, []string{"table other-", "it is not there"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			began := time.Now()
			code, stdout, stderr := c.run(fault.with, fault.args...)
			assert.Equal(t, 1, code)
			assert.Empty(t, stdout)
			for _, want := range fault.says {
				assert.Contains(t, stderr, want)
			}
			assert.Equal(t, 1, strings.Count(stderr, "\n"), "it is not one line: %s", stderr)
			assert.Less(t, time.Since(began), atOnce)
		})
	}
}

func TestAnArchiveWithoutAName(t *testing.T) {
	t.Parallel()
	code, _, stderr := newCloud(t).run([]string{"EVERCART_ARCHIVE="}, "cart", "list")
	assert.Equal(t, 2, code)
	assert.Contains(t, stderr, `EVERCART_ARCHIVE is "", want s3://BUCKET`)
}

func TestAQueueThatIsNotThere(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	url, err := c.clients.SQS.GetQueueUrl(t.Context(), &sqs.GetQueueUrlInput{QueueName: aws.String(c.prefix + "-replay-carts.fifo")})
	require.NoError(t, err)
	_, err = c.clients.SQS.DeleteQueue(t.Context(), &sqs.DeleteQueueInput{QueueUrl: url.QueueUrl})
	require.NoError(t, err)
	code, _, stderr := c.run(nil, "views", "rebuild", "carts")
	assert.Equal(t, 1, code)
	assert.Contains(t, stderr, c.prefix+"-replay-carts.fifo: it is not there")
	assert.Contains(t, c.ok("views", "list"), "no views yet", "no generation is begun that nothing can fill")
}

func TestAServerOnAWS(t *testing.T) {
	t.Parallel()
	s := newStage(newCloud(t))
	server := serve(t, t.TempDir(), s.env...)
	within(t, patience, "it says who runs the pipeline", func() error { return server.says("are the work of functions on AWS") })
	status, header, _, err := request(t.Context(), http.DefaultClient, "POST", server.url+"/carts", "", "{}")
	require.NoError(t, err)
	require.Equal(t, 201, status)
	id := strings.TrimPrefix(header.Get("Location"), "/carts/")
	status, _, _, err = request(t.Context(), http.DefaultClient, "POST", server.url+"/carts/"+id+"/items", "", `{"item": "tea"}`)
	require.NoError(t, err)
	require.Equal(t, 201, status)
	assert.Contains(t, s.ok("cart", "show", id), "tea")
	status, _, _, err = request(t.Context(), http.DefaultClient, "GET", server.url+"/readyz", "", "")
	require.NoError(t, err)
	assert.Equal(t, 200, status)
	_, _, metrics, err := request(t.Context(), http.DefaultClient, "GET", server.url+"/metrics", "", "")
	require.NoError(t, err)
	assert.Contains(t, string(metrics), s.prefix+"-cart-events", "what DynamoDB charges is metered")
	assert.Zero(t, s.feed(), "it publishes nothing itself")
	assert.Zero(t, server.terminate())
	assert.Empty(t, server.errors())
}
