package sqlite

import (
	"context"
	"fmt"

	"github.com/evercart/evercart/ports"
)

const savePosition = `INSERT INTO Positions (Follower, Position, Arrival) VALUES (?, ?, ?)
ON CONFLICT (Follower) DO UPDATE SET Position = excluded.Position, Arrival = excluded.Arrival`

// Position returns what follower last saved, or the zero Bookmark.
func (v *Views) Position(ctx context.Context, follower string) (ports.Bookmark, error) {
	b, err := v.position(ctx, follower)
	if err != nil {
		return ports.Bookmark{}, v.fault(ctx, fmt.Sprintf("position of %q", follower), err)
	}
	return b, nil
}

func (v *Views) position(ctx context.Context, follower string) (b ports.Bookmark, err error) {
	rows, err := v.db.read.QueryContext(ctx, `SELECT Position, Arrival FROM Positions WHERE Follower = ?`, follower)
	if err != nil {
		return b, err
	}
	defer func() { _ = rows.Close() }() // rows.Err says what went wrong
	if rows.Next() {
		var arrival nullTime
		if err := rows.Scan(&b.Position, &arrival); err != nil {
			return b, unreadable(ctx, fmt.Sprintf("bookmark of %q", follower), err)
		}
		b.Arrival = arrival.Time
	}
	return b, rows.Err()
}

// SavePosition replaces follower's bookmark.
func (v *Views) SavePosition(ctx context.Context, follower string, b ports.Bookmark) error {
	if _, err := v.savePosition.ExecContext(ctx, follower, string(b.Position), optionalTime(b.Arrival)); err != nil {
		return v.fault(ctx, fmt.Sprintf("save position of %q", follower), err)
	}
	return nil
}
