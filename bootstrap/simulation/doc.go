// Package simulation runs the functions of AWS in a simulated AWS: one seed decides
// everything that happens and when, so that a seed has one result, and a failing one
// replays exactly. It consists of tests.
//
// What is real: the use cases, the HTTP API behind events of API Gateway, the
// functions' handling of direct invocations, events and batches, the
// event store on DynamoDB, the publisher on Kinesis, the sink on SQS and the archive
// in S3, down to the requests that their SDK clients send. What is simulated: the
// services that answer these requests, the mappings that call the functions, the
// table of views, the outside world, and all clocks. What a client of ours never asks
// of S3 is told loudly, and the archive's suite of porttest passes on its model.
//
// A world lives in a bubble of testing/synctest, whose time is the simulated one. At
// any instant one goroutine runs at most: whatever a process asks of a service parks
// it, and the world decides when the request arrives, what becomes of it, and when
// the answer comes.
package simulation
