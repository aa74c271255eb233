package sqlite

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/evercart/evercart/ports"
)

// rowsPerChange bounds how long one change holds the file.
const rowsPerChange = 1000

// selectCheckpoints reads the checkpoints of many streams, given as a JSON array,
// each with its place in the array.
const selectCheckpoints = `SELECT asked.key, ` + checkpointColumns + `
FROM json_each(?3) AS asked CROSS JOIN Checkpoints
WHERE Consumer = ?1 AND Generation = ?2 AND Stream = asked.value`

// RowsPerChange returns 1 000.
func (v *Views) RowsPerChange() int { return rowsPerChange }

// Checkpoints returns target's checkpoint of each stream, in the order asked.
func (v *Views) Checkpoints(ctx context.Context, target ports.Target, streams []ports.StreamID) ([]ports.Checkpoint, error) {
	checkpoints, err := v.readCheckpoints(ctx, target, streams)
	if err != nil {
		return nil, v.fault(ctx, fmt.Sprintf("checkpoints of %s", target), err)
	}
	return checkpoints, nil
}

func (v *Views) readCheckpoints(ctx context.Context, target ports.Target, streams []ports.StreamID) ([]ports.Checkpoint, error) {
	names := make([]string, len(streams))
	checkpoints := make([]ports.Checkpoint, len(streams))
	for i, s := range streams {
		names[i] = s.String()
		checkpoints[i].Stream = s
	}
	asked, err := json.Marshal(names)
	if err != nil {
		return nil, err
	}
	rows, err := v.checkpoints.QueryContext(ctx, target.Consumer, target.Generation, string(asked))
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // rows.Err says what went wrong
	for rows.Next() {
		var i int
		c, err := scanCheckpoint(ctx, target, rows, &i)
		if err != nil {
			return nil, err
		}
		checkpoints[i] = c
	}
	return checkpoints, rows.Err()
}
