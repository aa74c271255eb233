package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/evercart/evercart/ports"
)

// busyTimeout is how long a call waits for a lock that another process holds
// before it fails with ports.ErrUnavailable.
const busyTimeout = 10 * time.Second

// options says what kind of database a file is and how it is opened.
type options struct {
	schemaVersion int    // the form of the tables, from 1; PRAGMA user_version
	applicationID int32  // tells this program's kinds of file apart, not 0; PRAGMA application_id
	synchronous   string // of the writer: "FULL" (synced at every commit) or "NORMAL" (at checkpoints)
	cacheKiB      int    // the page cache of the writer; a reader has a quarter of it
	readers       int    // the most connections of the read pool, 1 or more
}

// migration brings the tables from version from, 0 for an empty file, to
// options.schemaVersion. It runs in one transaction that holds the write lock.
type migration func(ctx context.Context, tx *sql.Tx, from int) error

// database is one open file.
type database struct {
	path   string
	closed atomic.Bool
	// write is the only connection that changes the file; its transactions begin
	// IMMEDIATE, so that they wait for the lock before they read.
	write *sql.DB
	// read is a pool of connections that cannot write. In WAL mode they neither
	// block the writer nor wait for it.
	read *sql.DB
}

// openFile opens the database at path, which it creates together with its folder
// where there is none, and migrates an older one. A newer one, one of another
// program and a file that is no database are *ports.FormatErrors and left as
// they are. Several processes may open a new file at the same time.
func openFile(ctx context.Context, path string, o options, migrate migration) (*database, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("sqlite: open %s: %w", path, err)
	}
	if err := MakeFolder(filepath.Dir(path)); err != nil {
		return nil, fmt.Errorf("sqlite: open %s: its folder cannot be made, choose another data folder: %w", path, err)
	}
	d := &database{path: path}
	if d.write, err = pool(writerDSN(path, o), 1); err != nil {
		return nil, fmt.Errorf("sqlite: open %s: %w", path, err)
	}
	if err := d.prepare(ctx, o, migrate); err != nil {
		return nil, errors.Join(d.classifyOpen(ctx, err), d.write.Close())
	}
	if d.read, err = pool(readerDSN(path, o), o.readers); err != nil {
		return nil, errors.Join(fmt.Errorf("sqlite: open %s: %w", path, err), d.write.Close())
	}
	return d, nil
}

// Close closes all connections. Calls in progress end first; the writer is last,
// so that it moves the write-ahead log into the file.
func (d *database) Close() error {
	d.closed.Store(true)
	if err := errors.Join(d.read.Close(), d.write.Close()); err != nil {
		return fmt.Errorf("sqlite: close %s: %w", d.path, err)
	}
	return nil
}

// prepare makes the file one of ours in the newest form. SQLite answers "busy"
// at once, without its timeout, where two connections turn WAL mode on, so the
// whole step is tried again until busyTimeout has passed.
func (d *database) prepare(ctx context.Context, o options, migrate migration) error {
	giveUp := time.After(busyTimeout)
	for pause := time.Millisecond; ; pause = min(2*pause, 50*time.Millisecond) {
		err := d.prepareOnce(ctx, o, migrate)
		if !busy(err) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-giveUp:
			return err
		case <-time.After(pause):
		}
	}
}

func (d *database) prepareOnce(ctx context.Context, o options, migrate migration) error {
	// Before the first change, so that another program's file stays as it is.
	if _, err := d.version(ctx, d.write, o); err != nil {
		return err
	}
	if _, err := d.write.ExecContext(ctx, "PRAGMA journal_mode = WAL"); err != nil {
		return err
	}
	tx, err := d.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // does nothing after Commit
	version, err := d.version(ctx, tx, o)
	if err != nil {
		return err
	}
	if version == o.schemaVersion {
		// In WAL mode a file that cannot be written begins transactions all the same.
		// This write, which is rolled back, tells.
		_, err := tx.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", version))
		return err
	}
	if err := migrate(ctx, tx, version); err != nil {
		return err
	}
	mark := fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d", o.applicationID, o.schemaVersion)
	if _, err := tx.ExecContext(ctx, mark); err != nil {
		return err
	}
	return tx.Commit()
}

// querier is what *sql.DB and *sql.Tx have in common for version.
type querier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// version returns the file's schema version, 0 for an empty file, or the
// *ports.FormatError for one that this code cannot use.
func (d *database) version(ctx context.Context, q querier, o options) (int, error) {
	var id, version, tables int
	err := q.QueryRowContext(ctx, `SELECT application_id, user_version, (SELECT count(*) FROM sqlite_master)
		FROM pragma_application_id, pragma_user_version`).Scan(&id, &version, &tables)
	switch {
	case err != nil:
		return 0, err
	case id == 0 && version == 0 && tables == 0:
		return 0, nil
	case id != int(o.applicationID):
		return 0, &ports.FormatError{
			What: d.path, Got: fmt.Sprintf("a database of another kind (application ID %d)", id),
			Want: "only its own databases: move the file away or choose another data folder",
		}
	case version > o.schemaVersion:
		return 0, &ports.FormatError{
			What: d.path, Got: fmt.Sprintf("schema version %d", version),
			Want: fmt.Sprintf("at most version %d: use a newer program or another data folder", o.schemaVersion),
		}
	}
	return version, nil
}
