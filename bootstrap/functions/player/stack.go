package player

import (
	"context"
	"io"
	"log/slog"
	"time"
)

// Stack is Evercart as deployed, on servers of one machine.
type Stack struct {
	Endpoints Endpoints
	Prefix    string // EVERCART_PREFIX, which all names begin with
	// Functions is the folder that .make/functions.sh filled for this machine:
	// NAME/bootstrap each. Functions that are not there are not played.
	Functions string
	// Environment are variables "NAME=value" of a program beside those that the stack
	// sets; nil: none.
	Environment func(program string) []string
	// Timeouts are how long invocations of a program may take where they differ from
	// those of Terraform's; nil: none does.
	Timeouts map[string]time.Duration
	Tempo    Tempo
	// Observe is told of every invocation when it has ended; nil: nobody is. It is
	// called from many goroutines.
	Observe func(*Invocation)
	// Output takes what the functions write; nil: nobody does.
	Output io.Writer
	Log    *slog.Logger // nil: none
}

// Endpoints are the URLs of the servers.
type Endpoints struct {
	DynamoDB string // and its streams
	Kinesis  string
	Other    string // S3, SQS, SNS and the rest
}

// Region is where the stack stands, and Account whose it is.
const (
	Region  = "eu-central-1"
	Account = "000000000000"
)

// Invocation is one that has ended.
type Invocation struct {
	Program string // "relay"
	Source  string // who invoked: "aws:dynamodb", "aws:kinesis", "aws:sqs" or "direct"
	Payload []byte
	Answer  []byte
	Err     error // a *runtimetest.FunctionError where the function failed
	Took    time.Duration
}

// Run plays the stack until ctx ends; its tables, streams, buckets and queues must
// be there (see Create). What runs has ended when it returns. It returns an error
// where the stack cannot be started.
func (s *Stack) Run(ctx context.Context) error {
	running, err := s.Start(ctx)
	if err != nil {
		return err
	}
	<-ctx.Done()
	running.Stop()
	return nil
}
