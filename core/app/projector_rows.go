package app

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/evercart/evercart/core/es"
	"github.com/evercart/evercart/ports"
)

// difference returns what turns the rows old into the rows now, ordered by key:
// the same for the same rows, whatever their order.
func difference(old, now []ports.Row) (put []ports.Row, del []ports.RowKey) {
	before := make(map[ports.RowKey][]byte, len(old))
	for _, r := range old {
		before[r.RowKey] = r.Value
	}
	for _, r := range now {
		if value, ok := before[r.RowKey]; !ok || !bytes.Equal(value, r.Value) {
			put = append(put, r)
		}
		delete(before, r.RowKey)
	}
	for key := range before {
		del = append(del, key)
	}
	slices.SortFunc(put, func(a, b ports.Row) int { return compareKeys(a.RowKey, b.RowKey) })
	slices.SortFunc(del, compareKeys)
	return put, del
}

func compareKeys(a, b ports.RowKey) int {
	return cmp.Or(cmp.Compare(a.Partition, b.Partition), cmp.Compare(a.Sort, b.Sort))
}

// appendState returns the state as checkpoints keep it: a snapshot without
// commands.
func (p *Projector[S, C, E]) appendState(state S) []byte {
	return es.AppendSnapshot(nil, p.agg, state, &es.CommandMemory{})
}

// inParts applies events one by one, each in as many transactions as its rows
// take; the checkpoint names the parts that are done, so that the work goes on
// where it stopped.
func (p *Projector[S, C, E]) inParts(ctx context.Context, target ports.Target, cp *ports.Checkpoint, events []ports.Published, s *step) {
	fault := s.fault
	s.applied = 0
	at := *cp
	state, err := p.restore(ctx, &at)
	for i := 0; i < len(events) && err == nil; i++ {
		e := &events[i]
		old := p.rows(at.Stream, at.Version, state)
		if state, err = p.agg.Apply(state, &e.Event); err != nil {
			break
		}
		put, del := difference(old, p.rows(at.Stream, e.Version, state))
		if at, err = p.applyEvent(ctx, target, at, e, put, del, p.appendState(state)); err == nil {
			s.applied++
		}
	}
	s.change = ports.ViewChange{Checkpoint: at}
	switch {
	case err == ports.ErrCheckpointMoved: //nolint:errorlint // applyEvent returns it bare
		s.fault, s.again = nil, true
		return
	case err != nil:
		s.fault = err
	default:
		s.fault = fault
	}
}

// applyEvent stores one event's rows from the checkpoint's part on, and returns
// the checkpoint after it.
func (p *Projector[S, C, E]) applyEvent(
	ctx context.Context, target ports.Target, at ports.Checkpoint, e *ports.Published,
	put []ports.Row, del []ports.RowKey, state []byte,
) (ports.Checkpoint, error) {
	size := p.views.RowsPerChange()
	parts := max(1, (len(put)+len(del)+size-1)/size)
	for part := min(at.Part, parts-1); part < parts; part++ {
		next := at
		next.Part = part + 1
		if part == parts-1 {
			next.Version, next.EventID, next.State, next.Part = e.Version, e.ID, state, 0
			next.Failures, next.FailingSince = 0, time.Time{}
		}
		change := ports.ViewChange{Checkpoint: next}
		change.Put, change.Delete = cut(put, del, part*size, size)
		if err := p.views.Apply(ctx, target, []ports.ViewChange{change})[0]; err != nil {
			return at, err
		}
		at = next
		at.Revision++
	}
	return at, nil
}

// cut returns size of the puts and deletes, taken as one list, from first on.
func cut(put []ports.Row, del []ports.RowKey, first, size int) ([]ports.Row, []ports.RowKey) {
	last := first + size
	within := func(n, offset int) (int, int) {
		return min(max(first-offset, 0), n), min(max(last-offset, 0), n)
	}
	a, b := within(len(put), 0)
	c, d := within(len(del), len(put))
	return put[a:b], del[c:d]
}
