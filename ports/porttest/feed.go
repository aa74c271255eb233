package porttest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/evercart/evercart/ports"
)

// ReadableFeed is a feed that its consumers read for themselves.
type ReadableFeed interface {
	ports.Publisher
	ports.FeedReader
}

// Feed returns the promises of ports.Publisher and ports.FeedReader, each to be
// kept by a feed without records.
func Feed() []Check[ReadableFeed] {
	return slices.Concat([]Check[ReadableFeed]{
		{"records of one key keep their order", feedKeepsOrder},
		{"records come once each, and go on after any position", feedFromAnyPosition},
		{"at most limit records come at a time", feedLimit},
		{"positions fit a file's name and sort as text", feedPositions},
		{"a position of another feed is ErrForeignPosition", feedForeign},
		{"data is kept byte for byte", feedKeepsData},
		{"arrivals are in UTC and do not go backwards", feedArrivals},
		{"the tip is the newest record", feedTip},
		{"the tip of a feed without records is zero", feedTipNothing},
	}, feedWaitChecks())
}

// outgoing returns record n of key k.
func outgoing(k, n int) ports.Outgoing {
	key := Stream(k).String()
	return ports.Outgoing{Key: key, Data: fmt.Appendf(nil, `{"subject":%q,"n":%d}`, key, n)}
}

// publish sends some batches of records of four keys and returns how many.
func publish(ctx context.Context, feed ReadableFeed) (int, error) {
	total := 0
	next := map[int]int{}
	for _, size := range []int{1, 2, 3, 10, 1, 50} {
		batch := make([]ports.Outgoing, size)
		for i := range batch {
			k := (total + i*i) % 4
			batch[i] = outgoing(k, next[k])
			next[k]++
		}
		if err := feed.Publish(ctx, batch); err != nil {
			return total, err
		}
		total += size
	}
	return total, nil
}

// fetch fetches n records after a position, at most limit at a time.
func fetch(ctx context.Context, feed ReadableFeed, after ports.Position, n, limit int) ([]ports.Record, error) {
	var out []ports.Record
	for len(out) < n {
		records, err := soon("Fetch", func() ([]ports.Record, error) { return feed.Fetch(ctx, after, limit) })
		if err != nil {
			return out, err
		}
		if len(records) == 0 || len(records) > limit {
			return out, fmt.Errorf("%d records, want 1 to %d", len(records), limit)
		}
		out = append(out, records...)
		after = records[len(records)-1].Position
	}
	return out, nil
}

// inOrder returns an error unless records are record 0, 1, 2 … of each key, once each.
func inOrder(records []ports.Record, keys int) error {
	next := map[string]int{}
	byData := map[string]int{}
	for k := range keys {
		for n := range records {
			byData[string(outgoing(k, n).Data)] = k
		}
	}
	for i, r := range records {
		k, ok := byData[string(r.Data)]
		if !ok {
			return fmt.Errorf("record %d was never published: %s", i, r.Data)
		}
		want := outgoing(k, next[Stream(k).String()])
		if string(r.Data) != string(want.Data) {
			return fmt.Errorf("record %d is %s, want %s", i, r.Data, want.Data)
		}
		next[want.Key]++
	}
	return nil
}

// published publishes and fetches all.
func published(ctx context.Context, feed ReadableFeed) ([]ports.Record, error) {
	n, err := publish(ctx, feed)
	if err != nil {
		return nil, err
	}
	return fetch(ctx, feed, "", n, 1000)
}

func feedKeepsOrder(ctx context.Context, feed ReadableFeed) error {
	records, err := published(ctx, feed)
	if err != nil {
		return err
	}
	return inOrder(records, 4)
}

func feedFromAnyPosition(ctx context.Context, feed ReadableFeed) error {
	all, err := published(ctx, feed)
	if err != nil {
		return err
	}
	for i := range len(all) - 1 {
		rest, err := fetch(ctx, feed, all[i].Position, len(all)-i-1, 1000)
		if err != nil {
			return err
		}
		same := slices.EqualFunc(rest, all[i+1:], func(a, b ports.Record) bool {
			return a.Position == b.Position && a.Shard == b.Shard && string(a.Data) == string(b.Data) && a.Arrival.Equal(b.Arrival)
		})
		if !same {
			return fmt.Errorf("after %d records: got %d that differ from the %d of before", i+1, len(rest), len(all)-i-1)
		}
	}
	return nil
}

