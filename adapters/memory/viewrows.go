package memory

import (
	"slices"

	"github.com/evercart/evercart/ports"
)

// partition holds the rows that share one partition key.
type partition struct {
	sorts  []string // ascending by bytes
	values map[string][]byte
}

func (t *target) put(row ports.Row) {
	p := t.partitions[row.Partition]
	if p == nil {
		p = &partition{values: map[string][]byte{}}
		t.partitions[row.Partition] = p
	}
	if at, there := slices.BinarySearch(p.sorts, row.Sort); !there {
		p.sorts = slices.Insert(p.sorts, at, row.Sort)
	}
	p.values[row.Sort] = slices.Clone(row.Value)
}

func (t *target) remove(key ports.RowKey) {
	p := t.partitions[key.Partition]
	if p == nil {
		return
	}
	if at, there := slices.BinarySearch(p.sorts, key.Sort); there {
		p.sorts = slices.Delete(p.sorts, at, at+1)
		delete(p.values, key.Sort)
	}
	if len(p.sorts) == 0 {
		delete(t.partitions, key.Partition)
	}
}

func (t *target) value(key ports.RowKey) ([]byte, bool) {
	p := t.partitions[key.Partition]
	if p == nil {
		return nil, false
	}
	value, ok := p.values[key.Sort]
	return value, ok
}

// query returns copies of the rows that q asks for.
func (p *partition) query(q ports.RowQuery) []ports.Row {
	low, high := 0, len(p.sorts) // the rows asked for are [low, high)
	first, last := q.After, q.Until
	if q.Descending {
		first, last = last, first
	}
	if first != "" {
		at, there := slices.BinarySearch(p.sorts, first)
		if there && !q.Descending { // After is exclusive
			at++
		}
		low = at
	}
	if last != "" {
		at, there := slices.BinarySearch(p.sorts, last)
		if there && !q.Descending { // Until is inclusive
			at++
		}
		high = at
	}
	var rows []ports.Row
	for i := low; i < high && len(rows) < q.Limit; i++ {
		at := i
		if q.Descending {
			at = high - 1 - (i - low)
		}
		key := ports.RowKey{Partition: q.Partition, Sort: p.sorts[at]}
		rows = append(rows, ports.Row{RowKey: key, Value: slices.Clone(p.values[key.Sort])})
	}
	return rows
}
