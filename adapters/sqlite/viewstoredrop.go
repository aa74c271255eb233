package sqlite

import (
	"context"
	"fmt"

	"github.com/evercart/evercart/ports"
)

// dropBatch is how many rows one transaction of Drop deletes, so that others wait
// for it some milliseconds only.
const dropBatch = 1000

// Drop deletes all rows and checkpoints of target, in many transactions.
// Checkpoints go first: where Drop is cut short, no checkpoint speaks of rows
// that are gone.
func (v *Views) Drop(ctx context.Context, target ports.Target) error {
	for _, text := range []string{
		`DELETE FROM Checkpoints WHERE Consumer = ?1 AND Generation = ?2 AND Stream IN
			(SELECT Stream FROM Checkpoints WHERE Consumer = ?1 AND Generation = ?2 ORDER BY Stream LIMIT ?3)`,
		`DELETE FROM Rows WHERE Consumer = ?1 AND Generation = ?2 AND (Partition, Sort) IN
			(SELECT Partition, Sort FROM Rows WHERE Consumer = ?1 AND Generation = ?2 ORDER BY Partition, Sort LIMIT ?3)`,
	} {
		for more := true; more; {
			var err error
			more, err = wrote(v.db.write.ExecContext(ctx, text, target.Consumer, target.Generation, dropBatch))
			if err != nil {
				return v.fault(ctx, fmt.Sprintf("drop %s", target), err)
			}
		}
	}
	return nil
}
