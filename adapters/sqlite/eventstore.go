package sqlite

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/evercart/evercart/ports"
)

// eventsSchema makes the tables of events.db. The columns are the attributes
// that the DynamoDB table has, and a Position that orders all commits. The
// integer key keeps rows in the order of writing; the index finds a stream's
// commits by version, and is what makes an append conditional.
const eventsSchema = `
CREATE TABLE events (
	Position       INTEGER PRIMARY KEY, -- place in the order of all commits, from 1
	Category       TEXT    NOT NULL,    -- of the stream: 'cart'
	AggregateUuid  TEXT    NOT NULL,    -- the stream's ID
	Version        INTEGER NOT NULL,    -- of the commit's first event, from 1
	LastVersion    INTEGER NOT NULL,    -- of the commit's last event
	Format         INTEGER NOT NULL,    -- the form of Events
	CommandId      TEXT,                -- NULL in the older form, like the next two
	Fingerprint    BLOB,                -- 8 bytes: of the command's content
	Hash           BLOB,                -- 32 bytes: the hash chain
	Events         TEXT    NOT NULL,    -- JSON array of envelopes
	SnapshotSchema INTEGER,             -- the form of Snapshot; NULL: no snapshot
	Snapshot       BLOB,                -- the folded state as of LastVersion
	UNIQUE (Category, AggregateUuid, Version)
);
CREATE TABLE meta (
	Name  TEXT PRIMARY KEY,
	Value TEXT NOT NULL
);`

// EventStore is a ports.EventStore, a ports.StoreScanner and a ports.ChangeFeed
// in one file. Appends are grouped: one writer stores all that wait in one
// transaction, and none is answered before the disk has it.
type EventStore struct {
	db    *database
	epoch string // random, made with the file; positions start with it
	reads eventReads
	wake  wake // rung after each transaction of this process
	queue *appendQueue
	write *commitWriter
}

var (
	_ ports.EventStore   = (*EventStore)(nil)
	_ ports.StoreScanner = (*EventStore)(nil)
	_ ports.ChangeFeed   = (*EventStore)(nil)
)

// OpenEventStore opens the store in the file at path and makes one where there is
// none. The caller closes it.
func OpenEventStore(ctx context.Context, path string) (*EventStore, error) {
	db, err := openFile(ctx, path, options{
		schemaVersion: 1, applicationID: 0x45766645, synchronous: "FULL", cacheKiB: 8 << 10, readers: 8,
	}, makeEvents)
	if err != nil {
		return nil, err
	}
	s := &EventStore{db: db}
	s.write = &commitWriter{db: db, patience: busyTimeout, stored: s.wake.ring}
	if err := s.prepare(ctx); err != nil {
		return nil, errors.Join(db.classifyOpen(ctx, err), db.Close())
	}
	s.queue = newAppendQueue(s.write.store)
	return s, nil
}

// makeEvents fills an empty file. There is no older form yet.
func makeEvents(ctx context.Context, tx *sql.Tx, _ int) error {
	if _, err := tx.ExecContext(ctx, eventsSchema); err != nil {
		return err
	}
	epoch := make([]byte, 16)
	if _, err := rand.Read(epoch); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO meta VALUES ('epoch', ?)`, hex.EncodeToString(epoch))
	return err
}

func (s *EventStore) prepare(ctx context.Context) (err error) {
	if err = s.db.read.QueryRowContext(ctx, `SELECT Value FROM meta WHERE Name = 'epoch'`).Scan(&s.epoch); err != nil {
		return err
	}
	if s.reads, err = prepareReads(ctx, s.db.read); err != nil {
		return err
	}
	return s.write.open(ctx)
}

// Close stores the appends that wait, fails later ones, ends waiting reads of the
// change feed with an error and closes the file. Closing again does nothing.
func (s *EventStore) Close() error {
	if !s.queue.close() {
		return nil
	}
	s.write.close()
	err := s.db.Close()
	s.wake.ring()
	return err
}

// fault wraps err, which came up while doing what the words say. Typed errors of
// the ports stay as they are: they name what they speak of.
func (s *EventStore) fault(ctx context.Context, err error, format string, args ...any) error {
	var corrupt *ports.CorruptError
	var form *ports.FormatError
	if errors.As(err, &corrupt) || errors.As(err, &form) {
		return err
	}
	return fmt.Errorf("sqlite: %s: %w", fmt.Sprintf(format, args...), s.db.classify(ctx, err))
}
