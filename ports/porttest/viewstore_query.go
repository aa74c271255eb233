package porttest

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/evercart/evercart/ports"
)

// sortKeys stand in the order of their bytes, which differs from that of
// letters, of numbers, of code units of UTF-16 and of any collation.
var sortKeys = []string{
	"", "\x01", " ", "\"", "%", "'", "'; DROP TABLE rows; --", "/", "10", "9", "A", "B", "Z", "_", "a", "a ", "a%", "a/b", "aa", "b",
	"e\u0301", "z", "\u00e4", "\u00e9", "\u65e5\u672c", "\ufffd", "\U0001f600",
}

// orderedRows returns a row of partition for each of sortKeys, in order.
func orderedRows(partition string) []ports.Row {
	rows := make([]ports.Row, len(sortKeys))
	for i, key := range sortKeys {
		rows[i] = row(partition, key, fmt.Sprintf("%s %d", partition, i))
	}
	return rows
}

// reversed returns rows from the last to the first.
func reversed(rows []ports.Row) []ports.Row {
	rows = slices.Clone(rows)
	slices.Reverse(rows)
	return rows
}

func viewQueryChecks() []Check[ports.ViewStore] {
	return []Check[ports.ViewStore]{
		{"a query returns rows in the order of their sort keys' bytes", queryAscends},
		{"a descending query returns rows from the greatest sort key down", queryDescends},
		{"a query goes on after a sort key, without it, in its direction", queryGoesOnAfter},
		{"a query stops at a sort key, with it, in its direction", queryStopsAt},
		{"a query returns as many rows as its limit, while there are", queryIsLimited},
		{"pages of a query make the whole partition, in both directions", queryPages},
		{"partitions have rows of their own", partitionsAreApart},
		{"targets have rows of their own", targetsAreApart},
		{"sort keys of the greatest length are told apart by their last byte", longKeysAreApart},
		{"a query of an unknown target or partition finds nothing", queryOfNothing},
	}
}

// withOrderedRows fills partition "p" in an order that is not its own, runs a
// query for each q and expects the rows with those indexes.
func withOrderedRows(ctx context.Context, s ports.ViewStore, queries []expectedQuery) error {
	rows := orderedRows("p")
	shuffled := make([]ports.Row, len(rows))
	for i := range rows {
		shuffled[i] = rows[(i*10+7)%len(rows)] // 10 and 27 have no common divisor
	}
	if err := fill(ctx, s, viewTarget, viewStream(1), shuffled); err != nil {
		return err
	}
	for _, q := range queries {
		q.Partition = "p"
		if err := expectRows(ctx, s, viewTarget, q.RowQuery, q.of(rows)...); err != nil {
			return err
		}
	}
	return nil
}

type expectedQuery struct {
	ports.RowQuery
	of func(ordered []ports.Row) []ports.Row
}

// between returns the rows with from <= sort key <= to, and without those given.
func between(from, to string, without ...string) func([]ports.Row) []ports.Row {
	return func(ordered []ports.Row) []ports.Row {
		var rows []ports.Row
		for _, r := range ordered {
			if r.Sort >= from && r.Sort <= to && !slices.Contains(without, r.Sort) {
				rows = append(rows, r)
			}
		}
		return rows
	}
}

// down returns the same rows in descending order.
func down(of func([]ports.Row) []ports.Row) func([]ports.Row) []ports.Row {
	return func(ordered []ports.Row) []ports.Row { return reversed(of(ordered)) }
}

// end is greater than every sample key.
const end = "\U0010ffff"

func queryAscends(ctx context.Context, s ports.ViewStore) error {
	return withOrderedRows(ctx, s, []expectedQuery{{ports.RowQuery{}, between("", end)}})
}

func queryDescends(ctx context.Context, s ports.ViewStore) error {
	return withOrderedRows(ctx, s, []expectedQuery{{ports.RowQuery{Descending: true}, down(between("", end))}})
}

func queryGoesOnAfter(ctx context.Context, s ports.ViewStore) error {
	var queries []expectedQuery
	for _, after := range append(sortKeys[1:], "0", "a0", "\u00ff", end) { // there or not
		queries = append(queries,
			expectedQuery{ports.RowQuery{After: after}, between(after, end, after)},
			expectedQuery{ports.RowQuery{After: after, Descending: true}, down(between("", after, after))})
	}
	return withOrderedRows(ctx, s, queries)
}

func queryStopsAt(ctx context.Context, s ports.ViewStore) error {
	queries := []expectedQuery{
		{ports.RowQuery{After: "A", Until: "b"}, between("A", "b", "A")},
		{ports.RowQuery{After: "b", Until: "A", Descending: true}, down(between("A", "b", "b"))},
		{ports.RowQuery{After: "b", Until: "A"}, between("b", "A")},
	}
	for _, until := range append(sortKeys[1:], "0", "a0", "\u00ff", end) {
		queries = append(queries,
			expectedQuery{ports.RowQuery{Until: until}, between("", until)},
			expectedQuery{ports.RowQuery{Until: until, Descending: true}, down(between(until, end))})
	}
	return withOrderedRows(ctx, s, queries)
}

