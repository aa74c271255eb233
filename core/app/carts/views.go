// Package carts holds the use cases that are about carts alone: lists and related
// items from the views, and the reminder.
package carts

import (
	"context"
	"time"

	"github.com/evercart/evercart/core/cart"
	"github.com/evercart/evercart/core/es"
)

// Views answers queries from the views `carts` and `related`, which follow
// the store by a moment. It is safe for concurrent use.
type Views interface {
	// List returns a page of carts, the one changed last first.
	List(ctx context.Context, q Query) (Page, error)
	// Related returns what else was in the newest RelatedCarts closed carts that
	// held item, most often first, then by name; at most limit items (1 or more).
	Related(ctx context.Context, item string, limit int) (RelatedItems, error)
	// Reached reports whether a view, by its name, tells of all that was seen. A cart
	// that the caller may not see is never reached, as one that does not exist.
	Reached(ctx context.Context, view string, seen []Seen, caller es.Caller) (bool, error)
}

// RelatedCarts is how many closed carts a related-items query counts.
const RelatedCarts = 200

// Query asks for a page of carts.
type Query struct {
	Owner  string // only carts of this subject; empty only with All
	All    bool   // everybody's carts: the operator's
	Status string // "open", "closed", or empty for both
	// Search, if not empty, leaves only carts whose ID begins with it, or whose owner
	// or one of whose Listed.Names contains it, in whatever case.
	Search string
	After  string // Page.Next of the page before; empty: the first page
	Limit  int    // 1 or more
}

// Page is a page of carts. A search looks at some 20 000 carts a page, so that its
// pages may be short, or empty, and still have a next one.
type Page struct {
	Carts []Listed
	Next  string // what to go on after; empty where the list ends with this page
}

// Listed is a cart as lists show it.
type Listed struct {
	ID        string
	Version   int64
	Status    string     // "open" or "closed"
	Items     int        // number of lines
	ChangedAt time.Time  // zero when unknown
	Owner     string     // empty: nobody's
	Total     cart.Price // the zero Price: there is none
	Names     []string   // of the first lines, as many as the view keeps
	Reminded  bool       // the shopper was reminded since the last change
}

// RelatedItems is what was bought together with an item.
type RelatedItems struct {
	Item    string
	Carts   int // closed carts counted, at most RelatedCarts
	Related []RelatedItem
}

// RelatedItem is an item and in how many of the counted carts it was.
type RelatedItem struct {
	Item  string
	Count int
}
