package porttest_test

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"unicode/utf16"

	"github.com/evercart/evercart/ports"
)

const (
	queryAscending  = "a query returns rows in the order of their sort keys' bytes"
	queryDescending = "a descending query returns rows from the greatest sort key down"
	queryAfter      = "a query goes on after a sort key, without it, in its direction"
	queryUntil      = "a query stops at a sort key, with it, in its direction"
	queryLimit      = "a query returns as many rows as its limit, while there are"
	queryPages      = "pages of a query make the whole partition, in both directions"
	partitionsApart = "partitions have rows of their own"
	longKeysApart   = "sort keys of the greatest length are told apart by their last byte"
	queryNothing    = "a query of an unknown target or partition finds nothing"
)

// sortedBy returns a fault that orders the rows of a query by compare.
func sortedBy(compare func(a, b string) int) func(*viewDouble) {
	return func(d *viewDouble) {
		d.answers(func(q ports.RowQuery, rows []ports.Row) []ports.Row {
			slices.SortStableFunc(rows, func(a, b ports.Row) int {
				if q.Descending {
					a, b = b, a
				}
				return compare(a.Sort, b.Sort)
			})
			return rows
		})
	}
}

// storingKeys returns a fault that changes the keys of rows as they are stored
// and asked for.
func storingKeys(change func(*ports.RowKey)) func(*viewDouble) {
	return func(d *viewDouble) {
		d.eachChange(func(_ ports.Target, c ports.ViewChange, store func(ports.ViewChange) error) error {
			c.Put = slices.Clone(c.Put)
			for i := range c.Put {
				change(&c.Put[i].RowKey)
			}
			return store(c)
		})
		d.eachQuery(func(q *ports.RowQuery) {
			key := ports.RowKey{Partition: q.Partition, Sort: q.After}
			change(&key)
			q.Partition, q.After = key.Partition, key.Sort
		})
	}
}

func queryTwins() []twin[viewDouble] {
	both := []string{queryAscending, queryDescending}
	return slices.Concat(boundTwins(), []twin[viewDouble]{
		{"orders sort keys without regard to case", sortedBy(func(a, b string) int {
			return strings.Compare(strings.ToLower(a), strings.ToLower(b))
		}), both},
		{"orders sort keys as UTF-16", sortedBy(func(a, b string) int {
			return slices.Compare(utf16.Encode([]rune(a)), utf16.Encode([]rune(b)))
		}), both},
		{"orders numbers by their value", sortedBy(func(a, b string) int {
			if strings.Trim(a+b, "0123456789") == "" {
				return cmp.Compare(len(a), len(b))
			}
			return strings.Compare(a, b)
		}), both},
		{"always ascends", func(d *viewDouble) {
			d.eachQuery(func(q *ports.RowQuery) { q.Descending = false })
		}, []string{queryDescending, queryAfter, queryUntil, queryPages}},
		{"always descends", func(d *viewDouble) {
			d.eachQuery(func(q *ports.RowQuery) { q.Descending = true })
		}, []string{queryAscending, queryAfter, queryUntil, queryPages}},
		{"finds rows of an empty sort key only", func(d *viewDouble) {
			d.answers(func(_ ports.RowQuery, rows []ports.Row) []ports.Row {
				return slices.DeleteFunc(rows, func(r ports.Row) bool { return r.Sort == "" })
			})
		}, both},
		{"folds the case of partitions", storingKeys(func(k *ports.RowKey) { k.Partition = strings.ToLower(k.Partition) }), []string{partitionsApart}},
		{"trims partitions", storingKeys(func(k *ports.RowKey) { k.Partition = strings.TrimSpace(k.Partition) }), []string{partitionsApart}},
		{"normalises partitions", storingKeys(func(k *ports.RowKey) { k.Partition = strings.ReplaceAll(k.Partition, "e\u0301", "\u00e9") }), []string{partitionsApart}},
		{"cuts partitions at 1 023 bytes", storingKeys(func(k *ports.RowKey) { k.Partition = k.Partition[:min(1023, len(k.Partition))] }), []string{partitionsApart}},
		{"cuts sort keys at 511 bytes", storingKeys(func(k *ports.RowKey) { k.Sort = k.Sort[:min(511, len(k.Sort))] }), []string{longKeysApart}},
		{"mixes generations in queries", func(d *viewDouble) {
			d.query = func(ctx context.Context, of ports.Target, q ports.RowQuery) ([]ports.Row, error) {
				of.Generation = 1
				return d.ViewStore.Query(ctx, of, q)
			}
		}, []string{rowTargetsApart}},
		{"refuses to query what is not there", func(d *viewDouble) {
			d.query = func(ctx context.Context, of ports.Target, q ports.RowQuery) ([]ports.Row, error) {
				rows, err := d.ViewStore.Query(ctx, of, q)
				if len(rows) == 0 {
					return nil, errTwin
				}
				return rows, err
			}
		}, []string{queryNothing}},
	})
}

