package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"github.com/evercart/evercart/ports"
)

// selectRows reads the rows with the keys in a JSON array of [partition, sort].
const selectRows = `SELECT Partition, Sort, Rows.Value
FROM json_each(?3) AS asked CROSS JOIN Rows
WHERE Consumer = ?1 AND Generation = ?2 AND Partition = asked.value->>0 AND Sort = asked.value->>1`

// Query returns the rows of one partition in the order of their sort keys.
func (v *Views) Query(ctx context.Context, target ports.Target, q ports.RowQuery) ([]ports.Row, error) {
	text, args := rowQuery(target, &q)
	rows, err := scanRows(ctx, target)(v.db.read.QueryContext(ctx, text, args...))
	if err != nil {
		return nil, v.fault(ctx, fmt.Sprintf("query partition %q of %s", q.Partition, target), err)
	}
	return rows, nil
}

// rowQuery returns the statement for q and its values. An empty sort key is a
// key too, so a bound that is not asked for is left out.
func rowQuery(target ports.Target, q *ports.RowQuery) (text string, args []any) {
	after, until, order := ` AND Sort > ?`, ` AND Sort <= ?`, ` ORDER BY Sort LIMIT ?`
	if q.Descending {
		after, until, order = ` AND Sort < ?`, ` AND Sort >= ?`, ` ORDER BY Sort DESC LIMIT ?`
	}
	text = `SELECT Partition, Sort, Value FROM Rows WHERE Consumer = ? AND Generation = ? AND Partition = ?`
	args = []any{target.Consumer, target.Generation, q.Partition}
	if q.After != "" {
		text += after
		args = append(args, q.After)
	}
	if q.Until != "" {
		text += until
		args = append(args, q.Until)
	}
	return text + order, append(args, q.Limit)
}

// Rows returns the rows with the given keys that are there, each once.
func (v *Views) Rows(ctx context.Context, target ports.Target, keys []ports.RowKey) ([]ports.Row, error) {
	asked, err := keyPairs(keys)
	if err != nil {
		return nil, v.fault(ctx, fmt.Sprintf("%d rows of %s", len(keys), target), err)
	}
	rows, err := scanRows(ctx, target)(v.rows.QueryContext(ctx, target.Consumer, target.Generation, asked))
	if err != nil {
		return nil, v.fault(ctx, fmt.Sprintf("%d rows of %s", len(keys), target), err)
	}
	return rows, nil
}

// keyPairs returns keys, each once, as selectRows takes them.
func keyPairs(keys []ports.RowKey) (string, error) {
	seen := make(map[ports.RowKey]bool, len(keys))
	pairs := make([][2]string, 0, len(keys))
	for _, k := range keys {
		if !seen[k] {
			seen[k] = true
			pairs = append(pairs, [2]string{k.Partition, k.Sort})
		}
	}
	text, err := json.Marshal(pairs)
	return string(text), err
}

// scanRows returns a func that reads the rows of a query to their end and closes
// them.
func scanRows(ctx context.Context, target ports.Target) func(*sql.Rows, error) ([]ports.Row, error) {
	return func(rows *sql.Rows, err error) ([]ports.Row, error) {
		if err != nil {
			return nil, err
		}
		defer func() { _ = rows.Close() }() // rows.Err says what went wrong
		var found []ports.Row
		for rows.Next() {
			var r ports.Row
			if err := rows.Scan(&r.Partition, &r.Sort, &r.Value); err != nil {
				return nil, unreadable(ctx, fmt.Sprintf("row %q %q of %s", r.Partition, r.Sort, target), err)
			}
			found = append(found, r)
		}
		return found, rows.Err()
	}
}
