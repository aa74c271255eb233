package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/evercart/evercart/ports"
)

const (
	// comparedParts is into how many parts a comparison is divided, by stream: the
	// memory it takes is that of a few parts.
	comparedParts = 256
	// checkWorkers is how many goroutines hash and compare.
	checkWorkers = 2
)

// comparison sets the events of a store against those of its archive. What was
// seen goes into a pile, in any order; then it is compared part by part.
type comparison struct {
	pile  ports.Pile
	keys  ports.Pile // the archive's keys in the order of reading, in one part
	young time.Time  // events from then on are too young to be missing; zero: none is
	// reached is the end of the change feed when the comparison began.
	reached ports.Position
}

func newComparison(ctx context.Context, scratch ports.Scratch) (*comparison, error) {
	pile, err := scratch.NewPile(ctx, comparedParts)
	if err != nil {
		return nil, err
	}
	keys, err := scratch.NewPile(ctx, 1)
	if err != nil {
		return nil, errors.Join(err, pile.Close())
	}
	return &comparison{pile: pile, keys: keys}, nil
}

// close frees the room; what it fails with costs room, not truth.
func (c *comparison) close() { _ = errors.Join(c.pile.Close(), c.keys.Close()) }

func (c *comparison) add(s *sight) error {
	var stack [256]byte
	return c.pile.Add(partOf(s.stream, comparedParts), s.append(stack[:0]))
}

// stored notes the events of a stored commit.
func (c *comparison) stored(commit *ports.Commit) error {
	events := commit.Published("")
	for i := range events {
		s := sightOf(inStore, &events[i])
		s.young = !c.young.IsZero() && !events[i].Time.Before(c.young)
		if err := c.add(&s); err != nil {
			return err
		}
	}
	return nil
}

// blind notes a stored commit that cannot be read.
func (c *comparison) blind(stream ports.StreamID, first ports.Version) error {
	return c.add(&sight{stream: stream.String(), version: first, kind: inBlind})
}

// underway notes an event that is not archived yet.
func (c *comparison) underway(stream ports.StreamID, version ports.Version) error {
	return c.add(&sight{stream: stream.String(), version: version, kind: underway})
}

// compare calls take with what is wrong in one part, in the order of each stream,
// and returns what it counted.
func (c *comparison) compare(ctx context.Context, part int, take func(Fault) error) (counts, error) {
	var sights []sight
	for record, err := range c.pile.Records(ctx, part) {
		if err != nil {
			return counts{}, err
		}
		s, err := readSight(record)
		if err != nil {
			return counts{}, err
		}
		sights = append(sights, s)
	}
	slices.SortFunc(sights, func(a, b sight) int {
		return cmp.Or(cmp.Compare(a.stream, b.stream), cmp.Compare(a.version, b.version), cmp.Compare(a.kind, b.kind), cmp.Compare(a.at.object, b.at.object))
	})
	m := matching{take: take}
	for start := 0; start < len(sights); {
		end := start + 1
		for end < len(sights) && sights[end].stream == sights[start].stream && sights[end].version == sights[start].version {
			end++
		}
		m.match(sights[start:end])
		start = end
	}
	m.flush()
	return m.counts, m.err
}

// eachPart sends the number of every part of a comparison.
func eachPart(_ context.Context, send func(int, int) error) error {
	for part := range comparedParts {
		if err := send(0, part); err != nil {
			return err
		}
	}
	return nil
}

// matching goes through the sights of one part.
type matching struct {
	take   func(Fault) error
	err    error
	stream string
	blind  bool  // a stored commit that cannot be read began before, and no readable one since
	open   Fault // a fault of consecutive versions that may go on
	counts
}

// counts is what a comparison counts beside faults.
type counts struct {
	waiting int64 // events on their way into the archive
	twice   int64 // archived events of which there is another
}

// match judges all sights of one version: those of the store first.
func (m *matching) match(sights []sight) {
	if s := sights[0].stream; s != m.stream {
		m.stream, m.blind = s, false
	}
	var stored *sight
	archived, coming := 0, false
	for i := range sights {
		s := &sights[i]
		switch {
		case s.kind == inBlind:
			m.blind = true
		case s.kind == inStore && stored == nil:
			stored, m.blind, coming = s, false, s.young
		case s.kind == inArchive:
			archived++
			m.judge(stored, s)
		case s.kind == underway:
			coming = true
		}
	}
	m.twice += int64(max(0, archived-1))
	switch {
	case stored == nil || archived > 0:
	case coming:
		m.waiting++
	default:
		m.report(FaultMissing, stored, archiveName, "it is in the store only")
	}
}

// judge compares an archived event with the stored one, if there is any.
func (m *matching) judge(stored, archived *sight) {
	switch {
	case stored == nil && m.blind: // that commit is a fault already
	case stored == nil:
		m.report(FaultUnknown, archived, "", "it is archived, but not in the store")
	case stored.same(archived):
	case stored.id != archived.id:
		m.report(FaultForked, archived, "", fmt.Sprintf("it is archived as event %s, and stored as event %s", archived.id, stored.id))
	case stored.digest != archived.digest:
		m.report(FaultAltered, archived, "", fmt.Sprintf("event %s is archived with another content than it is stored with", archived.id))
	default:
		m.report(FaultAltered, archived, "", fmt.Sprintf("event %s is archived with another hash of its commit than it is stored with", archived.id))
	}
}

// report adds to the open fault, or opens another.
func (m *matching) report(kind FaultKind, s *sight, where, what string) {
	f := &m.open
	if f.Kind == kind && f.Stream == s.stream && f.What == what && s.version <= f.Last+1 {
		f.Last = s.version
		return
	}
	m.flush()
	m.open = Fault{Kind: kind, Stream: s.stream, First: s.version, Last: s.version, Where: where, What: what, at: s.at}
}

// flush hands the open fault over.
func (m *matching) flush() {
	if m.open.Kind != "" && m.err == nil {
		m.err = m.take(m.open)
	}
	m.open = Fault{}
}
