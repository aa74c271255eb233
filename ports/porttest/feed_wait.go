package porttest

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/evercart/evercart/ports"
)

func feedWaitChecks() []Check[ReadableFeed] {
	return []Check[ReadableFeed]{
		{"32 publishers side by side lose nothing and keep their order", publishersSideBySide},
		{"publishing no records is no news", publishNothing},
		{"the feed keeps no reference to data, and gives away what it returns", feedOwnership},
		{"a waiting reader sees a record within 200 ms", feedWakes},
		{"all waiting readers see a record", feedWakesAll},
		{"a waiting reader ends with its context", feedWaitEnds},
		{"reading under an ended context fails with its error", feedReadEnded},
		{"publishing under an ended context names what is not on the feed", publishEnded},
	}
}

func publishersSideBySide(ctx context.Context, feed ReadableFeed) error {
	const batches, size = 5, 4
	const total = writers * batches * size
	published := make(chan error, 1)
	go func() {
		published <- together(func(k int) error {
			for b := range batches {
				batch := make([]ports.Outgoing, size)
				for i := range batch {
					batch[i] = outgoing(k, b*size+i)
				}
				if err := feed.Publish(ctx, batch); err != nil {
					return err
				}
			}
			return nil
		})
	}()
	records, err := fetch(ctx, feed, "", total, 7)
	if published := <-published; published != nil {
		return published
	}
	if err != nil {
		return fmt.Errorf("after %d of %d records: %w", len(records), total, err)
	}
	return inOrder(records, writers)
}

func publishNothing(ctx context.Context, feed ReadableFeed) error {
	if err := feed.Publish(ctx, nil); err != nil {
		return err
	}
	return feedTipNothing(ctx, feed)
}

func feedOwnership(ctx context.Context, feed ReadableFeed) error {
	batch := []ports.Outgoing{outgoing(1, 0), outgoing(1, 1)}
	if err := feed.Publish(ctx, batch); err != nil {
		return err
	}
	for i := range batch {
		fillBytes(batch[i].Data)
	}
	for range 2 {
		records, err := fetch(ctx, feed, "", 2, 2)
		if err != nil {
			return err
		}
		if err := inOrder(records, 2); err != nil {
			return err
		}
		for _, r := range records {
			fillBytes(r.Data)
		}
		tip, err := feed.Tip(ctx)
		if err != nil {
			return err
		}
		fillBytes(tip.Data)
	}
	return nil
}

// readerLatency is latency for readers of a feed.
func readerLatency(ctx context.Context, feed ReadableFeed, readers int) (time.Duration, error) {
	n := 0
	return latency(readers,
		func() (func() error, error) {
			tip, err := feed.Tip(ctx)
			return func() error {
				_, err := feed.Fetch(ctx, tip.Position, 10)
				return err
			}, err
		},
		func() error {
			n++
			return feed.Publish(ctx, []ports.Outgoing{outgoing(1, n)})
		})
}

func feedWakes(ctx context.Context, feed ReadableFeed) error {
	took, err := readerLatency(ctx, feed, 1)
	if err == nil && took > visibleWithin {
		err = fmt.Errorf("a record was seen after %s, want within %s", took, visibleWithin)
	}
	return err
}

func feedWakesAll(ctx context.Context, feed ReadableFeed) error {
	took, err := readerLatency(ctx, feed, 8)
	if err == nil && took > visibleWithin {
		err = fmt.Errorf("a record was seen by all after %s, want within %s", took, visibleWithin)
	}
	return err
}

func feedWaitEnds(ctx context.Context, feed ReadableFeed) error {
	return waitEnds(ctx, func(ctx context.Context) error {
		_, err := feed.Fetch(ctx, "", 1)
		return err
	})
}

func feedReadEnded(ctx context.Context, feed ReadableFeed) error {
	if _, err := publish(ctx, feed); err != nil {
		return err
	}
	return honoursDeadContexts(ctx, []portCall{
		{"Fetch", func(ctx context.Context) error { _, err := feed.Fetch(ctx, "", 1); return err }},
		{"Tip", func(ctx context.Context) error { _, err := feed.Tip(ctx); return err }},
	})
}

func publishEnded(ctx context.Context, feed ReadableFeed) error {
	over, cancel := context.WithCancel(ctx)
	cancel()
	batch := []ports.Outgoing{outgoing(1, 0), outgoing(2, 0), outgoing(1, 1)}
	err := feed.Publish(over, batch)
	if err := matches(err, context.Canceled); err != nil {
		return err
	}
	var unpublished *ports.UnpublishedError
	if !errors.As(err, &unpublished) {
		return fmt.Errorf("%w, want an *UnpublishedError", err)
	}
	named, last := map[int]bool{}, -1
	for _, i := range unpublished.Indexes {
		if i <= last || i >= len(batch) {
			return fmt.Errorf("indexes %v of %d records, want them ascending", unpublished.Indexes, len(batch))
		}
		named[i], last = true, i
	}
	if err := feed.Publish(ctx, []ports.Outgoing{outgoing(3, 0)}); err != nil {
		return err
	}
	records, err := soon("Fetch", func() ([]ports.Record, error) { return feed.Fetch(ctx, "", 10) })
	if err != nil {
		return err
	}
	onFeed := map[string]bool{}
	for _, r := range records {
		onFeed[string(r.Data)] = true
	}
	for i, o := range batch {
		if !named[i] && !onFeed[string(o.Data)] {
			return fmt.Errorf("record %d is neither on the feed nor named among %v", i, unpublished.Indexes)
		}
	}
	return nil
}
