// Package simulation runs the functions of AWS in a simulated AWS: one seed decides
// everything that happens and when, so that a seed has one result, and a failing one
// replays exactly. It consists of tests.
//
// What is real: the use cases, the functions' handling of events and batches, the
// event store on DynamoDB, the publisher on Kinesis and the sink on SQS, down to the
// requests that their SDK clients send. What is simulated: the services that answer
// these requests, the mappings that call the functions, the archive's bucket, the
// table of views, the outside world, and all clocks.
//
// A world lives in a bubble of testing/synctest, whose time is the simulated one. At
// any instant one goroutine runs at most: whatever a process asks of a service parks
// it, and the world decides when the request arrives, what becomes of it, and when
// the answer comes.
package simulation
