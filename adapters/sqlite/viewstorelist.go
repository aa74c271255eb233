package sqlite

import (
	"context"
	"fmt"

	"github.com/evercart/evercart/ports"
)

// selectParked names the index, which holds the parked ones only.
const (
	selectParked = `SELECT ` + checkpointColumns + `
FROM Checkpoints INDEXED BY ParkedCheckpoints
WHERE Consumer = ? AND Generation = ? AND Parked IS NOT NULL AND Stream > ? ORDER BY Stream LIMIT ?`
	selectAfter = `SELECT ` + checkpointColumns + `
FROM Checkpoints WHERE Consumer = ? AND Generation = ? AND Stream > ? ORDER BY Stream LIMIT ?`
)

// Parked returns at most limit parked checkpoints of target after the stream of
// that name, in the order of their streams' names.
func (v *Views) Parked(ctx context.Context, target ports.Target, after string, limit int) ([]ports.Checkpoint, error) {
	checkpoints, err := v.list(ctx, selectParked, target, after, limit)
	if err != nil {
		return nil, v.fault(ctx, fmt.Sprintf("parked streams of %s after %q", target, after), err)
	}
	return checkpoints, nil
}

// ListCheckpoints returns at most limit checkpoints of target after the stream of
// that name, in the order of their streams' names.
func (v *Views) ListCheckpoints(ctx context.Context, target ports.Target, after string, limit int) ([]ports.Checkpoint, error) {
	checkpoints, err := v.list(ctx, selectAfter, target, after, limit)
	if err != nil {
		return nil, v.fault(ctx, fmt.Sprintf("checkpoints of %s after %q", target, after), err)
	}
	return checkpoints, nil
}

func (v *Views) list(ctx context.Context, query string, target ports.Target, after string, limit int) ([]ports.Checkpoint, error) {
	rows, err := v.db.read.QueryContext(ctx, query, target.Consumer, target.Generation, after, limit)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // rows.Err says what went wrong
	var checkpoints []ports.Checkpoint
	for rows.Next() {
		c, err := scanCheckpoint(ctx, target, rows)
		if err != nil {
			return nil, err
		}
		checkpoints = append(checkpoints, c)
	}
	return checkpoints, rows.Err()
}
