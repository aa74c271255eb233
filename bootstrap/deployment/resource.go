package deployment

// Resource is what a grant is about.
type Resource string

// The resources. P is the prefix.
const (
	EventsTable    Resource = "events table"          // DynamoDB table P-cart-events
	ChangeFeed     Resource = "events table's stream" // its change feed
	ViewsTable     Resource = "views table"           // DynamoDB table P-views
	ParkedIndex    Resource = "index parked"          // of the views table
	Feed           Resource = "feed"                  // Kinesis stream P-all-events
	Archive        Resource = "archive bucket"
	ArchiveObjects Resource = "archive objects"
	Failures       Resource = "failures bucket" // of batches that Lambda gave up
	FailureObjects Resource = "failure objects"
	OwnQueue       Resource = "own replay queue"    // of the view that the function keeps
	ReplayQueues   Resource = "all replay queues"   // P-replay-<view>.fifo
	DeadLetters    Resource = "dead letters"        // SQS queue P-dead-letters
	NotifyTopic    Resource = "topic of events"     // SNS topic P-notify
	Itself         Resource = "the function itself" // by its alias
	Consumers      Resource = "functions that read a stream"
	OwnLog         Resource = "own log group"
	Everything     Resource = "*" // of actions that know no resource
)
