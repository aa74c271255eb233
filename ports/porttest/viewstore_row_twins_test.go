package porttest_test

import (
	"bytes"
	"context"
	"slices"

	"github.com/evercart/evercart/ports"
)

const (
	rowReplaced     = "put replaces the row of its key alone"
	rowDeleted      = "delete removes the row of its key alone"
	absentDeleted   = "deleting a row that is not there is no error"
	valuesKept      = "values of any bytes are read back as written"
	missingLeftOut  = "rows that are not there are left out"
	duplicatesOnce  = "a row asked for twice is returned once"
	hundredsOfRows  = "hundreds of rows are fetched at once"
	noKeys          = "no keys fetch no rows"
	rowTargetsApart = "targets have rows of their own"
)

func rowTwins() []twin[viewDouble] {
	return []twin[viewDouble]{
		{"keeps a row's first value", func(d *viewDouble) {
			d.eachChange(func(to ports.Target, c ports.ViewChange, store func(ports.ViewChange) error) error {
				c.Put = slices.DeleteFunc(slices.Clone(c.Put), func(r ports.Row) bool {
					there, _ := d.ViewStore.Rows(context.Background(), to, []ports.RowKey{r.RowKey})
					return len(there) > 0
				})
				return store(c)
			})
		}, []string{rowReplaced}},
		{"takes an empty value for no row", func(d *viewDouble) {
			d.eachChange(func(_ ports.Target, c ports.ViewChange, store func(ports.ViewChange) error) error {
				c.Put = slices.DeleteFunc(slices.Clone(c.Put), func(r ports.Row) bool { return len(r.Value) == 0 })
				return store(c)
			})
		}, []string{rowReplaced, valuesKept}},
		{"replaces the sort key in every partition", func(d *viewDouble) {
			d.eachChange(func(_ ports.Target, c ports.ViewChange, store func(ports.ViewChange) error) error {
				for _, r := range c.Put {
					r.Partition = map[string]string{"p": "q", "q": "p"}[r.Partition]
					c.Put = append(slices.Clone(c.Put), r)
				}
				return store(c)
			})
		}, []string{rowReplaced}},
		{"deletes nothing", func(d *viewDouble) {
			d.eachChange(func(_ ports.Target, c ports.ViewChange, store func(ports.ViewChange) error) error {
				c.Delete = nil
				return store(c)
			})
		}, []string{rowDeleted, fullChange}},
		{"deletes the sort key in every partition", func(d *viewDouble) {
			d.eachChange(func(_ ports.Target, c ports.ViewChange, store func(ports.ViewChange) error) error {
				for _, key := range c.Delete {
					c.Delete = append(slices.Clone(c.Delete), ports.RowKey{Partition: "q", Sort: key.Sort})
				}
				return store(c)
			})
		}, []string{rowDeleted}},
		{"refuses to delete what is not there", func(d *viewDouble) {
			d.eachChange(func(to ports.Target, c ports.ViewChange, store func(ports.ViewChange) error) error {
				if there, _ := d.ViewStore.Rows(context.Background(), to, c.Delete); len(there) < len(c.Delete) {
					return errTwin
				}
				return store(c)
			})
		}, []string{absentDeleted}},
		{"deletes the next row where there is none", func(d *viewDouble) {
			d.eachChange(func(to ports.Target, c ports.ViewChange, store func(ports.ViewChange) error) error {
				for _, key := range c.Delete {
					next, _ := d.ViewStore.Query(context.Background(), to, ports.RowQuery{Partition: key.Partition, After: key.Sort, Limit: 1})
					for _, r := range next {
						c.Delete = append(slices.Clone(c.Delete), r.RowKey)
					}
				}
				return store(c)
			})
		}, []string{absentDeleted, rowDeleted}},
		{"keeps values as text", func(d *viewDouble) {
			d.answers(func(_ ports.RowQuery, rows []ports.Row) []ports.Row {
				for i := range rows {
					rows[i].Value = bytes.ToValidUTF8(rows[i].Value, []byte("\ufffd"))
				}
				return rows
			})
		}, []string{valuesKept}},
		{"cuts large values where rows are fetched", func(d *viewDouble) {
			d.fetches(func(_ []ports.RowKey, rows []ports.Row) []ports.Row {
				for i := range rows {
					rows[i].Value = rows[i].Value[:min(len(rows[i].Value), 1<<16-1)]
				}
				return rows
			})
		}, []string{valuesKept}},
		{"makes up rows that are not there", func(d *viewDouble) {
			d.fetches(func(keys []ports.RowKey, rows []ports.Row) []ports.Row {
				for _, key := range keys {
					if !slices.ContainsFunc(rows, func(r ports.Row) bool { return r.RowKey == key }) {
						rows = append(rows, ports.Row{RowKey: key})
					}
				}
				return rows
			})
		}, []string{missingLeftOut}},
		{"fetches rows of other targets", func(d *viewDouble) {
			d.rows = func(ctx context.Context, of ports.Target, keys []ports.RowKey) ([]ports.Row, error) {
				of.Generation++
				return d.ViewStore.Rows(ctx, of, keys)
			}
		}, []string{missingLeftOut, hundredsOfRows}},
		{"returns a row as often as it is asked for", func(d *viewDouble) {
			d.rows = func(ctx context.Context, of ports.Target, keys []ports.RowKey) ([]ports.Row, error) {
				return fetchInBatches(ctx, d, of, keys, 1)
			}
		}, []string{duplicatesOnce, hundredsOfRows}},
		{"returns a row once a batch of a hundred", func(d *viewDouble) {
			d.rows = func(ctx context.Context, of ports.Target, keys []ports.RowKey) ([]ports.Row, error) {
				return fetchInBatches(ctx, d, of, keys, 100)
			}
		}, []string{hundredsOfRows}},
		{"fetches a hundred rows at most", func(d *viewDouble) {
			d.fetches(func(_ []ports.RowKey, rows []ports.Row) []ports.Row { return rows[:min(100, len(rows))] })
		}, []string{hundredsOfRows}},
		{"takes no keys for all keys", func(d *viewDouble) {
			d.rows = func(ctx context.Context, of ports.Target, keys []ports.RowKey) ([]ports.Row, error) {
				if len(keys) == 0 {
					return d.ViewStore.Query(ctx, of, ports.RowQuery{Partition: "p", Limit: 100})
				}
				return d.ViewStore.Rows(ctx, of, keys)
			}
		}, []string{noKeys}},
	}
}

func fetchInBatches(ctx context.Context, d *viewDouble, of ports.Target, keys []ports.RowKey, size int) ([]ports.Row, error) {
	var all []ports.Row
	for batch := range slices.Chunk(keys, size) {
		rows, err := d.ViewStore.Rows(ctx, of, batch)
		if err != nil {
			return nil, err
		}
		all = append(all, rows...)
	}
	return all, nil
}
