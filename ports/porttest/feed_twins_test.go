package porttest_test

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/evercart/evercart/adapters/memory"
	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/porttest"
)

const (
	feedOrder     = "records of one key keep their order"
	feedGoesOn    = "records come once each, and go on after any position"
	feedLimit     = "at most limit records come at a time"
	feedPositions = "positions fit a file's name and sort as text"
	feedForeign   = "a position of another feed is ErrForeignPosition"
	feedData      = "data is kept byte for byte"
	feedArrivals  = "arrivals are in UTC and do not go backwards"
	feedTip       = "the tip is the newest record"
	feedNoTip     = "the tip of a feed without records is zero"
	feedWriters   = "32 publishers side by side lose nothing and keep their order"
	feedNothing   = "publishing no records is no news"
	feedOwnership = "the feed keeps no reference to data, and gives away what it returns"
	feedWakes     = "a waiting reader sees a record within 200 ms"
	feedWakesAll  = "all waiting readers see a record"
	feedWaitEnds  = "a waiting reader ends with its context"
	feedReadEnded = "reading under an ended context fails with its error"
	publishEnded  = "publishing under an ended context names what is not on the feed"
)

// feedDouble is a memory feed whose calls can be replaced one by one.
type feedDouble struct {
	*memory.Feed
	publish func(context.Context, []ports.Outgoing) error
	fetch   following[ports.Record]
	tip     func(context.Context) (ports.Record, error)
}

func (d *feedDouble) Publish(ctx context.Context, records []ports.Outgoing) error {
	return d.publish(ctx, records)
}

func (d *feedDouble) Fetch(ctx context.Context, after ports.Position, limit int) ([]ports.Record, error) {
	return d.fetch(ctx, after, limit)
}

func (d *feedDouble) Tip(ctx context.Context) (ports.Record, error) { return d.tip(ctx) }

func newFeedDouble(breakIt func(*feedDouble)) porttest.ReadableFeed {
	f := memory.NewFeed(time.Now)
	d := &feedDouble{Feed: f, publish: f.Publish, fetch: f.Fetch, tip: f.Tip}
	breakIt(d)
	return d
}

// fetching returns a fault in Fetch that is a wrapper of the true one.
func fetching(wrap func(next following[ports.Record]) following[ports.Record]) func(*feedDouble) {
	return func(d *feedDouble) { d.fetch = wrap(d.Feed.Fetch) }
}

// publishing returns a fault that publishes something else than it was given.
func publishing(alter func(records []ports.Outgoing) []ports.Outgoing) func(*feedDouble) {
	return func(d *feedDouble) {
		d.publish = func(ctx context.Context, records []ports.Outgoing) error {
			return d.Feed.Publish(ctx, alter(slices.Clone(records)))
		}
	}
}

// eachRecord returns a fault in each record of a fetched page.
func eachRecord(alter func(i int, r *ports.Record)) func(*feedDouble) {
	return fetching(altering(func(items []ports.Record) []ports.Record {
		for i := range items {
			alter(i, &items[i])
		}
		return items
	}))
}

func TestFeedBites(t *testing.T) {
	t.Parallel()
	bites(t, porttest.Feed(), newFeedDouble, slices.Concat(feedTwins(), feedWaitTwins(), publishTwins()))
}

func feedTwins() []twin[feedDouble] {
	return []twin[feedDouble]{
		{"publishes a batch backwards", publishing(reversed[ports.Outgoing]), []string{feedOrder, feedLimit, feedWriters}},
		{"loses the first record of a page", fetching(altering(dropFirstOfSeveral[ports.Record])), []string{feedLimit, feedWriters}},
		{"publishes the last record of a batch twice", publishing(func(records []ports.Outgoing) []ports.Outgoing {
			return append(records, records[max(0, len(records)-1):]...)
		}), []string{feedOrder, feedWriters}},
		{"starts over at every position", fetching(startingOver), []string{feedGoesOn, feedLimit, feedWriters}},
		{"ignores the limit", fetching(unlimited), []string{feedLimit}},
		{"makes positions that do not sort", unsortedPositions, []string{feedPositions}},
		{"makes positions with a colon", eachRecord(func(_ int, r *ports.Record) { r.Position = "0:" + r.Position }), []string{feedPositions}},
		{"makes positions with a dash", eachRecord(func(_ int, r *ports.Record) { r.Position = "0-" + r.Position }), []string{feedPositions}},
		{"starts over at a foreign position", fetching(forgiving), []string{feedForeign}},
		{"refuses a foreign position with an error of no type", fetching(untyped), []string{feedForeign}},
		{"trims white space at the end of data", eachRecord(func(_ int, r *ports.Record) { r.Data = bytes.TrimSpace(r.Data) }), []string{feedData}},
		{"makes data valid UTF-8", eachRecord(func(_ int, r *ports.Record) { r.Data = bytes.ToValidUTF8(r.Data, []byte("?")) }), []string{feedData}},
		{"marks live records as replayed", eachRecord(func(_ int, r *ports.Record) { r.Replay = "replay" }), []string{feedData}},
		{"tells arrivals in another zone", eachRecord(func(_ int, r *ports.Record) { r.Arrival = r.Arrival.In(time.FixedZone("", 3600)) }), []string{feedArrivals}},
		{"lets arrivals go backwards", eachRecord(func(i int, r *ports.Record) { r.Arrival = r.Arrival.Add(-time.Duration(i) * time.Hour) }), []string{feedArrivals}},
		{"forgets arrivals", eachRecord(func(_ int, r *ports.Record) { r.Arrival = time.Time{} }), []string{feedArrivals}},
		{"tells the first record for the tip", func(d *feedDouble) {
			d.tip = func(ctx context.Context) (ports.Record, error) {
				records, err := d.Feed.Fetch(ctx, "", 1)
				return records[0], err
			}
		}, []string{feedTip}},
		{"tells now for the tip's arrival", func(d *feedDouble) {
			d.tip = func(ctx context.Context) (ports.Record, error) {
				tip, err := d.Feed.Tip(ctx)
				tip.Arrival = time.Now().UTC().Add(time.Second)
				return tip, err
			}
		}, []string{feedTip, feedNoTip}},
		{"has no tip without records", func(d *feedDouble) {
			d.tip = func(ctx context.Context) (ports.Record, error) {
				tip, err := d.Feed.Tip(ctx)
				if err == nil && tip.Position == "" {
					err = errors.New("no records")
				}
				return tip, err
			}
		}, []string{feedNoTip}},
	}
}

