package sqlite

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/evercart/evercart/ports"
)

const (
	putRow = `INSERT INTO Rows (Consumer, Generation, Partition, Sort, Value) VALUES (?, ?, ?, ?, ?)
ON CONFLICT DO UPDATE SET Value = excluded.Value`
	deleteRow = `DELETE FROM Rows WHERE Consumer = ? AND Generation = ? AND Partition = ? AND Sort = ?`
)

// Apply carries out changes in one transaction, which a fault undoes: then all
// changes but those that were refused for themselves have that fault.
func (v *Views) Apply(ctx context.Context, target ports.Target, changes []ports.ViewChange) []error {
	errs := make([]error, len(changes))
	for i := range changes {
		errs[i] = checkRows(target, &changes[i])
	}
	err := v.apply(ctx, target, changes, errs)
	if err == nil {
		return errs
	}
	err = v.fault(ctx, fmt.Sprintf("apply to %s", target), err)
	for i := range errs {
		if errs[i] == nil {
			errs[i] = err
		}
	}
	return errs
}

// checkRows returns the *ports.TooLargeError for a change of more rows than
// RowsPerChange, or nil.
func checkRows(target ports.Target, c *ports.ViewChange) error {
	n := len(c.Put) + len(c.Delete)
	if n <= rowsPerChange {
		return nil
	}
	return &ports.TooLargeError{
		What: fmt.Sprintf("change of %s in %s", c.Checkpoint.Stream, target), Size: n, Max: rowsPerChange, Unit: "rows",
	}
}

// apply stores the changes that have no error yet, and gives those whose
// checkpoint has moved that error.
func (v *Views) apply(ctx context.Context, target ports.Target, changes []ports.ViewChange, errs []error) error {
	tx, err := v.db.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // does nothing after Commit
	a := applier{
		target: target,
		insert: tx.StmtContext(ctx, v.insertCheckpoint), update: tx.StmtContext(ctx, v.updateCheckpoint),
		put: tx.StmtContext(ctx, v.putRow), drop: tx.StmtContext(ctx, v.deleteRow),
	}
	for i := range changes {
		if errs[i] != nil {
			continue
		}
		stored, err := a.change(ctx, &changes[i])
		if err != nil {
			return err
		}
		if !stored {
			errs[i] = ports.ErrCheckpointMoved
		}
	}
	return tx.Commit()
}

// applier is the statements of Apply in one transaction.
type applier struct {
	target                    ports.Target
	insert, update, put, drop *sql.Stmt
}

// change writes c's checkpoint and, unless it has moved, c's rows.
func (a *applier) change(ctx context.Context, c *ports.ViewChange) (stored bool, err error) {
	write := a.update
	if c.Checkpoint.Revision == 0 {
		write = a.insert
	}
	stored, err = wrote(write.ExecContext(ctx, checkpointValues(a.target, &c.Checkpoint)...))
	if err != nil || !stored {
		return false, err
	}
	for _, k := range c.Delete {
		if _, err := a.drop.ExecContext(ctx, a.target.Consumer, a.target.Generation, k.Partition, k.Sort); err != nil {
			return false, err
		}
	}
	for i := range c.Put {
		r := &c.Put[i]
		_, err := a.put.ExecContext(ctx, a.target.Consumer, a.target.Generation, r.Partition, r.Sort, readable(r.Value))
		if err != nil {
			return false, err
		}
	}
	return true, nil
}
