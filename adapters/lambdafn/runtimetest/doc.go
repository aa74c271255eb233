// Package runtimetest plays Lambda's part beside a built function, for tests: it
// starts the binary and serves the Runtime API to it, one invocation at a time, as
// an execution environment does (AWS Lambda Developer Guide, "Using the Lambda
// runtime API for custom runtimes" and "Understanding the Lambda execution
// environment lifecycle"). No program of Evercart on AWS links it.
package runtimetest
