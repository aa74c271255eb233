package simulation_test

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
)

// keyNames are the attributes of a primary key, of a table or of an index, and their
// kinds.
type keyNames struct {
	hash, sort         string
	hashKind, sortKind string
}

// keyOf reads a key. The others of the item's attributes do not matter.
func (k keyNames) keyOf(item attributes) (hash string, sort scalar, err error) {
	h, err := item.scalar(k.hash)
	if err != nil {
		return "", scalar{}, err
	}
	sort, err = item.scalar(k.sort)
	if err != nil {
		return "", scalar{}, err
	}
	if h.kind != k.hashKind || sort.kind != k.sortKind || h.text == "" || sort.text == "" {
		return "", scalar{}, fmt.Errorf("its key %s, %s is missing, empty, or of another kind", k.hash, k.sort)
	}
	return h.text, sort, nil
}

// dynamoTable is a table and its indexes.
type dynamoTable struct {
	name       string
	keys       keyNames
	indexes    map[string]keyNames
	partitions map[string][]*cell // in the order of their sort keys
	indexed    map[string][]*cell // by index: all that ever were in it
	contended  bool               // transactions write to it
	changed    func(name string, item attributes)
}

// place finds the cell of a key, and makes one where there is none.
func (t *dynamoTable) place(item attributes) (*cell, error) {
	hash, sort, err := t.keys.keyOf(item)
	if err != nil {
		return nil, err
	}
	cells := t.partitions[hash]
	at, there := slices.BinarySearchFunc(cells, sort, func(c *cell, s scalar) int { return c.sort.compare(s) })
	if !there {
		t.partitions[hash] = slices.Insert(cells, at, &cell{hash: hash, sort: sort})
	}
	return t.partitions[hash][at], nil
}

// at finds the cell of a key that has nothing but a key.
func (t *dynamoTable) at(key attributes) (*cell, error) {
	if len(key) != 2 {
		return nil, errors.New("a key has the two attributes of the table's key")
	}
	return t.place(key)
}

// store puts an item into its cell; nil: none.
func (t *dynamoTable) store(d *dynamo, c *cell, item attributes) {
	old := c.newest()
	item.order()
	c.store(d.whims.now(), d.whims.lag(), item)
	for name, keys := range t.indexes {
		if _, in := item[keys.hash]; in && !slices.Contains(t.indexed[name], c) {
			t.indexed[name] = append(t.indexed[name], c)
		}
	}
	switch {
	case t.changed == nil:
	case item == nil && old != nil:
		t.changed("REMOVE", old)
	case item != nil && old == nil:
		t.changed("INSERT", item)
	case item != nil:
		t.changed("MODIFY", item)
	}
}

// all returns all cells: those of a partition together and in their order, the
// partitions in the order of their keys.
func (t *dynamoTable) all() []*cell {
	var cells []*cell
	for _, hash := range slices.Sorted(maps.Keys(t.partitions)) {
		cells = append(cells, t.partitions[hash]...)
	}
	return cells
}

// items returns the items of a partition as they are now.
func (t *dynamoTable) items(hash string) []attributes {
	var items []attributes
	for _, c := range t.partitions[hash] {
		if item := c.newest(); item != nil {
			items = append(items, item)
		}
	}
	return items
}

// compare orders cells as an index does that has their items at one hash key: by
// sort key first.
func (c *cell) compare(other *cell) int {
	return cmp.Or(c.sort.compare(other.sort), cmp.Compare(c.hash, other.hash))
}
