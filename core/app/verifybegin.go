package app

import (
	"context"

	"github.com/evercart/evercart/ports"
)

// begin starts a comparison of a category: what is on its way into the archive,
// then the archive itself. The store is read afterwards, so that whatever is
// archived by then was stored before it is looked for.
func (p *VerifyPorts) begin(ctx context.Context, category string, faults *faultList) (*comparison, *archived, error) {
	c, err := newComparison(ctx, p.Scratch)
	if err != nil {
		return nil, nil, err
	}
	if p.Reach == nil {
		c.young = p.Now().Add(-p.Grace)
	} else if c.reached, err = p.Reach.now(ctx, c.underwayOf(category)); err != nil {
		c.close()
		return nil, nil, err
	}
	counts, err := c.readArchive(ctx, p.Archive, category, faults, p.Progress)
	if err != nil {
		c.close()
		return nil, nil, err
	}
	return c, counts, nil
}

// later notes, when the store was read, what was stored since begin.
func (p *VerifyPorts) later(ctx context.Context, c *comparison, category string) error {
	if p.Reach == nil {
		return nil
	}
	_, err := p.Reach.changes(ctx, c.reached, c.underwayOf(category))
	return err
}

// underwayOf returns what notes events of a category that are not archived yet.
func (c *comparison) underwayOf(category string) func(ports.StreamID, ports.Version) error {
	return func(stream ports.StreamID, version ports.Version) error {
		if stream.Category != category {
			return nil
		}
		return c.underway(stream, version)
	}
}

// scanned notes a commit as a scan yields it. A nil comparison notes nothing.
func (c *comparison) scanned(s *scanned) error {
	switch {
	case c == nil:
		return nil
	case s.err != nil || s.commit.Validate() != nil:
		return c.blind(s.commit.Stream, s.commit.First)
	default:
		return c.stored(&s.commit)
	}
}
