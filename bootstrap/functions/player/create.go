package player

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	kinesistypes "github.com/aws/aws-sdk-go-v2/service/kinesis/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"github.com/evercart/evercart/adapters/dynamostore"
	"github.com/evercart/evercart/core/cart"
)

// feedShards is how many shards the feed has.
const feedShards = 2

// Create makes what the stack needs and Terraform would make: tables, the feed,
// buckets, queues, a topic. What is there stays.
func (s *Stack) Create(ctx context.Context) error {
	c := s.Endpoints.clients()
	for _, step := range []func(context.Context, *clients) error{s.createTables, s.createFeed, s.createBuckets, s.createQueues, s.createTopic} {
		if err := step(ctx, c); err != nil {
			return fmt.Errorf("player: create stack %s: %w", s.Prefix, err)
		}
	}
	return nil
}

func (s *Stack) createTables(ctx context.Context, c *clients) error {
	if err := dynamostore.CreateEventsTable(ctx, c.tables, s.Prefix, cart.Category); err != nil {
		return err
	}
	return dynamostore.CreateViewsTable(ctx, c.tables, s.Prefix)
}

func (s *Stack) createFeed(ctx context.Context, c *clients) error {
	_, err := c.feed.CreateStream(ctx, &kinesis.CreateStreamInput{StreamName: aws.String(s.FeedStream()), ShardCount: aws.Int32(feedShards)})
	if _, there := errors.AsType[*kinesistypes.ResourceInUseException](err); err != nil && !there {
		return err
	}
	waiter := kinesis.NewStreamExistsWaiter(c.feed, func(o *kinesis.StreamExistsWaiterOptions) {
		o.MinDelay, o.MaxDelay = 10*time.Millisecond, time.Second
	})
	return waiter.Wait(ctx, &kinesis.DescribeStreamInput{StreamName: aws.String(s.FeedStream())}, time.Minute)
}

func (s *Stack) createBuckets(ctx context.Context, c *clients) error {
	for _, bucket := range []string{s.ArchiveBucket(), s.FailureBucket()} {
		_, err := c.objects.CreateBucket(ctx, &s3.CreateBucketInput{
			Bucket: &bucket, CreateBucketConfiguration: &s3types.CreateBucketConfiguration{LocationConstraint: Region},
		})
		if _, there := errors.AsType[*s3types.BucketAlreadyOwnedByYou](err); err != nil && !there {
			return err
		}
	}
	return nil
}

// deadAfter is how often a message of a replay is handed over in vain before the
// queue gives it up.
const deadAfter = 10

func (s *Stack) createQueues(ctx context.Context, c *clients) error {
	if _, err := s.createQueue(ctx, c, s.DeadLetters(), nil); err != nil {
		return err
	}
	fifo := map[string]string{"FifoQueue": "true", "DeduplicationScope": "messageGroup", "FifoThroughputLimit": "perMessageGroupId"}
	for consumer, program := range queueReaders() {
		dead, err := s.createQueue(ctx, c, s.DeadQueue(consumer), map[string]string{"FifoQueue": "true"})
		if err != nil {
			return err
		}
		policy, err := json.Marshal(map[string]any{"deadLetterTargetArn": dead, "maxReceiveCount": deadAfter})
		if err != nil {
			return err
		}
		visibility := or(s.Tempo.Visibility, 6*s.timeoutOf(program))
		fifo["RedrivePolicy"], fifo["VisibilityTimeout"] = string(policy), strconv.Itoa(int(visibility/time.Second))
		if _, err := s.createQueue(ctx, c, s.ReplayQueue(consumer), fifo); err != nil {
			return err
		}
	}
	return nil
}

// createQueue returns the queue's ARN.
func (s *Stack) createQueue(ctx context.Context, c *clients, name string, attributes map[string]string) (string, error) {
	_, err := c.queues.CreateQueue(ctx, &sqs.CreateQueueInput{QueueName: &name, Attributes: attributes})
	return "arn:aws:sqs:" + Region + ":" + Account + ":" + name, err
}

func (s *Stack) createTopic(ctx context.Context, c *clients) error {
	made, err := c.topics.CreateTopic(ctx, &sns.CreateTopicInput{Name: aws.String(s.Prefix + "-notify")})
	if err != nil {
		return err
	}
	if *made.TopicArn != s.NotifyTopic() {
		return fmt.Errorf("the topic is %s, want %s", *made.TopicArn, s.NotifyTopic())
	}
	return nil
}