func queryIsLimited(ctx context.Context, s ports.ViewStore) error {
	first := func(n int, of func([]ports.Row) []ports.Row) func([]ports.Row) []ports.Row {
		return func(ordered []ports.Row) []ports.Row { return of(ordered)[:n] }
	}
	all := len(sortKeys)
	return withOrderedRows(ctx, s, []expectedQuery{
		{ports.RowQuery{Limit: 1}, first(1, between("", end))},
		{ports.RowQuery{Limit: 5}, first(5, between("", end))},
		{ports.RowQuery{Limit: 5, Descending: true}, first(5, down(between("", end)))},
		{ports.RowQuery{Limit: 2, After: "A"}, first(2, between("A", end, "A"))},
		{ports.RowQuery{Limit: 2, Until: "b"}, first(2, between("", "b"))},
		{ports.RowQuery{Limit: all}, first(all, between("", end))},
		{ports.RowQuery{Limit: 10 * all}, first(all, between("", end))},
	})
}

func queryPages(ctx context.Context, s ports.ViewStore) error {
	rows := numberedRows(250)
	if err := fill(ctx, s, viewTarget, viewStream(1), rows); err != nil {
		return err
	}
	for _, descending := range []bool{false, true} {
		want, after := rows, ""
		if descending {
			want = reversed(rows)
		}
		for page := range slices.Chunk(want, 33) {
			q := ports.RowQuery{Partition: "p", After: after, Limit: 33, Descending: descending}
			if err := expectRows(ctx, s, viewTarget, q, page...); err != nil {
				return err
			}
			after = page[len(page)-1].Sort
		}
		q := ports.RowQuery{Partition: "p", After: after, Limit: 33, Descending: descending}
		if err := expectRows(ctx, s, viewTarget, q); err != nil {
			return err
		}
	}
	return nil
}

func partitionsAreApart(ctx context.Context, s ports.ViewStore) error {
	partitions := []string{
		"p", "P", "pp", "p ", " p", "p/", "p%", "%", "p'", `p"`, "p\x01", "\u00e9", "e\u0301", "\u65e5", "\U0001f600",
		strings.Repeat("p", 1024), strings.Repeat("p", 1023) + "q",
	}
	for i, p := range partitions {
		if err := fill(ctx, s, viewTarget, viewStream(i), orderedRows(p)); err != nil {
			return err
		}
	}
	for _, p := range partitions {
		if err := expectRows(ctx, s, viewTarget, ports.RowQuery{Partition: p}, orderedRows(p)...); err != nil {
			return err
		}
	}
	return nil
}

func targetsAreApart(ctx context.Context, s ports.ViewStore) error {
	targets := []ports.Target{viewTarget, {Consumer: "carts", Generation: 2}, {Consumer: "carts", Generation: 11}, {Consumer: "carts-1", Generation: 1}, {Consumer: "related", Generation: 1}}
	for _, to := range targets {
		if err := fill(ctx, s, to, viewStream(1), []ports.Row{row("p", "same", to.String()), row("p", to.String(), "")}); err != nil {
			return err
		}
	}
	for _, of := range targets {
		want := []ports.Row{row("p", "same", of.String()), row("p", of.String(), "")}
		slices.SortFunc(want, func(a, b ports.Row) int { return strings.Compare(a.Sort, b.Sort) })
		if err := expectRows(ctx, s, of, ports.RowQuery{Partition: "p"}, want...); err != nil {
			return err
		}
	}
	return nil
}

func longKeysAreApart(ctx context.Context, s ports.ViewStore) error {
	partition := strings.Repeat("\u00e9", 512) // 1 024 bytes
	stem := strings.Repeat("k", 511)
	rows := []ports.Row{row(partition, stem, "0"), row(partition, stem+"a", "1"), row(partition, stem+"b", "2")}
	if err := fill(ctx, s, viewTarget, viewStream(1), rows); err != nil {
		return err
	}
	if err := expectRows(ctx, s, viewTarget, ports.RowQuery{Partition: partition}, rows...); err != nil {
		return err
	}
	return expectRows(ctx, s, viewTarget, ports.RowQuery{Partition: partition, After: stem + "a"}, rows[2])
}

func queryOfNothing(ctx context.Context, s ports.ViewStore) error {
	if err := expectRows(ctx, s, viewTarget, ports.RowQuery{Partition: "p"}); err != nil {
		return err
	}
	if err := fill(ctx, s, viewTarget, viewStream(1), orderedRows("p")); err != nil {
		return err
	}
	return expectRows(ctx, s, viewTarget, ports.RowQuery{Partition: "q"})
}
