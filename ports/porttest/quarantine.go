package porttest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/evercart/evercart/ports"
)

// Quarantine returns the promises of ports.Quarantine.
func Quarantine() []Check[ports.Quarantine] {
	return []Check[ports.Quarantine]{
		{"every field of an item is read back as written", itemRoundTrips},
		{"an item put again is left as it is", itemPutAgain},
		{"32 consumers that put the same item make one", itemPutByMany},
		{"items come in the order of their IDs", itemsAreOrdered},
		{"items come in pages", itemsArePaged},
		{"a removed item is gone, alone, and may be put again", removedItemIsGone},
		{"removing an item that is not there is no error", removeAbsentItem},
		{"the quarantine keeps no reference and gives none away", quarantineKeepsNoReference},
		{"a dead context ends every call of a quarantine", quarantineHonoursDeadContexts},
	}
}

// quarantined returns the n-th sample item; their IDs order by n.
func quarantined(n int) ports.Quarantined {
	return ports.Quarantined{
		Consumer: "carts", Shard: "shardId-000000000001", Position: ports.Position(fmt.Sprintf("%06d", n)),
		Reason: "not JSON: 'ä' \"☂\"\n\ttwo lines", Payload: []byte("{\x00\xff not text"),
		At: time.Date(2026, 5, 4, 3, 2, 1, 123_456_000, time.UTC),
	}
}

func itemText(i ports.Quarantined) string {
	return fmt.Sprintf("%s in shard %q at %q: reason %q at %s payload %x", i.Consumer, i.Shard, i.Position, i.Reason, timeText(i.At), i.Payload)
}

func put(ctx context.Context, q ports.Quarantine, items ...ports.Quarantined) error {
	for _, item := range items {
		if err := q.PutQuarantined(ctx, item); err != nil {
			return fmt.Errorf("put %s: %w", item.ID(), err)
		}
	}
	return nil
}

// expectItems returns an error unless at most limit items after an ID are want.
func expectItems(ctx context.Context, q ports.Quarantine, after string, limit int, want ...ports.Quarantined) error {
	got, err := q.ListQuarantined(ctx, after, limit)
	if err != nil {
		return fmt.Errorf("list after %q: %w", after, err)
	}
	text := func(items []ports.Quarantined) string {
		lines := []string{fmt.Sprintf("%d items", len(items))}
		for _, item := range items {
			lines = append(lines, itemText(item))
		}
		return strings.Join(lines, "\n\t")
	}
	return sameText(fmt.Sprintf("items after %q, at most %d", after, limit), text(got), text(want))
}

func itemRoundTrips(ctx context.Context, q ports.Quarantine) error {
	empty := quarantined(2)
	empty.Payload, empty.Reason, empty.At = nil, "", time.Time{}
	large := quarantined(3)
	large.Payload = slices.Repeat(large.Payload, 1<<20/len(large.Payload)) // as large as a record of the feed
	west, kept := quarantined(4), quarantined(4)
	west.At = time.Date(2026, 12, 31, 23, 59, 59, 999_999_999, time.FixedZone("west", -8*3600))
	kept.At = time.Date(2027, 1, 1, 7, 59, 59, 999_999_000, time.UTC)
	if err := put(ctx, q, quarantined(1), empty, large, west); err != nil {
		return err
	}
	return expectItems(ctx, q, "", 10, quarantined(1), empty, large, kept)
}

func itemPutAgain(ctx context.Context, q ports.Quarantine) error {
	again := quarantined(1)
	again.Reason, again.Payload, again.At = "another reason", []byte("another"), again.At.Add(time.Hour)
	if err := put(ctx, q, quarantined(1), again); err != nil {
		return err
	}
	return expectItems(ctx, q, "", 10, quarantined(1))
}

func itemPutByMany(ctx context.Context, q ports.Quarantine) error {
	if err := errors.Join(race(racers, func(int) error { return put(ctx, q, quarantined(1)) })...); err != nil {
		return err
	}
	return expectItems(ctx, q, "", 10, quarantined(1))
}

