package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/evercart/evercart/ports"
)

// Subscription drives one consumer over a feed that must be fetched from, from
// the consumer's own position on: what Lambda's event source mapping does on AWS.
// A failing consumer holds up itself only.
type Subscription struct {
	Reader    ports.FeedReader
	Positions ports.Positions
	Consumer  Consumer
	// Limit is the most records of one batch; 0: 500.
	Limit int
	// Window is how long a batch that is not full waits for more records; 0: it does
	// not.
	Window time.Duration
	// Backoff is the first wait after a failure, doubled up to 32 times as much;
	// 0: 100 ms.
	Backoff time.Duration
	Meter   ports.Meter
	Now     func() time.Time
	Log     *slog.Logger
}

// Run delivers records until ctx ends, which is its only way to stop and no
// error. What was handled is saved before it returns, even then.
func (s *Subscription) Run(ctx context.Context) {
	repeat(ctx, s.backoff(), s.step, func(inARow int, err error) {
		s.Log.WarnContext(ctx, "delivery failed and is tried again",
			slog.String("consumer", s.Consumer.Name()), slog.Int("failures", inARow), slog.Any("error", err))
		s.Meter.Add(ports.MetricFailed, s.Consumer.Name(), 1)
	})
}

// step delivers one batch.
func (s *Subscription) step(ctx context.Context) error {
	name := s.Consumer.Name()
	bookmark, err := s.Positions.Position(ctx, name)
	if err != nil {
		return err
	}
	records, err := s.fetch(ctx, bookmark.Position)
	if errors.Is(err, ports.ErrForeignPosition) {
		s.Log.WarnContext(ctx, "the feed is another one than before; starting from its first record", slog.String("consumer", name))
		return s.Positions.SavePosition(ctx, name, ports.Bookmark{})
	}
	if err != nil {
		return err
	}
	failures := s.Consumer.Handle(ctx, records)
	done := len(records)
	if len(failures) > 0 {
		done = failures[0].Index
	}
	if done > 0 {
		last := &records[done-1]
		// What was handled is saved even if the context ended meanwhile; saving is
		// short, and losing it would only bring the records again.
		save, cancel := context.WithTimeout(context.WithoutCancel(ctx), saveTimeout)
		defer cancel()
		if err := s.Positions.SavePosition(save, name, ports.Bookmark{Position: last.Position, Arrival: last.Arrival}); err != nil {
			return err
		}
	}
	s.lag(ctx, records, done)
	if len(failures) > 0 {
		return fmt.Errorf("record %s: %w", records[done].Position, failures[0].Err)
	}
	return nil
}

const saveTimeout = 2 * time.Second

// fetch returns a batch that is full, or has waited for more.
func (s *Subscription) fetch(ctx context.Context, after ports.Position) ([]ports.Record, error) {
	limit := s.Limit
	if limit == 0 {
		limit = 500
	}
	records, err := s.Reader.Fetch(ctx, after, limit)
	if err != nil || len(records) == limit || s.Window == 0 {
		return records, err
	}
	// Never longer than the window: a clock that was set back makes arrivals of times
	// to come.
	sleep(ctx, min(s.Window, s.Window-s.Now().Sub(records[0].Arrival)))
	if ctx.Err() != nil {
		return records, nil
	}
	return s.Reader.Fetch(ctx, after, limit)
}

// lag sets the age of the oldest record that is not done with: 0 at the tip.
func (s *Subscription) lag(ctx context.Context, records []ports.Record, done int) {
	var seconds float64
	if done < len(records) {
		seconds = s.Now().Sub(records[done].Arrival).Seconds()
	} else if tip, err := s.Reader.Tip(ctx); err == nil && done > 0 && tip.Position != records[done-1].Position {
		seconds = s.Now().Sub(records[done-1].Arrival).Seconds()
	}
	s.Meter.Set(ports.MetricLag, s.Consumer.Name(), seconds)
}

func (s *Subscription) backoff() time.Duration {
	if s.Backoff == 0 {
		return 100 * time.Millisecond
	}
	return s.Backoff
}
