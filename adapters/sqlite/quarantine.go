package sqlite

import (
	"context"
	"fmt"

	"github.com/evercart/evercart/ports"
)

// PutQuarantined stores item unless one with its ID is there.
func (v *Views) PutQuarantined(ctx context.Context, item ports.Quarantined) error {
	_, err := v.db.write.ExecContext(ctx, `INSERT INTO Quarantine (Id, Consumer, Shard, Position, Reason, Payload, At)
		VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (Id) DO NOTHING`,
		item.ID(), item.Consumer, item.Shard, string(item.Position), item.Reason, readable(item.Payload), optionalTime(item.At))
	if err != nil {
		return v.fault(ctx, fmt.Sprintf("put quarantined record %q", item.ID()), err)
	}
	return nil
}

// ListQuarantined returns at most limit items after the ID given, in the order of
// their IDs.
func (v *Views) ListQuarantined(ctx context.Context, after string, limit int) ([]ports.Quarantined, error) {
	items, err := v.listQuarantined(ctx, after, limit)
	if err != nil {
		return nil, v.fault(ctx, fmt.Sprintf("list quarantined records after %q", after), err)
	}
	return items, nil
}

func (v *Views) listQuarantined(ctx context.Context, after string, limit int) ([]ports.Quarantined, error) {
	rows, err := v.db.read.QueryContext(ctx, `SELECT Id, Consumer, Shard, Position, Reason, Payload, At
		FROM Quarantine WHERE Id > ? ORDER BY Id LIMIT ?`, after, limit)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // rows.Err says what went wrong
	var items []ports.Quarantined
	for rows.Next() {
		var id string
		var at nullTime
		var q ports.Quarantined
		if err := rows.Scan(&id, &q.Consumer, &q.Shard, &q.Position, &q.Reason, &q.Payload, &at); err != nil {
			return nil, unreadable(ctx, fmt.Sprintf("quarantined record %q", id), err)
		}
		q.At = at.Time
		items = append(items, q)
	}
	return items, rows.Err()
}

// RemoveQuarantined forgets an item. One that is not there is no error.
func (v *Views) RemoveQuarantined(ctx context.Context, id string) error {
	if _, err := v.db.write.ExecContext(ctx, `DELETE FROM Quarantine WHERE Id = ?`, id); err != nil {
		return v.fault(ctx, fmt.Sprintf("remove quarantined record %q", id), err)
	}
	return nil
}
