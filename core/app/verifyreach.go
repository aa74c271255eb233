package app

import (
	"context"
	"errors"
	"time"

	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/envelope"
)

// Reach tells how far relay and archiver have come, where both are driven by
// positions (memory, SQLite). What they have not come to is not missing in the
// archive yet.
type Reach struct {
	Changes   ports.ChangeFeed
	Feed      ports.FeedReader
	Positions ports.Positions
}

const (
	reachPage = 500
	// reachWait is how long a page is waited for that must be there: after it, the
	// records were trimmed.
	reachWait = 10 * time.Second
)

// now calls take with every event that is stored but not archived for sure: those
// that the relay has not published, then those that the archiver has not stored.
// It returns the end of the change feed as it was, up to which it knows. In this
// order no event slips through between the two.
func (r *Reach) now(ctx context.Context, take func(ports.StreamID, ports.Version) error) (ports.Position, error) {
	relayed, err := r.Positions.Position(ctx, RelayName)
	if err != nil {
		return "", err
	}
	end, err := r.changes(ctx, relayed.Position, take)
	if err != nil {
		return "", err
	}
	archived, err := r.Positions.Position(ctx, ArchiverName)
	if err != nil {
		return "", err
	}
	return end, r.records(ctx, archived.Position, take)
}

// changes calls take with the events after a position, up to the change feed's end
// as it is now, which it returns.
func (r *Reach) changes(ctx context.Context, after ports.Position, take func(ports.StreamID, ports.Version) error) (ports.Position, error) {
	end, err := r.Changes.End(ctx)
	for err == nil && end != "" && after != end {
		var page []ports.Change
		page, err = r.Changes.Changes(ctx, after, reachPage)
		if errors.Is(err, ports.ErrForeignPosition) && after != "" {
			after, err = "", nil // the relay, too, will begin anew
			continue
		}
		for i := range page {
			c := &page[i]
			for v := c.Commit.First; v <= c.Commit.Last && c.Err == nil && err == nil; v++ {
				err = take(c.Commit.Stream, v)
			}
			if after = c.Position; after == end {
				break
			}
		}
	}
	return end, err
}

// records calls take with the events of the feed after a position, up to its tip
// as it is now.
func (r *Reach) records(ctx context.Context, after ports.Position, take func(ports.StreamID, ports.Version) error) error {
	tip, err := r.Feed.Tip(ctx)
	for err == nil && tip.Position != "" && after != tip.Position {
		var page []ports.Record
		page, err = r.fetch(ctx, after)
		if errors.Is(err, ports.ErrForeignPosition) && after != "" {
			after, err = "", nil
			continue
		}
		if len(page) == 0 {
			return err
		}
		for i := range page {
			event, unreadable := envelope.ParseWire(string(page[i].Data))
			if unreadable == nil && err == nil {
				err = take(event.Stream, event.Version)
			}
			if after = page[i].Position; after == tip.Position {
				break
			}
		}
	}
	return err
}

// fetch returns the next page; none where its records were trimmed.
func (r *Reach) fetch(ctx context.Context, after ports.Position) ([]ports.Record, error) {
	limited, cancel := context.WithTimeout(ctx, reachWait)
	defer cancel()
	page, err := r.Feed.Fetch(limited, after, reachPage)
	if err != nil && limited.Err() != nil && ctx.Err() == nil {
		return nil, nil
	}
	return page, err
}
