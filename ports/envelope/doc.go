// Package envelope is the stored form and the wire form (CloudEvents 1.0) of
// events, and the one hand-written JSON scanner. It imports the standard library
// and ports only.
package envelope
