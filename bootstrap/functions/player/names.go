package player

// The names of what a stack consists of, as Terraform gives them.

// FunctionName returns the name of a program's function.
func (s *Stack) FunctionName(program string) string { return s.Prefix + "-" + program }

// FunctionARN returns the ARN of a program's function, at the alias that everybody
// invokes.
func (s *Stack) FunctionARN(program string) string {
	return "arn:aws:lambda:" + Region + ":" + Account + ":function:" + s.FunctionName(program) + ":live"
}

// FeedStream returns the name of the Kinesis stream of all events.
func (s *Stack) FeedStream() string { return s.Prefix + "-all-events" }

// ArchiveBucket returns the name of the archive's bucket.
func (s *Stack) ArchiveBucket() string { return s.Prefix + "-archive-" + Account + "-" + Region }

// FailureBucket returns the name of the bucket that takes the batches that were
// given up.
func (s *Stack) FailureBucket() string { return s.Prefix + "-failures-" + Account + "-" + Region }

// ReplayQueue returns the name of a consumer's queue of replays.
func (s *Stack) ReplayQueue(consumer string) string {
	return s.Prefix + "-replay-" + consumer + ".fifo"
}

// DeadQueue returns the name of the queue that takes what a consumer's queue of
// replays gave up.
func (s *Stack) DeadQueue(consumer string) string {
	return s.Prefix + "-replay-" + consumer + "-dead.fifo"
}

// DeadLetters returns the name of the queue that takes asynchronous invocations
// that were given up.
func (s *Stack) DeadLetters() string { return s.Prefix + "-dead-letters" }

// NotifyTopic returns the ARN of the topic that the outside is told by.
func (s *Stack) NotifyTopic() string {
	return "arn:aws:sns:" + Region + ":" + Account + ":" + s.Prefix + "-notify"
}
