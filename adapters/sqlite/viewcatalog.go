package sqlite

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/evercart/evercart/ports"
)

// selectViews reads entries with their generations: one statement, and so one
// moment of the file.
const selectViews = `SELECT Name, Revision, Live, Number, Created, Flipped
FROM Views LEFT JOIN Generations ON View = Name `

// View returns the entry of one view; Revision 0 when there is none yet.
func (v *Views) View(ctx context.Context, name string) (ports.ViewEntry, error) {
	entries, err := v.views(ctx, selectViews+`WHERE Name = ? ORDER BY Number`, name)
	switch {
	case err != nil:
		return ports.ViewEntry{}, v.fault(ctx, fmt.Sprintf("view %q", name), err)
	case len(entries) == 0:
		return ports.ViewEntry{Name: name}, nil
	}
	return entries[0], nil
}

// Views returns all entries, ordered by name.
func (v *Views) Views(ctx context.Context) ([]ports.ViewEntry, error) {
	entries, err := v.views(ctx, selectViews+`ORDER BY Name, Number`)
	if err != nil {
		return nil, v.fault(ctx, "views", err)
	}
	return entries, nil
}

func (v *Views) views(ctx context.Context, query string, args ...any) ([]ports.ViewEntry, error) {
	rows, err := v.db.read.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // rows.Err says what went wrong
	var entries []ports.ViewEntry
	for rows.Next() {
		var e ports.ViewEntry
		var number sql.NullInt64
		var created, flipped nullTime
		if err := rows.Scan(&e.Name, &e.Revision, &e.Live, &number, &created, &flipped); err != nil {
			return nil, unreadable(ctx, fmt.Sprintf("entry of view %q", e.Name), err)
		}
		if n := len(entries); n == 0 || entries[n-1].Name != e.Name {
			entries = append(entries, e)
		}
		if number.Valid {
			last := &entries[len(entries)-1]
			last.Generations = append(last.Generations, ports.Generation{
				Number: int(number.Int64), Created: created.Time, Flipped: flipped.Time,
			})
		}
	}
	return entries, rows.Err()
}

// SaveView stores entry over the Revision that it was read with, or returns
// ports.ErrViewMoved.
func (v *Views) SaveView(ctx context.Context, entry ports.ViewEntry) error {
	if err := v.saveView(ctx, &entry); err != nil {
		return v.fault(ctx, fmt.Sprintf("save view %q", entry.Name), err)
	}
	return nil
}

func (v *Views) saveView(ctx context.Context, entry *ports.ViewEntry) error {
	tx, err := v.db.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // does nothing after Commit
	write := `UPDATE Views SET Live = ?2, Revision = ?3 + 1 WHERE Name = ?1 AND Revision = ?3`
	if entry.Revision == 0 {
		write = `INSERT INTO Views (Name, Live, Revision) VALUES (?1, ?2, ?3 + 1) ON CONFLICT DO NOTHING`
	}
	stored, err := wrote(tx.ExecContext(ctx, write, entry.Name, entry.Live, entry.Revision))
	if err != nil {
		return err
	}
	if !stored {
		return ports.ErrViewMoved
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM Generations WHERE View = ?`, entry.Name); err != nil {
		return err
	}
	for _, g := range entry.Generations {
		_, err := tx.ExecContext(ctx, `INSERT INTO Generations (View, Number, Created, Flipped) VALUES (?, ?, ?, ?)`,
			entry.Name, g.Number, optionalTime(g.Created), optionalTime(g.Flipped))
		if err != nil {
			return err
		}
	}
	return tx.Commit()
}

// wrote reports whether a statement changed a row.
func wrote(result sql.Result, err error) (bool, error) {
	if err != nil {
		return false, err
	}
	n, err := result.RowsAffected()
	return n > 0, err
}
