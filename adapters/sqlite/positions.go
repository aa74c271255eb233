package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/evercart/evercart/ports"
)

const savePosition = `INSERT INTO Positions (Follower, Position, Arrival) VALUES (?, ?, ?)
ON CONFLICT (Follower) DO UPDATE SET Position = excluded.Position, Arrival = excluded.Arrival`

// Position returns what follower last saved, or the zero Bookmark.
func (v *Views) Position(ctx context.Context, follower string) (ports.Bookmark, error) {
	var b ports.Bookmark
	var arrival nullTime
	err := v.db.read.QueryRowContext(ctx, `SELECT Position, Arrival FROM Positions WHERE Follower = ?`, follower).
		Scan(&b.Position, &arrival)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return ports.Bookmark{}, v.fault(ctx, fmt.Sprintf("position of %q", follower), err)
	}
	b.Arrival = arrival.Time
	return b, nil
}

// SavePosition replaces follower's bookmark.
func (v *Views) SavePosition(ctx context.Context, follower string, b ports.Bookmark) error {
	if _, err := v.savePosition.ExecContext(ctx, follower, string(b.Position), optionalTime(b.Arrival)); err != nil {
		return v.fault(ctx, fmt.Sprintf("save position of %q", follower), err)
	}
	return nil
}
