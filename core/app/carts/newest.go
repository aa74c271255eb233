package carts

import (
	"context"
	"iter"

	"github.com/evercart/evercart/ports"
)

// newest yields the rows of several partitions of a view as one list, the greatest
// sort key first, after a sort key (empty: from the greatest). It reads each
// partition a page at a time, and only as far as the caller goes. It yields an
// error at most once, as its last pair.
func newest(ctx context.Context, views ports.ViewStore, target ports.Target, partitions []string, after string, page int) iter.Seq2[ports.Row, error] {
	return func(yield func(ports.Row, error) bool) {
		branches := make([]branch, len(partitions))
		for i, partition := range partitions {
			branches[i].query = ports.RowQuery{Partition: partition, After: after, Descending: true, Limit: page}
		}
		for {
			var first *branch
			for i := range branches {
				b := &branches[i]
				if err := b.fill(ctx, views, target); err != nil {
					yield(ports.Row{}, err)
					return
				}
				if len(b.rows) > 0 && (first == nil || b.rows[0].Sort > first.rows[0].Sort) {
					first = b
				}
			}
			if first == nil || !yield(first.rows[0], nil) {
				return
			}
			first.rows = first.rows[1:]
		}
	}
}

// branch is one partition as far as it is read.
type branch struct {
	query ports.RowQuery
	rows  []ports.Row // read and not yet passed on
	ended bool        // there are no more than rows
}

// fill reads the next page where all of the one before is passed on.
func (b *branch) fill(ctx context.Context, views ports.ViewStore, target ports.Target) error {
	if len(b.rows) > 0 || b.ended {
		return nil
	}
	rows, err := views.Query(ctx, target, b.query)
	if err != nil {
		return err
	}
	b.rows, b.ended = rows, len(rows) < b.query.Limit
	if len(rows) > 0 {
		b.query.After = rows[len(rows)-1].Sort
	}
	return nil
}
