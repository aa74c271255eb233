package simulation_test

import "time"

// cell is the place of one key in a table. Reads that are strongly consistent see its
// newest version; the others, and indexes, see a version when it has reached them.
type cell struct {
	hash     string
	sort     scalar
	versions []version
}

// version is what was stored in a cell.
type version struct {
	item attributes // nil: none
	seen time.Time  // when copies and indexes have it
}

// newest returns the cell's item; nil where there is none.
func (c *cell) newest() attributes {
	if len(c.versions) == 0 {
		return nil
	}
	return c.versions[len(c.versions)-1].item
}

// copied returns the item as copies have it at an instant.
func (c *cell) copied(at time.Time) attributes {
	for i := len(c.versions) - 1; i >= 0; i-- {
		if !c.versions[i].seen.After(at) {
			return c.versions[i].item
		}
	}
	return nil
}

// store adds a version. Copies see the versions of a cell in their order.
func (c *cell) store(now time.Time, lag time.Duration, item attributes) {
	seen := now.Add(lag)
	if n := len(c.versions); n > 0 {
		if last := c.versions[n-1].seen; last.After(seen) {
			seen = last
		}
		for len(c.versions) > 1 && !c.versions[1].seen.After(now) {
			c.versions = c.versions[1:] // nobody sees it any more
		}
	}
	c.versions = append(c.versions, version{item, seen})
}

// read returns the item that a read sees.
func (d *dynamo) read(c *cell, consistent *bool) attributes {
	if consistent != nil && *consistent {
		return c.newest()
	}
	return c.copied(d.whims.now())
}