// unsortedPositions leaves out the zeros before a position's number, which is the
// last 16 characters.
func unsortedPositions(d *feedDouble) {
	const digits = 16
	padded := map[ports.Position]ports.Position{}
	d.fetch = func(ctx context.Context, after ports.Position, limit int) ([]ports.Record, error) {
		if own, ok := padded[after]; ok {
			after = own
		}
		records, err := d.Feed.Fetch(ctx, after, limit)
		for i, r := range records {
			name, n := r.Position[:len(r.Position)-digits], r.Position[len(r.Position)-digits:]
			short := name + ports.Position(strings.TrimLeft(string(n), "0"))
			padded[short] = r.Position
			records[i].Position = short
		}
		return records, err
	}
}

func feedWaitTwins() []twin[feedDouble] {
	return []twin[feedDouble]{
		{"sees a record late", fetching(late), []string{feedWakes, feedWakesAll}},
		{"never wakes", fetching(sleeping), []string{feedWakes, feedWakesAll}},
		{"wakes one reader only", fetching(wakingOne), []string{feedWakesAll}},
		{"waits on when its context ended", fetching(unheeding), []string{feedWaitEnds, feedReadEnded}},
		{"ends a wait without an error", fetching(returningEmpty), []string{feedWaitEnds, feedReadEnded}},
		{"tells the tip under an ended context", func(d *feedDouble) {
			d.tip = func(ctx context.Context) (ports.Record, error) { return d.Feed.Tip(context.WithoutCancel(ctx)) }
		}, []string{feedReadEnded}},
		{"gives away what it keeps", fetching(givingAway), []string{feedOwnership}},
		{"keeps data that it was given", func(d *feedDouble) {
			var mu sync.Mutex
			var given []ports.Outgoing
			d.publish = func(ctx context.Context, records []ports.Outgoing) error {
				mu.Lock()
				defer mu.Unlock()
				given = append(given, records...)
				return d.Feed.Publish(ctx, records)
			}
			fetching(altering(func(items []ports.Record) []ports.Record {
				mu.Lock()
				defer mu.Unlock()
				for i := range items {
					items[i].Data = slices.Clone(given[i].Data)
				}
				return items
			}))(d)
		}, []string{feedOwnership}},
	}
}

func publishTwins() []twin[feedDouble] {
	return []twin[feedDouble]{
		{"loses the last record of a batch now and then", func(d *feedDouble) {
			var batches atomic.Int64
			publishing(func(records []ports.Outgoing) []ports.Outgoing {
				if batches.Add(1)%7 == 0 {
					return records[:len(records)-1]
				}
				return records
			})(d)
		}, []string{feedWriters}},
		{"publishes a record for none", publishing(func(records []ports.Outgoing) []ports.Outgoing {
			if len(records) == 0 {
				return []ports.Outgoing{{}}
			}
			return records
		}), []string{feedNothing}},
		{"refuses to publish no records", func(d *feedDouble) {
			d.publish = func(ctx context.Context, records []ports.Outgoing) error {
				if len(records) == 0 {
					return errors.New("no records")
				}
				return d.Feed.Publish(ctx, records)
			}
		}, []string{feedNothing}},
		{"acknowledges what it does not publish under an ended context", func(d *feedDouble) {
			d.publish = func(ctx context.Context, records []ports.Outgoing) error {
				if ctx.Err() != nil {
					return nil
				}
				return d.Feed.Publish(ctx, records)
			}
		}, []string{publishEnded}},
		{"does not name unpublished records", unpublishing(func(error) error { return context.Canceled }), []string{publishEnded}},
		{"names the first unpublished record only", unpublishing(func(err error) error {
			return &ports.UnpublishedError{Indexes: []int{0}, Err: err}
		}), []string{publishEnded}},
		{"names unpublished records out of order", unpublishing(func(err error) error {
			return &ports.UnpublishedError{Indexes: []int{2, 1, 0}, Err: err}
		}), []string{publishEnded}},
	}
}

// unpublishing returns a fault in the error of a Publish whose context ended.
func unpublishing(report func(err error) error) func(*feedDouble) {
	return func(d *feedDouble) {
		d.publish = func(ctx context.Context, records []ports.Outgoing) error {
			if err := ctx.Err(); err != nil {
				return report(err)
			}
			return d.Feed.Publish(ctx, records)
		}
	}
}
