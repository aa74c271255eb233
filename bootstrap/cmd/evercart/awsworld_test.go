package main_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/bootstrap/functions/player"
	"github.com/evercart/evercart/bootstrap/localaws"
)

// local are the servers of AWS's APIs that all tests of this package share. They end
// with the test process.
var local = sync.OnceValues(func() (*localaws.Servers, error) {
	return localaws.Start(context.Background(), os.Getenv("EVERCART_TEST_AWS"))
})

var clouds atomic.Int64

// clients are clients of the servers.
type clients struct {
	DynamoDB *dynamodb.Client
	Kinesis  *kinesis.Client
	S3       *s3.Client
	SQS      *sqs.Client
}

type anyone struct{}

func (anyone) Retrieve(context.Context) (aws.Credentials, error) {
	return aws.Credentials{AccessKeyID: "local", SecretAccessKey: "local"}, nil
}

func clientsOf(servers *localaws.Servers) clients {
	at := func(endpoint string) aws.Config {
		return aws.Config{Region: player.Region, Credentials: anyone{}, BaseEndpoint: &endpoint}
	}
	return clients{
		DynamoDB: dynamodb.NewFromConfig(at(servers.DynamoDB.URL), func(o *dynamodb.Options) {
			o.DisableValidateResponseChecksum = true // the server sends none
		}),
		Kinesis: kinesis.NewFromConfig(at(servers.Kinesis.URL)),
		S3:      s3.NewFromConfig(at(servers.Other.URL), func(o *s3.Options) { o.UsePathStyle = true }),
		SQS:     sqs.NewFromConfig(at(servers.Other.URL)),
	}
}

// bucket returns the name of the archive's bucket.
func (c *cloud) bucket() string { return (&player.Stack{Prefix: c.prefix}).ArchiveBucket() }

// cloud is an installation on AWS, as far as local servers are AWS.
type cloud struct {
	t       *testing.T
	prefix  string
	clients clients
	env     []string
}

// newCloud makes an installation of its own.
func newCloud(t *testing.T) *cloud {
	t.Helper()
	if os.Getenv("EVERCART_TEST_AWS") == "" {
		t.Skip("EVERCART_TEST_AWS does not name the folder of AWS's local servers; make test installs them")
	}
	servers, err := local()
	require.NoError(t, err)
	c := &cloud{t: t, prefix: fmt.Sprintf("cloud%d", clouds.Add(1)), clients: clientsOf(servers)}
	c.env = servers.Environment(c.prefix)
	require.NoError(t, servers.Stack(c.prefix).Create(t.Context()))
	return c
}

// run runs a command line on the installation, with more variables, which count
// before its own.
func (c *cloud) run(more []string, args ...string) (code int, stdout, stderr string) {
	c.t.Helper()
	cmd := command(c.t, args...)
	cmd.Env = append(append(cmd.Env, c.env...), more...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	_ = cmd.Run() // the exit code says it
	return cmd.ProcessState.ExitCode(), out.String(), withoutProgress(errs.String())
}

// ok runs a command line that must succeed, and returns what it printed.
func (c *cloud) ok(args ...string) string {
	c.t.Helper()
	code, stdout, stderr := c.run(nil, args...)
	require.Zero(c.t, code, "%s: %s", args, stderr)
	return stdout
}

// open opens a cart with items in it, and returns its ID.
func (c *cloud) open(items ...string) string {
	c.t.Helper()
	id := strings.TrimSpace(c.ok("cart", "open"))
	for _, item := range items {
		c.ok("cart", "add", id, item)
	}
	return id
}

// decode reads what a command printed with --json.
func decode[T any](t *testing.T, text string) (v T) {
	t.Helper()
	require.NoError(t, json.Unmarshal([]byte(text), &v), text)
	return v
}

// withoutProgress leaves out the lines of progress, which work of more than a second
// prints on a slow machine.
func withoutProgress(stderr string) string {
	var kept strings.Builder
	for line := range strings.Lines(stderr) {
		if !strings.Contains(line, `"msg":"progress"`) {
			kept.WriteString(line)
		}
	}
	return kept.String()
}
