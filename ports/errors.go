package ports

import (
	"errors"
	"fmt"
)

// ErrUnavailable marks faults that pass: throttling, a timeout, a lock held too
// long, a full disk. After a write that fails so, the outcome is unknown.
// Adapters wrap it together with the cause.
var ErrUnavailable = errors.New("unavailable for now")

// FormatError says that stored or sent bytes are in a form that this code does
// not know: written by a newer version, or not by Evercart.
type FormatError struct {
	What string // what was read, with its key: "event item cart/0190… version 7"
	Got  string // what it says of itself: "format 3"
	Want string // what this code reads: "format 2"
}

func (e *FormatError) Error() string {
	return fmt.Sprintf("%s: %s, this program reads %s", e.What, e.Got, e.Want)
}

// CorruptError says that stored or sent bytes cannot be read at all.
type CorruptError struct {
	What string // what was read, with its key
	Err  error  // what is wrong with it
}

func (e *CorruptError) Error() string { return fmt.Sprintf("%s is corrupt: %v", e.What, e.Err) }

func (e *CorruptError) Unwrap() error { return e.Err }
