package app

import (
	"context"
	"errors"
	"time"

	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/envelope"
)

// Watch tells what happens, while it happens, to whoever looks on. It loses what
// happens while nobody looks, and nothing rests on it. It is safe for concurrent
// use.
type Watch struct {
	// Feed is followed; nil where no feed can be fetched from (functions of AWS run
	// the pipeline): then nobody knows what happens, and is told to look again Every so
	// often (0: five seconds).
	Feed      ports.FeedReader
	Every     time.Duration
	Positions ports.Positions
	// After is the consumer that events are told after, so that who asks its view
	// then finds them there; one that is behind is waited for no longer than Patience
	// (0: a second).
	After    string
	Patience time.Duration
}

// Happened is one event as Watch tells it. The zero Happened says that something
// may have happened.
type Happened struct {
	Stream  ports.StreamID
	Version ports.Version
	Type    string
}

const (
	watchBatch = 500
	watchPoll  = 20 * time.Millisecond
)

// Follow calls told with what comes onto the feed from now on, in batches and in
// order, until ctx ends (nil), told returns an error, or the feed does. The first
// call has an empty batch: nothing that comes after it is missed.
func (w *Watch) Follow(ctx context.Context, told func([]Happened) error) error {
	if w.Feed == nil {
		return w.remind(ctx, told)
	}
	tip, err := w.Feed.Tip(ctx)
	if err == nil {
		err = told(nil)
	}
	for err == nil {
		var records []ports.Record
		records, err = w.Feed.Fetch(ctx, tip.Position, watchBatch)
		if errors.Is(err, ports.ErrForeignPosition) {
			tip, err = w.Feed.Tip(ctx)
			continue
		}
		if err != nil || len(records) == 0 {
			break
		}
		tip = records[len(records)-1]
		w.await(ctx, tip.Arrival)
		if happened := readable(records); len(happened) > 0 {
			err = told(happened)
		}
	}
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// remind calls told again and again, until ctx ends or told returns an error.
func (w *Watch) remind(ctx context.Context, told func([]Happened) error) error {
	every := w.Every
	if every == 0 {
		every = 5 * time.Second
	}
	err := told(nil)
	for err == nil {
		if sleep(ctx, every); ctx.Err() != nil {
			return nil
		}
		err = told([]Happened{{}})
	}
	return err
}

// await waits until the consumer has come to what arrived at that time.
func (w *Watch) await(ctx context.Context, arrival time.Time) {
	patience := w.Patience
	if patience == 0 {
		patience = time.Second
	}
	limited, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for limited.Err() == nil {
		at, err := w.Positions.Position(limited, w.After)
		if err != nil || !at.Arrival.Before(arrival) {
			return
		}
		sleep(limited, watchPoll)
	}
}

// readable returns the events that can be read.
func readable(records []ports.Record) []Happened {
	happened := make([]Happened, 0, len(records))
	for i := range records {
		if e, err := envelope.ParseWire(string(records[i].Data)); err == nil {
			happened = append(happened, Happened{Stream: e.Stream, Version: e.Version, Type: e.Type})
		}
	}
	return happened
}
