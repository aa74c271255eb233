package deployment

// Grant lets a function's role do one thing.
type Grant struct {
	Action string // "dynamodb:Query"
	On     Resource
	For    Reason
}

// Reason says who makes the call that a grant is for.
type Reason string

// The reasons.
const (
	OwnCall Reason = "" // the program's own code, which a test binds the grant to
	// Lambda calls in the function's name:
	ReadsChanges Reason = `AWS Lambda Developer Guide, "Process DynamoDB records with Lambda"`
	ReadsFeed    Reason = `AWS Lambda Developer Guide, "Process Amazon Kinesis Data Streams records with Lambda"`
	ReadsQueue   Reason = `AWS Lambda Developer Guide, "Creating and configuring an Amazon SQS event source mapping"`
	KeepsFailed  Reason = `AWS Lambda Developer Guide, "Retain discarded batch records"`
	KeepsDead    Reason = `AWS Lambda Developer Guide, "Adding a dead-letter queue"`
	Traces       Reason = `AWS Lambda Developer Guide, "Visualize Lambda function invocations using AWS X-Ray"`
	Logs         Reason = `AWS Lambda Developer Guide, "Sending Lambda function logs to CloudWatch Logs"`
)
