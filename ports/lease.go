package ports

import (
	"context"
	"errors"
	"fmt"
)

// Leases lets one process at a time do what must not be done twice at once for
// good order's sake: run the pipeline over a data folder. Correctness never
// rests on it; delivery is at least once and every write is conditional.
type Leases interface {
	// TryLease takes the lease of that name, or returns ErrLeaseTaken where another
	// holder has it, and the error of CheckLeaseName where it is no name. It does not
	// wait. A holder that dies loses the lease.
	TryLease(ctx context.Context, name string) (Lease, error)
}

// Lease is held until Release, or until the process dies.
type Lease interface {
	// Release gives the lease back. Releasing again does nothing.
	Release() error
}

// CheckLeaseName returns an error where name is not a lower-case letter and then at
// most 31 of a-z, 0-9 and '-': what serves as a file's name and as a key alike.
func CheckLeaseName(name string) error {
	wellFormed := name != "" && len(name) <= 32 && name[0] >= 'a' && name[0] <= 'z'
	for i := range len(name) {
		b := name[i]
		wellFormed = wellFormed && (b >= 'a' && b <= 'z' || b >= '0' && b <= '9' || b == '-')
	}
	if !wellFormed {
		return fmt.Errorf("%q is no lease's name: want a lower-case letter, then at most 31 of a-z, 0-9 and '-'", name)
	}
	return nil
}

// ErrLeaseTaken says that another holder has the lease.
var ErrLeaseTaken = errors.New("another process holds the lease")
