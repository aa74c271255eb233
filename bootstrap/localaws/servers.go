// Package localaws is the servers of AWS's APIs that an installation of Evercart
// needs, on this machine, and how programs find it there. It is for tests and for
// `make aws-local`; no program of Evercart links it.
package localaws

import (
	"context"
	"errors"
	"sync"

	"github.com/evercart/evercart/adapters/awslocal"
	"github.com/evercart/evercart/bootstrap/functions/player"
)

// Servers are the local servers of AWS's APIs.
type Servers struct {
	DynamoDB *awslocal.Server
	Kinesis  *awslocal.Server
	Other    *awslocal.Server // S3, SQS and SNS
}

// Start starts the servers from the folder of tools, side by side. They end with
// Stop, or with this process.
func Start(ctx context.Context, tools string) (*Servers, error) {
	s := &Servers{}
	var starting sync.WaitGroup
	faults := make([]error, 3)
	starting.Go(func() { s.DynamoDB, faults[0] = awslocal.StartDynamoDB(ctx, tools, 0) })
	starting.Go(func() { s.Kinesis, faults[1] = awslocal.StartKinesalite(ctx, tools, 0) })
	starting.Go(func() { s.Other, faults[2] = awslocal.StartMiniStack(ctx, tools, 0) })
	starting.Wait()
	if err := errors.Join(faults...); err != nil {
		s.Stop()
		return nil, err
	}
	return s, nil
}

// Stop ends the servers, and all that they hold is gone.
func (s *Servers) Stop() {
	for _, server := range []*awslocal.Server{s.DynamoDB, s.Kinesis, s.Other} {
		if server != nil {
			server.Stop()
		}
	}
}

// Stack returns the installation on the servers whose names begin with prefix.
func (s *Servers) Stack(prefix string) *player.Stack {
	return &player.Stack{
		Endpoints: player.Endpoints{DynamoDB: s.DynamoDB.URL, Kinesis: s.Kinesis.URL, Other: s.Other.URL}, Prefix: prefix,
	}
}

// Environment returns the variables, "NAME=value", by which programs find the
// installation on the servers whose names begin with prefix.
func (s *Servers) Environment(prefix string) []string {
	return []string{
		"AWS_ENDPOINT_URL_DYNAMODB=" + s.DynamoDB.URL,
		"AWS_ENDPOINT_URL_DYNAMODB_STREAMS=" + s.DynamoDB.URL,
		"AWS_ENDPOINT_URL_KINESIS=" + s.Kinesis.URL,
		"AWS_ENDPOINT_URL_S3=" + s.Other.URL,
		"AWS_ENDPOINT_URL_SQS=" + s.Other.URL,
		"AWS_ENDPOINT_URL_SNS=" + s.Other.URL,
		"AWS_REGION=" + player.Region,
		"AWS_ACCESS_KEY_ID=local",
		"AWS_SECRET_ACCESS_KEY=local",
		"EVERCART_BACKEND=aws",
		"EVERCART_PREFIX=" + prefix,
		"EVERCART_ARCHIVE=s3://" + s.Stack(prefix).ArchiveBucket(),
	}
}
