package ports

import (
	"context"
	"errors"
)

// Leases lets one process at a time do what must not be done twice at once for
// good order's sake: run the pipeline over a data folder. Correctness never
// rests on it; delivery is at least once and every write is conditional.
type Leases interface {
	// TryLease takes the lease of that name ([a-z][a-z0-9-]{0,31}), or returns
	// ErrLeaseTaken where another holder has it. It does not wait. A holder that dies loses it.
	TryLease(ctx context.Context, name string) (Lease, error)
}

// Lease is held until Release, or until the process dies.
type Lease interface {
	// Release gives the lease back. Releasing again does nothing.
	Release() error
}

// ErrLeaseTaken says that another holder has the lease.
var ErrLeaseTaken = errors.New("another process holds the lease")
