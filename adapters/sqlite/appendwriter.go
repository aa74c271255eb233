package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"time"

	"github.com/evercart/evercart/ports/envelope"
)

// lockPause is how often the writer asks for the write lock while another
// process has it. A busy process leaves it free for moments only, so asking as
// seldom as SQLite's own handler does would starve.
const lockPause = time.Millisecond

// insertCommit adds a commit if its version is free and the stream's commit before
// it ends where it is to begin, so that not even the head of another copy of the
// file can leave a hole. Where it does not, the version is NULL, which the column
// does not take, and the row is ignored.
const insertCommit = `INSERT OR IGNORE INTO events
	(Category, AggregateUuid, Version, LastVersion, Format, CommandId, Fingerprint, Hash, Events, SnapshotSchema, Snapshot)
	VALUES (?1, ?2, CASE WHEN coalesce((SELECT LastVersion FROM events
		WHERE Category = ?1 AND AggregateUuid = ?2 AND Version < ?3 ORDER BY Version DESC LIMIT 1), 0) = ?3 - 1 THEN ?3 END,
		?, ?, ?, ?, ?, ?, ?, ?)`

// commitWriter stores batches of appends on a connection of its own. One
// goroutine uses it. It honours the contexts of the appends until their turn: a
// transaction, once begun, ends.
type commitWriter struct {
	db       *database
	patience time.Duration // how long it waits for the write lock
	stored   func()        // called after each transaction that stored something

	conn                  *sql.Conn // nil: to be opened
	begin, insert, commit *sql.Stmt
}

// store writes b in one transaction, together with what comes until all of it is
// inserted, and answers each of its members: nil when its commit is on disk,
// errNotNext for one that is not its stream's next, its context's error for one
// whose context ended before its turn. If the transaction fails, every other member
// gets its error.
func (w *commitWriter) store(b *batch) {
	stored, err := w.transact(b)
	if stored > 0 && err == nil {
		w.stored()
	}
	for _, p := range b.members {
		if err != nil && (p.outcome == nil || errors.Is(p.outcome, errNotNext)) {
			p.outcome = err
		}
		p.answer(p.outcome)
	}
}

// transact inserts the members whose turn has come, fills in their outcomes and
// returns how many were new. After an error nothing of the batch is stored, or,
// where the commit itself failed, perhaps all of it.
func (w *commitWriter) transact(b *batch) (stored int, err error) {
	ctx := context.Background()
	if err := w.open(ctx); err != nil {
		return 0, err
	}
	if err := w.lock(ctx, b); err != nil {
		w.abandon(ctx)
		return 0, err
	}
	for more := b.members; len(more) > 0; more = b.grow() {
		for _, p := range more {
			if p.outcome = p.ctx.Err(); p.outcome != nil {
				continue
			}
			isNext, err := w.add(ctx, &p.row)
			if err != nil {
				w.abandon(ctx)
				return 0, err
			}
			if isNext {
				stored++
			} else {
				p.outcome = errNotNext
			}
		}
	}
	if _, err := w.commit.ExecContext(ctx); err != nil {
		w.abandon(ctx)
		return 0, err
	}
	return stored, nil
}

// lock begins the transaction of b, for which it waits up to patience. Those that are
// there when the wait begins share its outcome, so that they do not wait one by one.
func (w *commitWriter) lock(ctx context.Context, b *batch) error {
	_, err := w.begin.ExecContext(ctx)
	if !busy(err) {
		return err
	}
	for len(b.grow()) > 0 {
	}
	ask := time.NewTicker(lockPause)
	defer ask.Stop()
	giveUp := time.NewTimer(w.patience)
	defer giveUp.Stop()
	for busy(err) {
		select {
		case <-giveUp.C:
			return err
		case <-ask.C:
			_, err = w.begin.ExecContext(ctx)
		}
	}
	return err
}

// add inserts one commit and reports whether it was its stream's next.
func (w *commitWriter) add(ctx context.Context, r *newRow) (isNext bool, err error) {
	var command, fingerprint, hash, schema, snapshot any // NULL
	if !r.older {
		command, fingerprint, hash = r.commandID, r.fingerprint[:], r.hash[:]
	}
	if r.snapshot != nil {
		schema, snapshot = r.snapshotSchema, r.snapshot
	}
	result, err := w.insert.ExecContext(ctx, r.stream.Category, r.stream.ID, int64(r.first), int64(r.last),
		envelope.Format, command, fingerprint, hash, r.events, schema, snapshot)
	if err != nil {
		return false, err
	}
	rows, err := result.RowsAffected()
	return rows == 1, err
}

// abandon rolls back what is left of a transaction. A connection that cannot is
// broken: it is closed, and the next batch opens another.
func (w *commitWriter) abandon(ctx context.Context) {
	// SQLite itself rolls back after some errors; then there is nothing left.
	if _, err := w.conn.ExecContext(ctx, "ROLLBACK"); err != nil && !generic(err) {
		w.release(driver.ErrBadConn)
	}
}

// open readies the connection, where it is not.
func (w *commitWriter) open(ctx context.Context) (err error) {
	if w.conn != nil {
		return nil
	}
	if w.conn, err = w.db.write.Conn(ctx); err != nil {
		return err
	}
	// lock does its own waiting.
	if _, err = w.conn.ExecContext(ctx, "PRAGMA busy_timeout = 0"); err == nil {
		w.begin, err = w.conn.PrepareContext(ctx, "BEGIN IMMEDIATE")
	}
	if err == nil {
		w.insert, err = w.conn.PrepareContext(ctx, insertCommit)
	}
	if err == nil {
		w.commit, err = w.conn.PrepareContext(ctx, "COMMIT")
	}
	if err != nil {
		w.close()
	}
	return err
}

// close gives the connection back to the pool.
func (w *commitWriter) close() { w.release(nil) }

// release gives the connection back; driver.ErrBadConn as its verdict closes it
// for good. The statements are closed one by one: database/sql does not close
// those that were prepared on a connection, and SQLite keeps the file open for
// them.
func (w *commitWriter) release(verdict error) {
	for _, statement := range []*sql.Stmt{w.begin, w.insert, w.commit} {
		if statement != nil {
			_ = statement.Close() // nothing to lose
		}
	}
	if w.conn != nil {
		_ = w.conn.Raw(func(any) error { return verdict })
		_ = w.conn.Close()
	}
	w.conn, w.begin, w.insert, w.commit = nil, nil, nil, nil
}