func feedLimit(ctx context.Context, feed ReadableFeed) error {
	n, err := publish(ctx, feed)
	if err != nil {
		return err
	}
	for _, limit := range []int{1, 2, 7, n - 1, n} {
		records, err := fetch(ctx, feed, "", n, limit)
		if err != nil {
			return err
		}
		if err := inOrder(records, 4); err != nil {
			return fmt.Errorf("%d at a time: %w", limit, err)
		}
	}
	return nil
}

func feedPositions(ctx context.Context, feed ReadableFeed) error {
	records, err := published(ctx, feed)
	if err != nil {
		return err
	}
	for i, r := range records {
		if err := fits(r.Position); err != nil {
			return err
		}
		if i == 0 {
			continue
		}
		before := records[i-1].Position
		if len(before) != len(r.Position) || before >= r.Position {
			return fmt.Errorf("record %d has position %q, the one before %q", i, r.Position, before)
		}
	}
	return nil
}

func feedForeign(ctx context.Context, feed ReadableFeed) error {
	records, err := published(ctx, feed)
	if err != nil {
		return err
	}
	for _, p := range foreign(records[0].Position) {
		_, err := soon("Fetch", func() ([]ports.Record, error) { return feed.Fetch(ctx, p, 1) })
		if !errors.Is(err, ports.ErrForeignPosition) {
			return fmt.Errorf("after position %q: %w, want ErrForeignPosition", p, orNil(err))
		}
	}
	return nil
}

func feedKeepsData(ctx context.Context, feed ReadableFeed) error {
	batch := []ports.Outgoing{
		{Key: "cart/1", Data: []byte(`{"html":"<b>&'</b>","escape":"\u003c","text":"茶 🫖"}`)},
		{Key: "cart/2", Data: []byte("not JSON\x00\xff\r\n")},
		{Key: "cart/3", Data: slices.Repeat([]byte("long "), 10_000)},
	}
	if err := feed.Publish(ctx, batch); err != nil {
		return err
	}
	records, err := fetch(ctx, feed, "", len(batch), 10)
	if err != nil {
		return err
	}
	for i, r := range records {
		if string(r.Data) != string(batch[i].Data) {
			return fmt.Errorf("record %d is %.100q, want %.100q", i, r.Data, batch[i].Data)
		}
		if r.Replay != "" {
			return fmt.Errorf("a live record has the replay mark %q", r.Replay)
		}
	}
	return nil
}

func feedArrivals(ctx context.Context, feed ReadableFeed) error {
	records, err := published(ctx, feed)
	if err != nil {
		return err
	}
	last := time.Time{}
	for i, r := range records {
		switch {
		case r.Arrival.IsZero() || r.Arrival.Location() != time.UTC:
			return fmt.Errorf("record %d arrived at %s, want an instant in UTC", i, r.Arrival)
		case r.Arrival.Before(last):
			return fmt.Errorf("record %d arrived at %s, the one before at %s", i, r.Arrival, last)
		}
		last = r.Arrival
	}
	return nil
}

func feedTip(ctx context.Context, feed ReadableFeed) error {
	for n := range 3 {
		if err := feed.Publish(ctx, []ports.Outgoing{outgoing(1, n*2), outgoing(1, n*2+1)}); err != nil {
			return err
		}
		records, err := fetch(ctx, feed, "", n*2+2, 100)
		if err != nil {
			return err
		}
		tip, err := feed.Tip(ctx)
		if err != nil {
			return err
		}
		newest := records[len(records)-1]
		if tip.Position != newest.Position || !tip.Arrival.Equal(newest.Arrival) {
			return fmt.Errorf("the tip is %q at %s, the newest record %q at %s", tip.Position, tip.Arrival, newest.Position, newest.Arrival)
		}
	}
	return nil
}

func feedTipNothing(ctx context.Context, feed ReadableFeed) error {
	tip, err := feed.Tip(ctx)
	if err != nil {
		return err
	}
	if tip.Position != "" || !tip.Arrival.IsZero() || tip.Data != nil {
		return fmt.Errorf("the tip is %+v, want the zero Record", tip)
	}
	return nil
}
