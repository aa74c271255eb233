package carts

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/evercart/evercart/core/cart"
	"github.com/evercart/evercart/ports"
)

// ViewReader is Views over the live generations of the stored views. A view
// that was never built reads as empty.
type ViewReader struct {
	views   ports.ViewStore
	catalog ports.ViewCatalog
}

var _ Views = (*ViewReader)(nil)

// NewViewReader returns a reader of the views that the projectors keep in views.
func NewViewReader(views ports.ViewStore, catalog ports.ViewCatalog) *ViewReader {
	return &ViewReader{views: views, catalog: catalog}
}

// List returns a page of carts, the one changed last first.
func (r *ViewReader) List(ctx context.Context, q Query) (Page, error) {
	target, ok, err := r.live(ctx, cart.CartsView{}.Name())
	if err != nil || !ok {
		return Page{}, err
	}
	var rows []ports.Row
	if q.All {
		rows, err = r.everybodys(ctx, target, q)
	} else {
		rows, err = r.owners(ctx, target, q)
	}
	if err != nil {
		return Page{}, err
	}
	var page Page
	if len(rows) > q.Limit {
		rows = rows[:q.Limit]
		page.Next = rows[q.Limit-1].Sort
	}
	for _, row := range rows {
		c, err := cart.ReadCartSummary(row.Value)
		if err != nil {
			return Page{}, err
		}
		page.Carts = append(page.Carts, Listed{
			ID: c.ID, Version: int64(c.Version), Status: c.Status.String(), Items: c.Items, ChangedAt: c.ChangedAt,
		})
	}
	return page, nil
}

// everybodys merges the partitions of the statuses asked for; it returns one row
// more than the limit where there is one.
func (r *ViewReader) everybodys(ctx context.Context, target ports.Target, q Query) ([]ports.Row, error) {
	var rows []ports.Row
	for _, status := range []cart.Status{cart.StatusOpen, cart.StatusClosed} {
		if q.Status != "" && q.Status != status.String() {
			continue
		}
		for _, partition := range cart.StatusPartitions(status) {
			some, err := r.views.Query(ctx, target, ports.RowQuery{
				Partition: partition, After: q.After, Descending: true, Limit: q.Limit + 1,
			})
			if err != nil {
				return nil, err
			}
			rows = append(rows, some...)
		}
	}
	slices.SortFunc(rows, func(a, b ports.Row) int { return strings.Compare(b.Sort, a.Sort) })
	return rows[:min(len(rows), q.Limit+1)], nil
}

// owners reads one owner's partition and passes over other statuses; it returns
// one row more than the limit where there is one.
func (r *ViewReader) owners(ctx context.Context, target ports.Target, q Query) ([]ports.Row, error) {
	var rows []ports.Row
	query := ports.RowQuery{Partition: cart.OwnerPartition(q.Owner), After: q.After, Descending: true, Limit: q.Limit + 1}
	for {
		some, err := r.views.Query(ctx, target, query)
		if err != nil {
			return nil, err
		}
		for _, row := range some {
			c, err := cart.ReadCartSummary(row.Value)
			if err != nil {
				return nil, err
			}
			if q.Status == "" || q.Status == c.Status.String() {
				rows = append(rows, row)
			}
			if len(rows) > q.Limit {
				return rows, nil
			}
		}
		if len(some) < query.Limit {
			return rows, nil
		}
		query.After = some[len(some)-1].Sort
	}
}

// Related counts what else was in the newest closed carts that held item.
func (r *ViewReader) Related(ctx context.Context, item string, limit int) (RelatedItems, error) {
	related := RelatedItems{Item: item}
	target, ok, err := r.live(ctx, cart.RelatedView{}.Name())
	if err != nil || !ok {
		return related, err
	}
	newest, err := r.views.Query(ctx, target, ports.RowQuery{
		Partition: cart.ItemPartition(item), Descending: true, Limit: RelatedCarts,
	})
	if err != nil || len(newest) == 0 {
		return related, err
	}
	keys := make([]ports.RowKey, len(newest))
	for i, row := range newest {
		keys[i] = cart.ClosedCartKey(cart.SortID(row.Sort))
	}
	carts, err := r.views.Rows(ctx, target, keys)
	if err != nil {
		return related, err
	}
	counts := map[string]int{}
	for _, row := range carts {
		items, err := cart.ReadItems(row.Value)
		if err != nil {
			return related, err
		}
		for _, other := range items {
			if other != item {
				counts[other]++
			}
		}
	}
	related.Carts = len(carts)
	for other, count := range counts {
		related.Related = append(related.Related, RelatedItem{Item: other, Count: count})
	}
	slices.SortFunc(related.Related, func(a, b RelatedItem) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), strings.Compare(a.Item, b.Item))
	})
	related.Related = related.Related[:min(len(related.Related), limit)]
	return related, nil
}

// live returns the generation of a view that queries read; false where the view
// was never built.
func (r *ViewReader) live(ctx context.Context, view string) (ports.Target, bool, error) {
	entry, err := r.catalog.View(ctx, view)
	return ports.Target{Consumer: view, Generation: entry.Live}, entry.Revision > 0, err
}
