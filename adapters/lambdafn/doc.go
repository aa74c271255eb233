// Package lambdafn drives the use cases from AWS Lambda: it reads the event shapes
// of API Gateway, direct invocation, DynamoDB Streams, Kinesis, SQS, S3 and
// schedules, and answers as each of them wants. Function is around every one of
// them: it bounds time, turns panics into errors, logs and counts.
//
// What a function does with an event depends on the event's shape alone, so that
// one function may have several sources.
package lambdafn
