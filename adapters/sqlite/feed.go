package sqlite

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/evercart/evercart/ports"
)

// feedShard names the one part of this feed, which keeps the order of all records.
const feedShard = "0"

// feedSchema makes the tables of feed.db. Feed has one row: who the feed is, and
// what its newest record was, which outlives the record. Numbers are therefore
// never used again, whatever is trimmed.
const feedSchema = `
CREATE TABLE Feed (
	Row         INTEGER PRIMARY KEY CHECK (Row = 1),
	Id          TEXT    NOT NULL, -- random; positions start with it
	LastNumber  INTEGER NOT NULL, -- of the newest record ever; 0: none yet
	LastArrival TEXT    NOT NULL  -- of the same
);
CREATE TABLE Records (
	Number  INTEGER PRIMARY KEY, -- place in the feed, from 1 without a gap
	Arrival TEXT NOT NULL,       -- UTC, never before the record before
	Key     TEXT NOT NULL,       -- the stream's name
	Data    TEXT NOT NULL        -- the event in the wire form; a blob if it is no text
);`

// Feed implements ports.Publisher and ports.FeedReader in one file. Its writes
// never touch the event store's file, so no consumer holds up a command.
type Feed struct {
	db    *database
	id    string
	now   func() time.Time
	wake  wake
	tipOf *sql.Stmt // of Feed
	after *sql.Stmt // of Records
}

var (
	_ ports.Publisher  = (*Feed)(nil)
	_ ports.FeedReader = (*Feed)(nil)
)

// OpenFeed opens the feed in the file at path and makes one where there is none.
// now tells the arrival of records. A record is on disk when Publish returns.
func OpenFeed(ctx context.Context, path string, now func() time.Time) (*Feed, error) {
	db, err := openFile(ctx, path, options{
		schemaVersion: 1, applicationID: 0x45766646, synchronous: "FULL", cacheKiB: 1 << 10, readers: 4,
	}, makeFeed)
	if err != nil {
		return nil, err
	}
	f := &Feed{db: db, now: now}
	if err := f.prepare(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("sqlite: open %s: %w", db.path, db.classify(ctx, err)), db.Close())
	}
	return f, nil
}

// makeFeed fills an empty file. There is no older form yet.
func makeFeed(ctx context.Context, tx *sql.Tx, _ int) error {
	if _, err := tx.ExecContext(ctx, feedSchema); err != nil {
		return err
	}
	id := make([]byte, 8)
	if _, err := rand.Read(id); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO Feed VALUES (1, ?, 0, '')`, hex.EncodeToString(id))
	return err
}

func (f *Feed) prepare(ctx context.Context) (err error) {
	if err = f.db.read.QueryRowContext(ctx, `SELECT Id FROM Feed`).Scan(&f.id); err != nil {
		return err
	}
	if f.tipOf, err = f.db.read.PrepareContext(ctx, `SELECT LastNumber, LastArrival FROM Feed`); err != nil {
		return err
	}
	f.after, err = f.db.read.PrepareContext(ctx,
		`SELECT Number, Arrival, Data FROM Records WHERE Number > ? ORDER BY Number LIMIT ?`)
	return err
}

// Close closes the file. Calls in progress end first, and a Fetch that waits
// fails.
func (f *Feed) Close() error { return f.db.Close() }
