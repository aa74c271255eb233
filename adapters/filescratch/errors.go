package filescratch

import (
	"errors"
	"fmt"
	"syscall"

	"github.com/evercart/evercart/ports"
)

// classify returns err as the ports speak of it: what passes matches
// ports.ErrUnavailable.
func classify(err error) error {
	for _, passing := range []error{
		syscall.ENOSPC, syscall.EDQUOT, syscall.EIO, syscall.EMFILE, syscall.ENFILE, syscall.EAGAIN, syscall.ENOMEM,
	} {
		if errors.Is(err, passing) {
			return fmt.Errorf("%w: %w", ports.ErrUnavailable, err)
		}
	}
	return err
}
