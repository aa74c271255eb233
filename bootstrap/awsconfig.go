package bootstrap

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go/logging"

	"github.com/evercart/evercart/adapters/dynamostore"
)

// lookTimeout bounds the look at whether AWS answers at all.
const lookTimeout = 10 * time.Second

// loadAWS reads where AWS is and who calls, as every tool of AWS does: from the
// environment, profiles and single sign-on, and finds the caller's credentials.
// Endpoints are those of the AWS_ENDPOINT_URL variables.
func loadAWS(ctx context.Context) (aws.Config, error) {
	config, err := awsconfig.LoadDefaultConfig(ctx, awsconfig.WithLogger(logging.Nop{}))
	switch {
	case err != nil:
		return config, &AWSError{Problem: "its configuration cannot be read: " + err.Error(), Advice: "AWS_PROFILE and the files in ~/.aws say how it is called", Err: err}
	case config.Region == "":
		return config, &AWSError{Problem: "no region is configured", Advice: "set AWS_REGION, or AWS_PROFILE to a profile that has one"}
	}
	ctx, cancel := context.WithTimeout(ctx, lookTimeout)
	defer cancel()
	if _, err := config.Credentials.Retrieve(ctx); err != nil {
		return config, &AWSError{
			Problem: "there are no credentials", Err: err,
			Advice: "sign in (aws sso login, aws configure), or set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
		}
	}
	return config, nil
}

// newS3 returns a client of S3. A server at an address of its own knows no names of
// buckets in it.
func newS3(config aws.Config) *s3.Client {
	return s3.NewFromConfig(config, func(o *s3.Options) { o.UsePathStyle = o.BaseEndpoint != nil })
}

// tablesThere returns an error unless the tables are there, and the events are written
// in one region only: of two commits with one version, a global table would keep the
// later.
func tablesThere(ctx context.Context, client *dynamodb.Client, region, prefix string) error {
	ctx, cancel := context.WithTimeout(ctx, lookTimeout)
	defer cancel()
	tables := []string{dynamostore.ViewsTable(prefix)}
	for _, category := range Categories() {
		tables = append(tables, dynamostore.EventsTable(prefix, category))
	}
	found := make(chan error, len(tables))
	for i, table := range tables {
		go func() {
			out, err := client.DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: &table})
			switch {
			case err != nil:
				err = fmt.Errorf("table %s in %s: %w", table, region, err)
			case i > 0 && out.Table != nil && len(out.Table.Replicas) > 0:
				err = &AWSError{
					Problem: fmt.Sprintf("table %s in %s is a global table, in which the last writer wins and commits are lost", table, region),
					Advice:  "remove its replicas; one region writes",
				}
			}
			found <- err
		}()
	}
	var faults []error
	for range tables {
		faults = append(faults, <-found)
	}
	return errors.Join(faults...)
}
