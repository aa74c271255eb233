package sqlite

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/evercart/evercart/ports"
)

const (
	// maxRecord is the most bytes that a record's data may have. It is what a Kinesis
	// call takes, so that what goes through one feed goes through the other.
	maxRecord = 10 << 20
	// publishBatch is the most records that one transaction stores. It bounds how
	// long another process waits for the file.
	publishBatch = 1000
)

// Publish stores records, up to 1 000 in one transaction, and returns when they
// are on disk. Where a transaction fails, its records and all later ones are
// unpublished.
func (f *Feed) Publish(ctx context.Context, records []ports.Outgoing) error {
	send, held, never, cause := sizeUp(records)
	for start := 0; start < len(send); start += publishBatch {
		batch := send[start:min(start+publishBatch, len(send))]
		if err := f.store(ctx, records, batch); err != nil {
			cause = fmt.Errorf("sqlite: publish to %s: %w", f.db.path, f.db.classify(ctx, err))
			held = append(held, send[start:]...)
			slices.Sort(held)
			break
		}
		f.wake.ring()
	}
	if len(held) > 0 {
		return &ports.UnpublishedError{Indexes: held, Err: cause, Never: never}
	}
	return nil
}

// sizeUp divides the indexes of records into those to send and those to hold
// back, each ascending: records that are too large, and the later ones of their
// keys. never says why each of the former is; cause is of the first.
func sizeUp(records []ports.Outgoing) (send, held []int, never map[int]error, cause error) {
	send = make([]int, 0, len(records))
	var stopped map[string]bool
	for i := range records {
		r := &records[i]
		if len(r.Data) > maxRecord && !stopped[r.Key] {
			if stopped == nil {
				stopped, never = make(map[string]bool), make(map[int]error)
			}
			never[i] = &ports.TooLargeError{What: "record of " + r.Key, Size: len(r.Data), Max: maxRecord}
			cause = cmp.Or(cause, never[i])
			stopped[r.Key] = true
		}
		if stopped[r.Key] {
			held = append(held, i)
		} else {
			send = append(send, i)
		}
	}
	return send, held, never, cause
}

// store puts the records at indexes on the feed in one transaction.
func (f *Feed) store(ctx context.Context, records []ports.Outgoing, indexes []int) error {
	tx, err := f.db.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // does nothing after Commit
	var last int64
	var arrival string
	err = tx.QueryRowContext(ctx, `UPDATE Feed SET LastNumber = LastNumber + ?, LastArrival = max(LastArrival, ?)
		RETURNING LastNumber, LastArrival`, len(indexes), formatTime(f.now())).Scan(&last, &arrival)
	if err != nil {
		return err
	}
	insert, err := tx.PrepareContext(ctx, `INSERT INTO Records (Number, Arrival, Key, Data) VALUES (?, ?, ?, ?)`)
	if err != nil {
		return err
	}
	defer func() { _ = insert.Close() }() // the transaction says whether it worked
	number := last - int64(len(indexes))
	for _, i := range indexes {
		number++
		if _, err := insert.ExecContext(ctx, number, arrival, records[i].Key, readable(records[i].Data)); err != nil {
			return err
		}
	}
	return tx.Commit()
}
