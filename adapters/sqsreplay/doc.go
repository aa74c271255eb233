// Package sqsreplay takes replays to their targets through SQS FIFO queues, one
// for each consumer: ports.ReplaySink. A message is one event in the wire form; its
// group is the event's stream, so that the queue keeps the order of each.
//
// A batch may fail in part. The sink therefore sends at most one event of a stream
// in one call, and the next one only when that is in the queue; calls for different
// streams run side by side.
//
// Within five minutes SQS drops a message that it has already: the same event of
// the same replay. The same event of another replay is another message.
//
// Faults that pass match ports.ErrUnavailable.
package sqsreplay
