package deployment

import "time"

// Function is a Lambda function, as it must be deployed.
type Function struct {
	// Name is the program's, a folder of bootstrap/cmd; the function's own is the
	// prefix, "-" and Name.
	Name string
	// Triggers are what starts it, beside direct invocation.
	Triggers []Trigger
	// Timeout is how long one invocation may take.
	Timeout time.Duration
	// Variables are the environment variables that its configuration reads, sorted:
	// all of them and no other. Those of Lambda and of the SDK are not ours to set.
	Variables []string
	// Grants are what its role allows, sorted by resource and action: all of it and
	// nothing else.
	Grants []Grant
}

// Trigger starts a function.
type Trigger string

// The triggers.
const (
	HTTPAPI        Trigger = "HTTP API"          // API Gateway, which waits at most 30 s
	EventsStream   Trigger = "events stream"     // the change feed of the events table
	FeedRecords    Trigger = "feed"              // the Kinesis stream of all events
	ReplayMessages Trigger = "replay queue"      // the FIFO queue of the function's view
	Schedule       Trigger = "schedule"          // EventBridge Scheduler
	FailureRecords Trigger = "failure records"   // S3 tells of batches that Lambda gave up
	Invocation     Trigger = "direct invocation" // by its callers or an operator
)

// GatewayTimeout is how long API Gateway waits for a function (Amazon API Gateway
// Developer Guide, "Quotas for HTTP APIs").
const GatewayTimeout = 30 * time.Second

// VisibilityFactor is how many timeouts of its function a queue hides a message for
// (AWS Lambda Developer Guide, "Using Lambda with Amazon SQS": six times).
const VisibilityFactor = 6

// Has reports whether t starts the function.
func (f *Function) Has(t Trigger) bool {
	for _, one := range f.Triggers {
		if one == t {
			return true
		}
	}
	return false
}
