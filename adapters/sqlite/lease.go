package sqlite

import (
	"context"
	"fmt"
	"path/filepath"
	"regexp"

	"github.com/gofrs/flock"

	"github.com/evercart/evercart/ports"
)

// Leases implements ports.Leases with file locks: the lease "pipeline" is an
// exclusive lock on the file pipeline.lock in a folder. The operating system
// frees it when the holder's process ends, however it ends, so a lease never
// needs renewing. The file stays when the lease is given back; only its lock says
// that it is taken. The folder must be on a local disk: locks of network file
// systems are not trusted.
type Leases struct {
	dir string
}

var _ ports.Leases = (*Leases)(nil)

// NewLeases returns leases in dir, a folder that exists. It touches no file.
func NewLeases(dir string) *Leases { return &Leases{dir: dir} }

var leaseName = regexp.MustCompile(`^[a-z][a-z0-9-]{0,31}$`)

// TryLease takes the lease of that name or returns ports.ErrLeaseTaken. Two
// holders in one process exclude each other as two processes do.
func (l *Leases) TryLease(ctx context.Context, name string) (ports.Lease, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("sqlite: lease %q: %w", name, err)
	}
	if !leaseName.MatchString(name) {
		return nil, fmt.Errorf("sqlite: lease %q: want a lower-case letter, then at most 31 of a-z, 0-9 and '-'", name)
	}
	// Each try opens the file anew: a lock belongs to the open file, and sharing one
	// would let a second holder in the same process in.
	lock := flock.New(filepath.Join(l.dir, name+".lock"))
	taken, err := lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("sqlite: lease %q: %w", name, err)
	}
	if !taken { // and TryLock closed the file
		return nil, ports.ErrLeaseTaken
	}
	return &lease{name: name, lock: lock}, nil
}

// lease is one held file lock. flock makes it safe for concurrent use.
type lease struct {
	name string
	lock *flock.Flock
}

// Release gives the lease back. Releasing again does nothing.
func (l *lease) Release() error {
	if err := l.lock.Unlock(); err != nil {
		return fmt.Errorf("sqlite: release lease %q: %w", l.name, err)
	}
	return nil
}
