package lambdafn

import (
	"fmt"
	"runtime/debug"
)

// panicError is a panic as an error. Its text has no stack.
type panicError struct {
	fault any
	stack []byte
}

func (e *panicError) Error() string { return fmt.Sprintf("it panicked: %v", e.fault) }

// guarded calls f and turns its panic into an error.
func guarded(f func() error) (err error) {
	defer func() {
		if fault := recover(); fault != nil {
			err = &panicError{fault: fault, stack: debug.Stack()}
		}
	}()
	return f()
}
