package bootstrap

import (
	"context"
	"log/slog"
	"time"

	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/ports"
)

const (
	// retireEvery is how often it is looked for generations that are needed no more,
	// and trimEvery how often the feed is trimmed.
	retireEvery = 10 * time.Second
	trimEvery   = time.Hour
	// beginAgain is the wait before a view's beginning is tried again.
	beginAgain = time.Second
)

// upkeep removes what nobody needs any more: generations of views, and records of
// the feed.
type upkeep struct {
	rebuilder *app.Rebuilder
	feed      ports.FeedReader
	positions ports.Positions
	followers []string      // all who read the feed
	keep      time.Duration // generations that were live before
	retention time.Duration // records
	now       Clock
	log       *slog.Logger
}

// trimmer is a feed that forgets records only when it is told to.
type trimmer interface {
	// Trim deletes the records that arrived before the given time and stand at or
	// before upTo, and returns how many those were.
	Trim(ctx context.Context, before time.Time, upTo ports.Position) (int64, error)
}

// begin sees to it that a view begins whole, before its consumer starts. It returns
// false when ctx ended before that.
func (u *upkeep) begin(ctx context.Context, view string) bool {
	for ctx.Err() == nil {
		bookmark, err := u.positions.Position(ctx, view)
		begun := false
		if err == nil {
			begun, err = u.rebuilder.First(ctx, view, bookmark.Position != "")
		}
		if begun {
			u.log.Info("the view is new here and is rebuilt from the archive; until that is done it is incomplete", slog.String("view", view))
		}
		if err == nil {
			return true
		}
		u.log.Warn("the view's beginning cannot be prepared; trying on", slog.String("view", view), slog.Any("error", err))
		wait(ctx, beginAgain)
	}
	return false
}

// retire removes generations that are needed no more, until ctx ends.
func (u *upkeep) retire(ctx context.Context) {
	u.note(ctx, "old generations", u.rebuilder.Sweep(ctx))
	for ctx.Err() == nil {
		_, err := u.rebuilder.Retire(ctx, u.keep)
		u.note(ctx, "old generations", err)
		wait(ctx, retireEvery)
	}
}

// trim removes records that everybody has read, until ctx ends.
func (u *upkeep) trim(ctx context.Context) {
	feed, ok := u.feed.(trimmer)
	if !ok {
		return
	}
	for ctx.Err() == nil {
		n, err := u.trimOnce(ctx, feed)
		u.note(ctx, "old records of the feed", err)
		if n > 0 {
			u.log.Info("the feed is trimmed", slog.Int64("records", n))
		}
		wait(ctx, trimEvery)
	}
}

// trimOnce removes the records that are older than the retention and than the last
// that the slowest follower has read. Arrivals ascend with positions, so that a
// record which arrived before that one stands before it.
func (u *upkeep) trimOnce(ctx context.Context, feed trimmer) (int64, error) {
	before := u.now().Add(-u.retention)
	var slowest ports.Bookmark
	for i, follower := range u.followers {
		at, err := u.positions.Position(ctx, follower)
		if err != nil || at.Position == "" {
			return 0, err // it has read nothing yet
		}
		if i == 0 || at.Arrival.Before(slowest.Arrival) {
			slowest = at
		}
	}
	if slowest.Arrival.Before(before) {
		before = slowest.Arrival
	}
	return feed.Trim(ctx, before, slowest.Position)
}

func (u *upkeep) note(ctx context.Context, what string, err error) {
	if err != nil && ctx.Err() == nil {
		u.log.Warn(what+" cannot be removed; trying on", slog.Any("error", err))
	}
}
