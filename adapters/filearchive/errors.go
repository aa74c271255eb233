package filearchive

import (
	"errors"
	"fmt"
	"syscall"

	"github.com/evercart/evercart/ports"
)

// passing are the faults of a file system that may be over at the next try.
var passing = []error{
	syscall.ENOSPC, syscall.EDQUOT, // a full disk or quota
	syscall.EMFILE, syscall.ENFILE, // too many open files
	syscall.ENOMEM, syscall.EAGAIN, syscall.EINTR, syscall.EBUSY, syscall.ETIMEDOUT,
}

// markPassing returns err so that it matches ports.ErrUnavailable too if it is
// a fault that passes, and as it is otherwise.
func markPassing(err error) error {
	for _, fault := range passing {
		if errors.Is(err, fault) {
			return fmt.Errorf("%w: %w", ports.ErrUnavailable, err)
		}
	}
	return err
}

// objectFault says that doing something with the object at key failed by err.
func objectFault(doing, key string, err error) error {
	return fmt.Errorf("filearchive: %s %s: %w", doing, key, markPassing(err))
}

// corrupt says what is wrong with the object at key.
func corrupt(key string, err error) error {
	return &ports.CorruptError{What: "archive object " + key, Err: err}
}
