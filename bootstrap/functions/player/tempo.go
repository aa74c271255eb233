package player

import "time"

// Tempo says how fast the stack goes. The zero value is AWS's own pace.
type Tempo struct {
	// Poll is how often a shard is read that has nothing new; 0: a second, the base
	// rate for Kinesis ("Using Lambda to process records from Amazon Kinesis Data
	// Streams"). DynamoDB's shards are read four times as often ("Using AWS Lambda
	// with Amazon DynamoDB").
	Poll time.Duration
	// Window is how long a batch of a stream waits to be filled; 0: it does not wait,
	// as on AWS where no window is set.
	Window time.Duration
	// Batch is the most records of a stream's batch; 0: 100, Lambda's default.
	Batch int
	// Backoff is the first wait before a stream's batch that failed is tried again,
	// doubled up to 32 times as much; 0: a second.
	Backoff time.Duration
	// Retries is how often such a batch is tried again; 0: until it is MaxAge old.
	Retries int
	// MaxAge is how old a record may be and still be tried; 0: 20 h.
	MaxAge time.Duration
	// Visibility is how long a queue hides a message that was received; 0: six times
	// the function's timeout ("Using Lambda with Amazon SQS").
	Visibility time.Duration
	// Again is the wait before the first of the two retries of an asynchronous
	// invocation, twice as long before the second; 0: a minute ("How Lambda handles
	// errors and retries with asynchronous invocation").
	Again time.Duration
	// Minute is how long a minute of the schedules takes; 0: a minute. Below 0: there
	// are no schedules.
	Minute time.Duration
}

// or returns d, and otherwise where d is 0.
func or[T time.Duration | int](d, otherwise T) T {
	if d == 0 {
		return otherwise
	}
	return d
}
