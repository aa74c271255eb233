package sqlite

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"github.com/gofrs/flock"

	"github.com/evercart/evercart/ports"
)

// Leases implements ports.Leases with file locks: the lease "pipeline" is an
// exclusive lock on the file pipeline.lock in a folder. The operating system
// frees it when the holder's process ends, however it ends, so a lease never
// needs renewing. Only the lock says that the lease is taken: the file is removed by
// the holder that gives it back, and one of a killed holder by the next. The folder
// must be on a local disk: locks of network file systems are not trusted.
type Leases struct {
	dir string
}

var _ ports.Leases = (*Leases)(nil)

// NewLeases returns leases in dir, a folder that exists. It touches no file.
func NewLeases(dir string) *Leases { return &Leases{dir: dir} }

// TryLease takes the lease of that name or returns ports.ErrLeaseTaken. Two
// holders in one process exclude each other as two processes do.
func (l *Leases) TryLease(ctx context.Context, name string) (ports.Lease, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("sqlite: lease %q: %w", name, err)
	}
	if err := ports.CheckLeaseName(name); err != nil {
		return nil, fmt.Errorf("sqlite: %w", err)
	}
	for {
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
		if stands(lock) {
			return &lease{name: name, lock: lock}, nil
		}
		// Its holder removed the file between our opening and our locking it: what we
		// hold is a lock on a file that nobody finds.
		if err := lock.Unlock(); err != nil {
			return nil, fmt.Errorf("sqlite: lease %q: %w", name, err)
		}
	}
}

// stands reports whether the file that is locked is the one that bears its name.
func stands(lock *flock.Flock) bool {
	held, err := lock.Stat()
	if err != nil {
		return false
	}
	named, err := os.Stat(lock.Path())
	return err == nil && os.SameFile(held, named)
}

// lease is one held file lock. It is safe for concurrent use.
type lease struct {
	name string
	mu   sync.Mutex
	lock *flock.Flock // nil: given back
}

// Release gives the lease back. Releasing again does nothing.
func (l *lease) Release() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.lock == nil {
		return nil
	}
	// While it is locked the file is ours to remove. Where an open file cannot be
	// removed, it stays, and does no harm.
	_ = os.Remove(l.lock.Path())
	if err := l.lock.Unlock(); err != nil {
		return fmt.Errorf("sqlite: release lease %q: %w", l.name, err)
	}
	l.lock = nil
	return nil
}
