// Package functions wires the Lambda functions. What all of them have stands here:
// configuration, log, metrics, the AWS configuration, and Main. Each package below
// brings one kind of function, and so links what that kind uses and nothing else.
//
// A function's app and SDK clients are built once, before the first invocation.
package functions
