package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/evercart/evercart/ports"
)

// viewsSchema makes the tables of views.db. Keys compare by their bytes. The
// tables whose key is the way to every row need no second tree for a row ID.
const viewsSchema = `
CREATE TABLE Rows (
	Consumer   TEXT    NOT NULL,
	Generation INTEGER NOT NULL,
	Partition  TEXT    NOT NULL,
	Sort       TEXT    NOT NULL,
	Value      TEXT    NOT NULL, -- as the view writes it; a blob if it is no text
	PRIMARY KEY (Consumer, Generation, Partition, Sort)
) WITHOUT ROWID;
CREATE TABLE Checkpoints (
	Consumer      TEXT    NOT NULL,
	Generation    INTEGER NOT NULL,
	Stream        TEXT    NOT NULL, -- category/ID
	Revision      INTEGER NOT NULL, -- counts the writes
	Version       INTEGER NOT NULL, -- of the last event applied
	EventId       TEXT    NOT NULL, -- of the same
	Part          INTEGER NOT NULL,
	State         TEXT,             -- as the consumer folds it; a blob if it is no text
	Failures      INTEGER NOT NULL,
	FailingSince  TEXT,
	Parked        TEXT,             -- NULL, 'until unparked' or 'until retried'
	ParkedReason  TEXT,
	ParkedSince   TEXT,
	ParkedRetryAt TEXT,
	ParkedVersion INTEGER,
	ParkedEventId TEXT,
	ParkedHeld    INTEGER,
	PRIMARY KEY (Consumer, Generation, Stream)
) WITHOUT ROWID;
CREATE INDEX ParkedCheckpoints ON Checkpoints (Consumer, Generation, Stream) WHERE Parked IS NOT NULL;
CREATE TABLE Views (
	Name     TEXT    PRIMARY KEY,
	Revision INTEGER NOT NULL, -- counts the writes
	Live     INTEGER NOT NULL  -- the generation that queries read
) WITHOUT ROWID;
CREATE TABLE Generations (
	View    TEXT    NOT NULL,
	Number  INTEGER NOT NULL,
	Created TEXT,
	Flipped TEXT, -- when it last became live
	PRIMARY KEY (View, Number)
) WITHOUT ROWID;
CREATE TABLE Quarantine (
	Id       TEXT PRIMARY KEY,
	Consumer TEXT NOT NULL,
	Shard    TEXT NOT NULL,
	Position TEXT NOT NULL,
	Reason   TEXT NOT NULL,
	Payload  TEXT NOT NULL, -- as it came; a blob if it is no text
	At       TEXT
);
CREATE TABLE Positions (
	Follower TEXT PRIMARY KEY,
	Position TEXT NOT NULL,
	Arrival  TEXT
) WITHOUT ROWID;
CREATE TABLE ReplayJobs (
	Id               TEXT    PRIMARY KEY, -- begins with the time of start
	Revision         INTEGER NOT NULL,    -- counts the writes
	Consumer         TEXT    NOT NULL,    -- with Generation: where the events go
	Generation       INTEGER NOT NULL,
	FilterFrom       TEXT,
	FilterTo         TEXT,
	FilterStream     TEXT    NOT NULL,    -- category/ID; empty: all
	FilterCategory   TEXT    NOT NULL,    -- empty: all
	FilterTypes      TEXT,                -- JSON array of event types; NULL: all
	Rate             INTEGER NOT NULL,    -- events a second; 0: as fast as it goes
	State            TEXT    NOT NULL,
	Reason           TEXT    NOT NULL,
	CursorKey        TEXT    NOT NULL,    -- archive object to go on at
	CursorLine       INTEGER NOT NULL,
	Objects          INTEGER NOT NULL,
	Bytes            INTEGER NOT NULL,
	ObjectsDone      INTEGER NOT NULL,
	BytesDone        INTEGER NOT NULL,
	EventsRead       INTEGER NOT NULL,
	EventsDuplicate  INTEGER NOT NULL,
	EventsFiltered   INTEGER NOT NULL,
	EventsSent       INTEGER NOT NULL,
	Unreadable       INTEGER NOT NULL,
	Started          TEXT,
	Updated          TEXT,
	Finished         TEXT
) WITHOUT ROWID;
CREATE TABLE Effects (
	Handler     TEXT PRIMARY KEY,
	EffectsFrom TEXT NOT NULL -- the oldest event that has outward effects
) WITHOUT ROWID;`

// Views implements ports.ViewStore, ports.ViewCatalog, ports.Quarantine,
// ports.Positions, ports.ReplayJobs and ports.Effects in one file.
//
// The file is synced when the write-ahead log moves into it, not at every
// commit: what a process did survives its own end, however sudden, but a power
// loss may take back the newest transactions. It takes a suffix of them, in the
// order in which they were made over all six ports, so that no follower's
// position is ever ahead of what it wrote before; it reads on from there and
// does the rest again.
type Views struct {
	db *database

	checkpoints      *sql.Stmt // reads
	rows             *sql.Stmt // reads
	insertCheckpoint *sql.Stmt // these write
	updateCheckpoint *sql.Stmt
	putRow           *sql.Stmt
	deleteRow        *sql.Stmt
	savePosition     *sql.Stmt
}

var (
	_ ports.ViewStore   = (*Views)(nil)
	_ ports.ViewCatalog = (*Views)(nil)
	_ ports.Quarantine  = (*Views)(nil)
	_ ports.Positions   = (*Views)(nil)
	_ ports.ReplayJobs  = (*Views)(nil)
	_ ports.Effects     = (*Views)(nil)
)

// OpenViews opens the file at path and makes one where there is none.
func OpenViews(ctx context.Context, path string) (*Views, error) {
	db, err := openFile(ctx, path, options{
		schemaVersion: 1, applicationID: 0x45766656, synchronous: "NORMAL", cacheKiB: 4 << 10, readers: 4,
	}, makeViews)
	if err != nil {
		return nil, err
	}
	v := &Views{db: db}
	if err := v.prepare(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("sqlite: open %s: %w", db.path, db.classify(ctx, err)), db.Close())
	}
	return v, nil
}

// makeViews fills an empty file. There is no older form yet.
func makeViews(ctx context.Context, tx *sql.Tx, _ int) error {
	_, err := tx.ExecContext(ctx, viewsSchema)
	return err
}

// prepare compiles the statements of the way from an event to a view; others are
// compiled where they run.
func (v *Views) prepare(ctx context.Context) error {
	for _, s := range []struct {
		to   **sql.Stmt
		pool *sql.DB
		text string
	}{
		{&v.checkpoints, v.db.read, selectCheckpoints},
		{&v.rows, v.db.read, selectRows},
		{&v.insertCheckpoint, v.db.write, insertCheckpoint},
		{&v.updateCheckpoint, v.db.write, updateCheckpoint},
		{&v.putRow, v.db.write, putRow},
		{&v.deleteRow, v.db.write, deleteRow},
		{&v.savePosition, v.db.write, savePosition},
	} {
		var err error
		if *s.to, err = s.pool.PrepareContext(ctx, s.text); err != nil {
			return err
		}
	}
	return nil
}

// Close closes the file. Calls in progress end first.
func (v *Views) Close() error { return v.db.Close() }

// fault returns err, which came up doing what under ctx, with the file's name.
func (v *Views) fault(ctx context.Context, what string, err error) error {
	return fmt.Errorf("sqlite: %s in %s: %w", what, v.db.path, v.db.classify(ctx, err))
}
