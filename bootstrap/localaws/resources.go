package localaws

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"github.com/evercart/evercart/adapters/dynamostore"
	"github.com/evercart/evercart/core/cart"
)

// ArchiveBucket returns the name of an installation's archive.
func ArchiveBucket(prefix string) string { return prefix + "-archive-" + Account + "-" + Region }

// FailuresBucket returns the name of the bucket of what functions gave up.
func FailuresBucket(prefix string) string { return prefix + "-failures-" + Account + "-" + Region }

const (
	streamPoll = 20 * time.Millisecond
	streamWait = time.Minute
)

// Clients are clients of the servers.
type Clients struct {
	DynamoDB *dynamodb.Client
	Kinesis  *kinesis.Client
	S3       *s3.Client
	SQS      *sqs.Client
	SNS      *sns.Client
}

type anyone struct{}

func (anyone) Retrieve(context.Context) (aws.Credentials, error) {
	return aws.Credentials{AccessKeyID: "local", SecretAccessKey: "local"}, nil
}

// Clients returns clients of the servers.
func (s *Servers) Clients() *Clients {
	config := aws.Config{Region: Region, Credentials: anyone{}}
	return &Clients{
		DynamoDB: dynamodb.NewFromConfig(config, func(o *dynamodb.Options) {
			o.BaseEndpoint = &s.DynamoDB.URL
			o.DisableValidateResponseChecksum = true // the server sends none
		}),
		Kinesis: kinesis.NewFromConfig(config, func(o *kinesis.Options) { o.BaseEndpoint = &s.Kinesis.URL }),
		S3: s3.NewFromConfig(config, func(o *s3.Options) {
			o.BaseEndpoint, o.UsePathStyle = &s.Other.URL, true
		}),
		SQS: sqs.NewFromConfig(config, func(o *sqs.Options) { o.BaseEndpoint = &s.Other.URL }),
		SNS: sns.NewFromConfig(config, func(o *sns.Options) { o.BaseEndpoint = &s.Other.URL }),
	}
}

// Install makes tables, stream, buckets, queues and topic of an installation whose
// names begin with prefix, and returns when they take calls.
func (c *Clients) Install(ctx context.Context, prefix string) error {
	if err := dynamostore.CreateEventsTable(ctx, c.DynamoDB, prefix, cart.Category); err != nil {
		return err
	}
	if err := dynamostore.CreateViewsTable(ctx, c.DynamoDB, prefix); err != nil {
		return err
	}
	for _, bucket := range []string{ArchiveBucket(prefix), FailuresBucket(prefix)} {
		place := &s3types.CreateBucketConfiguration{LocationConstraint: Region}
		if _, err := c.S3.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: &bucket, CreateBucketConfiguration: place}); err != nil {
			return fmt.Errorf("make bucket %s: %w", bucket, err)
		}
	}
	for _, view := range []string{cart.CartsView{}.Name(), cart.RelatedView{}.Name()} {
		for _, queue := range []string{"-replay-" + view + ".fifo", "-replay-" + view + "-dead.fifo"} {
			if err := c.queue(ctx, prefix+queue, map[string]string{"FifoQueue": "true", "VisibilityTimeout": "360"}); err != nil {
				return err
			}
		}
	}
	if err := c.queue(ctx, prefix+"-dead-letters", nil); err != nil {
		return err
	}
	if _, err := c.SNS.CreateTopic(ctx, &sns.CreateTopicInput{Name: aws.String(prefix + "-notify")}); err != nil {
		return fmt.Errorf("make topic %s-notify: %w", prefix, err)
	}
	return c.stream(ctx, prefix+"-all-events")
}

func (c *Clients) queue(ctx context.Context, name string, attributes map[string]string) error {
	_, err := c.SQS.CreateQueue(ctx, &sqs.CreateQueueInput{QueueName: &name, Attributes: attributes})
	if err != nil {
		return fmt.Errorf("make queue %s: %w", name, err)
	}
	return nil
}

func (c *Clients) stream(ctx context.Context, name string) error {
	_, err := c.Kinesis.CreateStream(ctx, &kinesis.CreateStreamInput{StreamName: &name, ShardCount: aws.Int32(2)})
	if err == nil {
		waiter := kinesis.NewStreamExistsWaiter(c.Kinesis, func(o *kinesis.StreamExistsWaiterOptions) {
			o.MinDelay, o.MaxDelay = streamPoll, streamPoll
		})
		err = waiter.Wait(ctx, &kinesis.DescribeStreamInput{StreamName: &name}, streamWait)
	}
	if err != nil {
		return fmt.Errorf("make stream %s: %w", name, err)
	}
	return nil
}
