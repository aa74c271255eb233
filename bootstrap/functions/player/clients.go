package player

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
)

// clients are those of the servers.
type clients struct {
	tables  *dynamodb.Client
	streams *dynamodbstreams.Client
	feed    *kinesis.Client
	objects *s3.Client
	queues  *sqs.Client
	topics  *sns.Client
}

// anyone is whom local servers take for the account's owner.
type anyone struct{}

func (anyone) Retrieve(context.Context) (aws.Credentials, error) {
	return aws.Credentials{AccessKeyID: "local", SecretAccessKey: "local", SessionToken: "local"}, nil
}

func (e *Endpoints) clients() *clients {
	at := func(endpoint string) aws.Config {
		return aws.Config{Region: Region, Credentials: anyone{}, BaseEndpoint: &endpoint}
	}
	return &clients{
		// DynamoDB Local sends no checksums of its errors.
		tables:  dynamodb.NewFromConfig(at(e.DynamoDB), func(o *dynamodb.Options) { o.DisableValidateResponseChecksum = true }),
		streams: dynamodbstreams.NewFromConfig(at(e.DynamoDB)),
		feed:    kinesis.NewFromConfig(at(e.Kinesis)),
		objects: s3.NewFromConfig(at(e.Other), func(o *s3.Options) { o.UsePathStyle = true }),
		queues:  sqs.NewFromConfig(at(e.Other)),
		topics:  sns.NewFromConfig(at(e.Other)),
	}
}
