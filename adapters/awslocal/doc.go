// Package awslocal starts servers of AWS APIs on this machine, for tests and for
// `make aws-local`. No program of Evercart on AWS links it.
package awslocal
