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
	// Variables are the environment variables that are to be set, sorted: all that its
	// configuration reads but Unset. Those of Lambda and of the SDK are not ours.
	Variables []string
	// Unset are variables that it reads too, and that are left out since another one
	// takes their place: the topic that of a webhook, whose secrets would have to stand
	// in the function's configuration.
	Unset []string
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
