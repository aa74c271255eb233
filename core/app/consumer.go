package app

import (
	"context"
	"errors"
	"fmt"

	"github.com/evercart/evercart/ports"
)

// Consumer does something with the events of the feed. Delivery is at least
// once, and in order per stream only; the consumer itself makes its effect right.
// Lambda, SQS and Subscription drive the same consumers. It is safe for
// concurrent use.
type Consumer interface {
	// Name returns the consumer's name, [a-z][a-z0-9-]{0,31}.
	Name() string
	// Handle takes records of one shard, in order, and returns those that must come
	// again, ascending by index; none where all are done with. A record that cannot
	// be read at all goes to the quarantine and is done with.
	Handle(ctx context.Context, records []ports.Record) []Failure
}

// Failure is one record of a batch that must come again.
type Failure struct {
	Index int // into the batch, from 0
	Err   error
}

// failAll fails the records of a batch from index first on.
func failAll(n, first int, err error) []Failure {
	failures := make([]Failure, 0, n-first)
	for i := first; i < n; i++ {
		failures = append(failures, Failure{Index: i, Err: err})
	}
	return failures
}

// storeFault returns err as one that may pass, unless it says that what is stored
// cannot be read: a store that does not answer, whatever its reason, is no fault of
// an event.
func storeFault(err error) error {
	var corrupt *ports.CorruptError
	var format *ports.FormatError
	if errors.As(err, &corrupt) || errors.As(err, &format) || errors.Is(err, ports.ErrUnavailable) {
		return err
	}
	return fmt.Errorf("%w: %w", ports.ErrUnavailable, err)
}

// passes reports whether a fault may be gone at the next try.
func passes(ctx context.Context, err error) bool {
	return ctx.Err() != nil || errors.Is(err, ports.ErrUnavailable)
}
