// Package simulation runs the functions of AWS in a simulated AWS: one seed decides
// everything that happens and when, so that a seed has one result, and a failing one
// replays exactly. It consists of tests.
//
// What is real: the use cases, the HTTP API behind events of API Gateway, the
// functions' handling of direct invocations, events and batches, all that is kept in
// DynamoDB (events, views, checkpoints, catalog, quarantine, replays, leases), the
// publisher on Kinesis, the sink on SQS and the archive in S3, down to the requests
// that their SDK clients send. What is simulated: the services that answer these
// requests, the mappings that call the functions, the outside world, and all clocks.
// What a client of ours never asks of DynamoDB or S3 is told loudly, and what DynamoDB
// would not take; the suites of porttest pass on both models.
//
// A world lives in a bubble of testing/synctest, whose time is the simulated one.
// Whatever a process asks of a service parks it, and the world decides when the
// request arrives, what becomes of it, and when the answer comes: before it does, all
// processes wait, and of what one process asks at one instant, the content decides
// which comes first.
package simulation
