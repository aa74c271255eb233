// Package player plays Lambda's part, and that of what calls Lambda, on local
// servers of AWS's APIs: it starts the built functions, hands them what the
// table's stream, the feed and the queues bring, and serves the Lambda API to
// them. It is for tests and for a stack on one machine; no function links it.
//
// Each behaviour names the page that it is taken from; without a further name that
// is one of the AWS Lambda Developer Guide.
package player
