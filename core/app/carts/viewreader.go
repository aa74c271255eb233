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
	var page Page
	search, looked, last := strings.ToLower(q.Search), 0, ""
	for row, err := range newest(ctx, r.views, target, partitionsOf(&q), q.After, q.rows()) {
		if err != nil {
			return Page{}, err
		}
		if len(page.Carts) == q.Limit || looked == searchRows {
			page.Next = last
			break
		}
		c, err := cart.ReadCartSummary(row.Value)
		if err != nil {
			return Page{}, err
		}
		looked, last = looked+1, row.Sort
		if (q.Status == "" || q.Status == c.Status.String()) && matches(&c, search) {
			page.Carts = append(page.Carts, listed(&c))
		}
	}
	return page, nil
}

// searchRows is how many rows one page looks at, so that a search for what is
// nowhere ends.
const searchRows = 20_000

// partitionsOf returns the partitions that hold the carts asked for; an owner's
// holds carts of other statuses, too.
func partitionsOf(q *Query) []string {
	if !q.All {
		return []string{cart.OwnerPartition(q.Owner)}
	}
	var all []string
	for _, status := range []cart.Status{cart.StatusOpen, cart.StatusClosed} {
		if q.Status == "" || q.Status == status.String() {
			all = append(all, cart.StatusPartitions(status)...)
		}
	}
	return all
}

// rows returns how many rows to read of a partition at once: of one, a page and
// what tells that there is another; of many, what is likely to be needed.
func (q *Query) rows() int {
	switch {
	case q.Search != "":
		return 500
	case q.All:
		return q.Limit/8 + 4
	default:
		return q.Limit + 1
	}
}

// matches reports whether a cart is one that search, in lower case, looks for.
func matches(c *cart.CartSummary, search string) bool {
	if search == "" || strings.HasPrefix(c.ID, search) || strings.Contains(strings.ToLower(c.Owner), search) {
		return true
	}
	return slices.ContainsFunc(c.Names, func(name string) bool { return strings.Contains(strings.ToLower(name), search) })
}

func listed(c *cart.CartSummary) Listed {
	return Listed{
		ID: c.ID, Version: int64(c.Version), Status: c.Status.String(), Items: c.Items, ChangedAt: c.ChangedAt,
		Owner: c.Owner, Total: c.Total, Names: c.Names, Reminded: c.Reminded,
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
