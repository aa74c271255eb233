// Package reference computes docs/reference from the code that it speaks of, and
// holds the pages against it. It consists of tests:
//
//	go test ./bootstrap/reference -update
package reference