func boundTwins() []twin[viewDouble] {
	return []twin[viewDouble]{
		{"ignores after", func(d *viewDouble) { d.eachQuery(func(q *ports.RowQuery) { q.After = "" }) }, []string{queryAfter, queryPages}},
		{"returns the row to go on after", func(d *viewDouble) {
			d.query = func(ctx context.Context, of ports.Target, q ports.RowQuery) ([]ports.Row, error) {
				rows, err := d.ViewStore.Query(ctx, of, q)
				there, _ := d.ViewStore.Rows(ctx, of, []ports.RowKey{{Partition: q.Partition, Sort: q.After}})
				if q.After == "" {
					there = nil
				}
				rows = append(there, rows...)
				return rows[:min(q.Limit, len(rows))], err
			}
		}, []string{queryAfter, queryPages}},
		{"skips a row after the one to go on after", func(d *viewDouble) {
			d.answers(func(q ports.RowQuery, rows []ports.Row) []ports.Row {
				if q.After != "" && len(rows) > 0 {
					return rows[1:]
				}
				return rows
			})
		}, []string{queryAfter, queryPages}},
		{"ignores until", func(d *viewDouble) { d.eachQuery(func(q *ports.RowQuery) { q.Until = "" }) }, []string{queryUntil}},
		{"leaves out the row to stop at", func(d *viewDouble) {
			d.answers(func(q ports.RowQuery, rows []ports.Row) []ports.Row {
				return slices.DeleteFunc(rows, func(r ports.Row) bool { return q.Until != "" && r.Sort == q.Until })
			})
		}, []string{queryUntil}},
		{"takes until as the greatest key in both directions", func(d *viewDouble) {
			d.answers(func(q ports.RowQuery, rows []ports.Row) []ports.Row {
				return slices.DeleteFunc(rows, func(r ports.Row) bool { return q.Until != "" && r.Sort > q.Until })
			})
		}, []string{queryUntil}},
		{"ignores the limit", func(d *viewDouble) { d.eachQuery(func(q *ports.RowQuery) { q.Limit = 1 << 20 }) }, []string{queryLimit, queryPages}},
		{"returns fewer rows than the limit", func(d *viewDouble) {
			d.eachQuery(func(q *ports.RowQuery) { q.Limit = max(1, q.Limit-1) })
		}, []string{queryLimit, queryPages}},
		{"limits before it bounds", func(d *viewDouble) {
			d.query = func(ctx context.Context, of ports.Target, q ports.RowQuery) ([]ports.Row, error) {
				after := q.After
				q.After = ""
				rows, err := d.ViewStore.Query(ctx, of, q)
				return slices.DeleteFunc(rows, func(r ports.Row) bool { return after != "" && r.Sort <= after }), err
			}
		}, []string{queryLimit, queryPages}},
		{"answers a hundred rows at most", func(d *viewDouble) {
			d.answers(func(_ ports.RowQuery, rows []ports.Row) []ports.Row { return rows[:min(100, len(rows))] })
		}, []string{hundredsOfChanges, dropAlone}},
	}
}
