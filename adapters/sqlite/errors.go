package sqlite

import (
	"context"
	"errors"
	"fmt"

	driver "modernc.org/sqlite"
	codes "modernc.org/sqlite/lib"

	"github.com/evercart/evercart/ports"
)

// errClosed says that the store or feed was closed before the call.
var errClosed = errors.New("it is closed")

// classify returns err, which came from a call under ctx on the file d, as the
// ports speak of it: what ended with ctx matches ctx.Err(), what passes matches
// ports.ErrUnavailable, a damaged file is a *ports.CorruptError. Other errors
// are returned as they are. It is the only place that reads SQLite's codes.
func (d *database) classify(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if end := ctx.Err(); end != nil {
		if errors.Is(err, end) {
			return err
		}
		return fmt.Errorf("%w: %w", end, err)
	}
	if d.closed.Load() {
		return errClosed
	}
	switch code(err) {
	case codes.SQLITE_BUSY, codes.SQLITE_LOCKED, codes.SQLITE_PROTOCOL, codes.SQLITE_INTERRUPT,
		codes.SQLITE_FULL, codes.SQLITE_IOERR, codes.SQLITE_NOMEM, codes.SQLITE_CANTOPEN:
		return fmt.Errorf("%w: %w", ports.ErrUnavailable, err)
	case codes.SQLITE_CORRUPT, codes.SQLITE_NOTADB:
		return &ports.CorruptError{What: d.path, Err: err}
	}
	return err
}

// classifyOpen returns err, which came up while d was being opened, as one line
// that names the file and says what to do about it.
func (d *database) classifyOpen(ctx context.Context, err error) error {
	switch code(err) {
	case codes.SQLITE_NOTADB:
		return &ports.FormatError{
			What: d.path, Got: "no SQLite database",
			Want: "only its own databases: move the file away or choose another data folder",
		}
	case codes.SQLITE_CORRUPT:
		return &ports.CorruptError{What: d.path, Err: fmt.Errorf("%w; put a copy of it in its place or choose another data folder", err)}
	case codes.SQLITE_CANTOPEN, codes.SQLITE_READONLY, codes.SQLITE_PERM, codes.SQLITE_AUTH:
		return fmt.Errorf("sqlite: open %s: the file or its folder cannot be written, change its permissions or choose another data folder: %w", d.path, err)
	case codes.SQLITE_FULL, codes.SQLITE_IOERR:
		return fmt.Errorf("sqlite: open %s: its folder cannot be written just now: is the disk full? %w", d.path, d.classify(ctx, err))
	}
	var format *ports.FormatError
	if errors.As(err, &format) {
		return err
	}
	return fmt.Errorf("sqlite: open %s: %w", d.path, d.classify(ctx, err))
}

// busy reports whether err says that another connection holds a lock.
func busy(err error) bool { return code(err) == codes.SQLITE_BUSY }

// code returns the primary result code of the SQLite error in err's chain, or
// SQLITE_OK where there is none.
func code(err error) int {
	var fault *driver.Error
	if !errors.As(err, &fault) {
		return codes.SQLITE_OK
	}
	return fault.Code() & 0xff
}

// generic reports whether err is SQLite's plain error: a statement that makes no
// sense here, such as ROLLBACK outside a transaction.
func generic(err error) bool { return code(err) == codes.SQLITE_ERROR }
