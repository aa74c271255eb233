package kinesisfeed_test

import (
	"context"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/awslocal"
)

// kinesalite is the server that all tests of this package share. It ends with the
// test process.
var kinesalite = sync.OnceValues(func() (*awslocal.Server, error) {
	return awslocal.StartKinesalite(context.Background(), os.Getenv("EVERCART_TEST_AWS"), 0)
})

// newStream makes a stream on a real server and returns a client and its name.
func newStream(t *testing.T, shards int32) (*kinesis.Client, string) {
	t.Helper()
	if os.Getenv("EVERCART_TEST_AWS") == "" {
		t.Skip("EVERCART_TEST_AWS does not name the folder of AWS's local servers; make test installs them")
	}
	server, err := kinesalite()
	require.NoError(t, err)
	client := kinesis.New(kinesis.Options{Region: "eu-central-1", BaseEndpoint: &server.URL, Credentials: anyone{}})
	name := fmt.Sprintf("events-%d", time.Now().UnixNano())
	_, err = client.CreateStream(t.Context(), &kinesis.CreateStreamInput{StreamName: &name, ShardCount: &shards})
	require.NoError(t, err)
	active(t, client, name)
	return client, name
}

// active waits until the stream takes calls.
func active(t *testing.T, client *kinesis.Client, name string) {
	t.Helper()
	waiter := kinesis.NewStreamExistsWaiter(client, func(o *kinesis.StreamExistsWaiterOptions) {
		o.MinDelay, o.MaxDelay = 5*time.Millisecond, 50*time.Millisecond
	})
	require.NoError(t, waiter.Wait(t.Context(), &kinesis.DescribeStreamInput{StreamName: &name}, within))
}

// split splits a shard in the middle.
func split(t *testing.T, client *kinesis.Client, name, shard string) {
	t.Helper()
	_, err := client.SplitShard(t.Context(), &kinesis.SplitShardInput{
		StreamName: &name, ShardToSplit: &shard, NewStartingHashKey: aws.String("170141183460469231731687303715884105728"),
	})
	require.NoError(t, err)
	active(t, client, name)
}

// merge merges two neighbouring shards.
func merge(t *testing.T, client *kinesis.Client, name, shard, next string) {
	t.Helper()
	_, err := client.MergeShards(t.Context(), &kinesis.MergeShardsInput{StreamName: &name, ShardToMerge: &shard, AdjacentShardToMerge: &next})
	require.NoError(t, err)
	active(t, client, name)
}
