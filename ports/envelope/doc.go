// Package envelope is the stored form and the wire form (CloudEvents 1.0) of
// events, and the one hand-written JSON scanner. It imports the standard library
// and ports only.
//
// Readers of both forms are strict: what they return can be written again, and
// an event's data is a compact JSON object in valid UTF-8. Members that this
// code does not know are passed over, so that a form may grow.
package envelope