func itemsAreOrdered(ctx context.Context, q ports.Quarantine) error {
	// The '.' between the parts of an ID is less than a digit, greater than '-'.
	items := []ports.Quarantined{
		{Consumer: "archive", Shard: "0", Position: "1"},
		{Consumer: "carts-x", Shard: "0", Position: "1"},
		{Consumer: "carts", Shard: "0-1", Position: "1"},
		{Consumer: "carts", Shard: "0", Position: "1"},
		{Consumer: "carts", Shard: "0", Position: "10"},
		{Consumer: "carts", Shard: "0", Position: "9"},
		{Consumer: "carts", Shard: "0", Position: "A"},
		{Consumer: "carts", Shard: "0", Position: "a"},
		{Consumer: "carts", Shard: "00", Position: "1"},
		{Consumer: "carts0", Shard: "0", Position: "1"},
	}
	shuffled := make([]ports.Quarantined, len(items))
	for i := range items {
		shuffled[i] = items[(i*7+3)%len(items)]
	}
	if err := put(ctx, q, shuffled...); err != nil {
		return err
	}
	for i, item := range items {
		if err := expectItems(ctx, q, item.ID(), 100, items[i+1:]...); err != nil {
			return err
		}
	}
	return expectItems(ctx, q, "", 100, items...)
}

func itemsArePaged(ctx context.Context, q ports.Quarantine) error {
	var items []ports.Quarantined
	for n := range 100 {
		items = append(items, quarantined(n))
	}
	if err := put(ctx, q, items...); err != nil {
		return err
	}
	after := ""
	for page := range slices.Chunk(items, 30) {
		if err := expectItems(ctx, q, after, 30, page...); err != nil {
			return err
		}
		after = page[len(page)-1].ID()
	}
	if err := expectItems(ctx, q, after, 30); err != nil {
		return err
	}
	return expectItems(ctx, q, items[3].ID()+"-not-there", 2, items[4:6]...)
}

func removedItemIsGone(ctx context.Context, q ports.Quarantine) error {
	if err := put(ctx, q, quarantined(1), quarantined(2), quarantined(3)); err != nil {
		return err
	}
	if err := q.RemoveQuarantined(ctx, quarantined(2).ID()); err != nil {
		return fmt.Errorf("remove: %w", err)
	}
	if err := expectItems(ctx, q, "", 10, quarantined(1), quarantined(3)); err != nil {
		return err
	}
	again := quarantined(2)
	again.Reason = "still not JSON"
	if err := put(ctx, q, again); err != nil {
		return err
	}
	return expectItems(ctx, q, "", 10, quarantined(1), again, quarantined(3))
}

func removeAbsentItem(ctx context.Context, q ports.Quarantine) error {
	if err := put(ctx, q, quarantined(1)); err != nil {
		return err
	}
	for range 2 {
		if err := q.RemoveQuarantined(ctx, quarantined(2).ID()); err != nil {
			return fmt.Errorf("remove an absent item: %w", err)
		}
	}
	return expectItems(ctx, q, "", 10, quarantined(1))
}

func quarantineKeepsNoReference(ctx context.Context, q ports.Quarantine) error {
	given := quarantined(1)
	if err := put(ctx, q, given); err != nil {
		return err
	}
	given.Payload[0] = 'X'
	listed, err := q.ListQuarantined(ctx, "", 1)
	if err != nil {
		return fmt.Errorf("list: %w", err)
	}
	for _, item := range listed {
		if item.Payload[0] == 'X' {
			return errors.New("the quarantine kept the payload that put was given")
		}
		item.Payload[0] = 'Y'
	}
	return expectItems(ctx, q, "", 10, quarantined(1))
}

func quarantineHonoursDeadContexts(ctx context.Context, q ports.Quarantine) error {
	if err := put(ctx, q, quarantined(1)); err != nil {
		return err
	}
	return honoursDeadContexts(ctx, []portCall{
		{"PutQuarantined", func(ctx context.Context) error { return q.PutQuarantined(ctx, quarantined(2)) }},
		{"ListQuarantined", func(ctx context.Context) error { _, err := q.ListQuarantined(ctx, "", 10); return err }},
		{"RemoveQuarantined", func(ctx context.Context) error { return q.RemoveQuarantined(ctx, quarantined(1).ID()) }},
	})
}
