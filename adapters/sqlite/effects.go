package sqlite

import (
	"context"
	"fmt"
	"time"
)

// EffectsFrom returns the handler's instant; false where none was set yet.
func (v *Views) EffectsFrom(ctx context.Context, handler string) (time.Time, bool, error) {
	at, ok, err := v.effectsFrom(ctx, handler)
	if err != nil {
		return time.Time{}, false, v.fault(ctx, fmt.Sprintf("effects of %q", handler), err)
	}
	return at, ok, nil
}

func (v *Views) effectsFrom(ctx context.Context, handler string) (at time.Time, ok bool, err error) {
	rows, err := v.db.read.QueryContext(ctx, `SELECT EffectsFrom FROM Effects WHERE Handler = ?`, handler)
	if err != nil {
		return at, false, err
	}
	defer func() { _ = rows.Close() }() // rows.Err says what went wrong
	if ok = rows.Next(); ok {
		var stored string
		if err = rows.Scan(&stored); err == nil {
			at, err = parseTime(stored)
		}
		if err != nil {
			return at, false, unreadable(ctx, fmt.Sprintf("instant of the effects of %q", handler), err)
		}
	}
	return at, ok, rows.Err()
}

// SetEffectsFrom sets the handler's instant. With onlyNew it leaves one that is
// set as it is.
func (v *Views) SetEffectsFrom(ctx context.Context, handler string, at time.Time, onlyNew bool) error {
	write := `INSERT INTO Effects (Handler, EffectsFrom) VALUES (?, ?)
		ON CONFLICT (Handler) DO UPDATE SET EffectsFrom = excluded.EffectsFrom`
	if onlyNew {
		write = `INSERT INTO Effects (Handler, EffectsFrom) VALUES (?, ?) ON CONFLICT (Handler) DO NOTHING`
	}
	if _, err := v.db.write.ExecContext(ctx, write, handler, formatTime(at)); err != nil {
		return v.fault(ctx, fmt.Sprintf("set the effects of %q", handler), err)
	}
	// A power loss may take back the newest transactions of this file. It must not
	// take back this one: events that are acknowledged from now on are told. A
	// checkpoint syncs the write-ahead log before anything else.
	if _, err := v.db.write.ExecContext(ctx, "PRAGMA wal_checkpoint(PASSIVE)"); err != nil {
		return v.fault(ctx, fmt.Sprintf("sync the effects of %q", handler), err)
	}
	return nil
}
