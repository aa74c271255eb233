package porttest

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/evercart/evercart/ports"
)

func viewRowChecks() []Check[ports.ViewStore] {
	return []Check[ports.ViewStore]{
		{"put replaces the row of its key alone", putReplaces},
		{"delete removes the row of its key alone", deleteRemoves},
		{"deleting a row that is not there is no error", deleteOfAbsentRow},
		{"values of any bytes are read back as written", valuesRoundTrip},
		{"rows that are not there are left out", missingRowsAreLeftOut},
		{"a row asked for twice is returned once", duplicateKeysOnce},
		{"hundreds of rows are fetched at once", manyRowsAtOnce},
		{"no keys fetch no rows", noKeysNoRows},
	}
}

// expectFetched returns an error unless Rows finds exactly want, in any order.
func expectFetched(ctx context.Context, s ports.ViewStore, of ports.Target, keys []ports.RowKey, want []ports.Row) error {
	got, err := s.Rows(ctx, of, keys)
	if err != nil {
		return fmt.Errorf("rows of %d keys: %w", len(keys), err)
	}
	return sameText(fmt.Sprintf("rows of %d keys", len(keys)), rowsText(byKey(got)), rowsText(byKey(want)))
}

func byKey(rows []ports.Row) []ports.Row {
	return slices.SortedFunc(slices.Values(rows), func(a, b ports.Row) int {
		if c := strings.Compare(a.Partition, b.Partition); c != 0 {
			return c
		}
		return strings.Compare(a.Sort, b.Sort)
	})
}

func keysOf(rows []ports.Row) []ports.RowKey {
	keys := make([]ports.RowKey, len(rows))
	for i, r := range rows {
		keys[i] = r.RowKey
	}
	return keys
}

func putReplaces(ctx context.Context, s ports.ViewStore) error {
	for _, rows := range [][]ports.Row{
		{row("p", "a", "first"), row("p", "b", "first"), row("q", "a", "first")},
		{row("p", "a", "second, and longer")},
		{row("p", "a", "")},
		{row("p", "a", "third")},
	} {
		for _, r := range rows { // a row a change, so that stores of one row a change pass
			if err := fill(ctx, s, viewTarget, viewStream(1), []ports.Row{r}); err != nil {
				return err
			}
		}
		if err := expectRows(ctx, s, viewTarget, ports.RowQuery{Partition: "p"}, rows[0], row("p", "b", "first")); err != nil {
			return err
		}
	}
	return expectRows(ctx, s, viewTarget, ports.RowQuery{Partition: "q"}, row("q", "a", "first"))
}

func deleteRemoves(ctx context.Context, s ports.ViewStore) error {
	if err := fill(ctx, s, viewTarget, viewStream(1), slices.Concat(orderedRows("p"), orderedRows("q"))); err != nil {
		return err
	}
	rows := orderedRows("p")
	for i := 0; len(rows) > 0; i++ { // from the middle outwards
		at := (len(rows) - 1) / 2
		change := ports.ViewChange{
			Checkpoint: ports.Checkpoint{Stream: viewStream(2), Revision: int64(i)},
			Delete:     []ports.RowKey{rows[at].RowKey},
		}
		if err := applyOne(ctx, s, viewTarget, change); err != nil {
			return err
		}
		rows = slices.Delete(rows, at, at+1)
		if err := expectRows(ctx, s, viewTarget, ports.RowQuery{Partition: "p"}, rows...); err != nil {
			return err
		}
	}
	return expectRows(ctx, s, viewTarget, ports.RowQuery{Partition: "q"}, orderedRows("q")...)
}

func deleteOfAbsentRow(ctx context.Context, s ports.ViewStore) error {
	kept := row("p", "b", "kept")
	if err := fill(ctx, s, viewTarget, viewStream(1), []ports.Row{kept}); err != nil {
		return err
	}
	for i, key := range []ports.RowKey{rowKey("p", "a"), rowKey("p", "c"), rowKey("nowhere", "b"), rowKey("p", "a")} {
		change := ports.ViewChange{
			Checkpoint: ports.Checkpoint{Stream: viewStream(2), Revision: int64(i)},
			Delete:     []ports.RowKey{key},
		}
		if err := applyOne(ctx, s, viewTarget, change); err != nil {
			return fmt.Errorf("delete the absent %+v: %w", key, err)
		}
	}
	if err := expectCheckpoint(ctx, s, viewTarget, ports.Checkpoint{Stream: viewStream(2), Revision: 4}); err != nil {
		return err
	}
	return expectRows(ctx, s, viewTarget, ports.RowQuery{Partition: "p"}, kept)
}

func valuesRoundTrip(ctx context.Context, s ports.ViewStore) error {
	every := make([]byte, 256)
	for i := range every {
		every[i] = byte(i)
	}
	rows := []ports.Row{
		{RowKey: rowKey("p", "1 nil")},
		row("p", "2 empty", ""),
		{RowKey: rowKey("p", "3 every byte"), Value: every},
		{RowKey: rowKey("p", "4 large"), Value: slices.Repeat(every, 256)},
		row("p", "5 text", `{"item":"<☂> & 'tea'"}`),
	}
	if err := fill(ctx, s, viewTarget, viewStream(1), rows); err != nil {
		return err
	}
	if err := expectRows(ctx, s, viewTarget, ports.RowQuery{Partition: "p"}, rows...); err != nil {
		return err
	}
	return expectFetched(ctx, s, viewTarget, keysOf(rows), rows)
}

func missingRowsAreLeftOut(ctx context.Context, s ports.ViewStore) error {
	rows := orderedRows("p")
	keys := keysOf(rows)
	if err := expectFetched(ctx, s, viewTarget, keys, nil); err != nil {
		return err
	}
	if err := fill(ctx, s, viewTarget, viewStream(1), rows[:10]); err != nil {
		return err
	}
	if err := fill(ctx, s, ports.Target{Consumer: "carts", Generation: 2}, viewStream(1), rows); err != nil {
		return err
	}
	return expectFetched(ctx, s, viewTarget, append(keys, rowKey("q", "a"), rowKey("q", "")), rows[:10])
}

func duplicateKeysOnce(ctx context.Context, s ports.ViewStore) error {
	rows := orderedRows("p")
	if err := fill(ctx, s, viewTarget, viewStream(1), rows); err != nil {
		return err
	}
	keys := keysOf(rows)
	return expectFetched(ctx, s, viewTarget, slices.Concat(keys[:3], keys[:1], keys[:3]), rows[:3])
}

func manyRowsAtOnce(ctx context.Context, s ports.ViewStore) error {
	var rows []ports.Row
	for i := range 25 {
		rows = append(rows, orderedRows(fmt.Sprintf("p%d", i))...)
	}
	if err := fill(ctx, s, viewTarget, viewStream(1), rows); err != nil {
		return err
	}
	// Every key twice, the second time far from the first.
	return expectFetched(ctx, s, viewTarget, slices.Repeat(keysOf(rows), 2), rows)
}

func noKeysNoRows(ctx context.Context, s ports.ViewStore) error {
	if err := fill(ctx, s, viewTarget, viewStream(1), orderedRows("p")); err != nil {
		return err
	}
	return expectFetched(ctx, s, viewTarget, nil, nil)
}
