package sqlite

import (
	"context"
	"database/sql"

	"github.com/evercart/evercart/ports"
)

// pageRows and pageBytes bound what one query reads: memory, and the time for
// which a reader keeps the write-ahead log from starting anew. A page always
// has one row at least where there is one.
const (
	pageRows  = 256
	pageBytes = 2 << 20
)

// eventReads are the queries of an event store, prepared on the read pool. Each
// selects commitColumns and two for the snapshot.
type eventReads struct {
	at       *sql.Stmt // the commit at a version
	backward *sql.Stmt // a stream's commits from a version down, with snapshots of one schema
	forward  *sql.Stmt // a stream's commits from a version up
	around   *sql.Stmt // forward, from the commit that a version is within
	changes  *sql.Stmt // all commits after a position
	scan     *sql.Stmt // one category's commits after a key and up to a position, by stream, with snapshots
	key      *sql.Stmt // the key of the commit at a position
	last     *sql.Stmt // the newest position; 0 where there is none
}

const (
	selectBare   = `SELECT ` + commitColumns + `, NULL, NULL FROM events `
	selectFull   = `SELECT ` + commitColumns + `, SnapshotSchema, Snapshot FROM events `
	selectSchema = `SELECT ` + commitColumns + `, SnapshotSchema, CASE SnapshotSchema WHEN ?4 THEN Snapshot END FROM events `
	ofStream     = `WHERE Category = ?1 AND AggregateUuid = ?2 `

	atQuery       = selectBare + ofStream + `AND Version = ?3`
	backwardQuery = selectSchema + ofStream + `AND Version <= ?3 ORDER BY Version DESC LIMIT ?5`
	forwardQuery  = selectBare + ofStream + `AND Version >= ?3 AND Version <= ?4 ORDER BY Version LIMIT ?5`
	aroundQuery   = selectBare + ofStream + `AND Version <= ?4 AND Version >= coalesce(
		(SELECT max(Version) FROM events ` + ofStream + `AND Version <= ?3), ?3) ORDER BY Version LIMIT ?5`
	changesQuery = selectBare + `WHERE Position > ?1 ORDER BY Position LIMIT ?2`
	// It goes along the index, which holds the positions too.
	scanQuery = selectFull + `WHERE Category = ?1 AND (AggregateUuid, Version) > (?2, ?3) AND Position <= ?4
		ORDER BY AggregateUuid, Version LIMIT ?5`
	keyQuery  = `SELECT AggregateUuid, Version FROM events WHERE Position = ?1`
	lastQuery = `SELECT coalesce(max(Position), 0) FROM events`
)

func prepareReads(ctx context.Context, db *sql.DB) (r eventReads, err error) {
	for query, statement := range map[string]**sql.Stmt{
		atQuery: &r.at, backwardQuery: &r.backward, forwardQuery: &r.forward, aroundQuery: &r.around,
		changesQuery: &r.changes, scanQuery: &r.scan, keyQuery: &r.key, lastQuery: &r.last,
	} {
		if *statement, err = db.PrepareContext(ctx, query); err != nil {
			return r, err
		}
	}
	return r, nil
}

// each calls take with the rows of a query, one after another in the same
// memory, until take returns false.
func each(ctx context.Context, stmt *sql.Stmt, take func(r *storedRow) bool, args ...any) error {
	rows, err := stmt.QueryContext(ctx, args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }() // rows.Err says what went wrong
	for rows.Next() {
		var r storedRow
		if r.scan(rows); r.broken != nil && ctx.Err() != nil {
			return ctx.Err()
		}
		if !take(&r) {
			return nil
		}
	}
	return rows.Err()
}

// page returns the first rows of a query, up to pageBytes; the query has its own
// limit of rows. more says that it stopped before the query's end.
func page(ctx context.Context, stmt *sql.Stmt, args ...any) (rows []storedRow, more bool, err error) {
	size := 0
	err = each(ctx, stmt, func(r *storedRow) bool {
		rows = append(rows, *r)
		size += r.size()
		more = size >= pageBytes
		return !more
	}, args...)
	return rows, more || len(rows) == pageRows, err
}

// commitAt returns the commit of stream that starts at version first.
func (s *EventStore) commitAt(ctx context.Context, stream ports.StreamID, first ports.Version) (ports.Commit, error) {
	rows, _, err := page(ctx, s.reads.at, stream.Category, stream.ID, int64(first))
	if err != nil {
		return ports.Commit{}, err
	}
	if len(rows) == 0 {
		return ports.Commit{}, sql.ErrNoRows
	}
	commit, _, err := rows[0].decode(nil)
	return commit, err
}
