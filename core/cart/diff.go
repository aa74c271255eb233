package cart

import (
	"cmp"
	"fmt"
	"slices"
)

// Change is one difference between two states of a cart.
type Change struct {
	What string // "status", "item tea", "quantity of tea", "price of tea", "total", "owner"
	From string // empty: it was not there
	To   string // empty: it is not there any more
}

// Diff returns what turns a cart from state a into state b: what became of the cart
// first, then its items by name, then the total.
func Diff(a, b State) []Change {
	var changes []Change
	add := func(what, from, to string) {
		if from != to {
			changes = append(changes, Change{What: what, From: from, To: to})
		}
	}
	add("status", a.Status.String(), b.Status.String())
	add("owner", a.Owner, b.Owner)
	items := map[string]bool{}
	for _, l := range slices.Concat(a.Lines, b.Lines) {
		items[l.Item] = true
	}
	names := make([]string, 0, len(items))
	for name := range items {
		names = append(names, name)
	}
	slices.SortFunc(names, cmp.Compare)
	for _, name := range names {
		before, was := a.Line(name)
		after, is := b.Line(name)
		if was && is {
			add("quantity of "+name, fmt.Sprint(before.Quantity), fmt.Sprint(after.Quantity))
			add("price of "+name, before.UnitPrice.String(), after.UnitPrice.String())
			continue
		}
		add("item "+name, describe(before, was), describe(after, is))
	}
	totalA, _ := a.Total()
	totalB, _ := b.Total()
	add("total", totalA.String(), totalB.String())
	return changes
}

func describe(l Line, there bool) string {
	switch {
	case !there:
		return ""
	case l.UnitPrice.IsZero():
		return fmt.Sprint(l.Quantity)
	}
	return fmt.Sprintf("%d at %s", l.Quantity, l.UnitPrice)
}
