package app_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/memory"
	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/core/es/estest"
	"github.com/evercart/evercart/ports"
)

// looking is somebody who looks on at a feed.
type looking struct {
	t     *testing.T
	feed  *memory.Feed
	saved *memory.Positions
	heard chan string
	ended chan error
}

// look lets somebody look on until ctx ends, and returns when nothing is missed any
// more.
func look(ctx context.Context, t *testing.T, after string, patience time.Duration) *looking {
	t.Helper()
	l := &looking{t: t, saved: memory.NewPositions(), heard: make(chan string, 100), ended: make(chan error, 1)}
	l.feed = memory.NewFeed(func() time.Time { return noon })
	w := newWorld(t, estest.TallyView{})
	w.count("before", 1, 1)
	l.publish(w.records("before", 1, 1))
	watch := app.Watch{Feed: l.feed, Positions: l.saved, After: after, Patience: patience}
	begun := make(chan struct{})
	go func() {
		l.ended <- watch.Follow(ctx, func(happened []app.Happened) error {
			if len(happened) == 0 {
				close(begun)
			}
			for _, h := range happened {
				l.heard <- fmt.Sprintf("%s %d %s", h.Stream, h.Version, h.Type)
			}
			return nil
		})
	}()
	<-begun
	return l
}

func (l *looking) publish(records []ports.Record) {
	l.t.Helper()
	for _, r := range records {
		require.NoError(l.t, l.feed.Publish(l.t.Context(), []ports.Outgoing{{Key: "k", Data: r.Data}}))
	}
}

func TestLookingOn(t *testing.T) {
	t.Parallel()
	counted := func(t *testing.T) []ports.Record {
		w := newWorld(t, estest.TallyView{})
		w.count("a", 1, 2)
		return w.records("a", 1, 2)
	}
	t.Run("tells what comes from now on, in order, and nothing of before", func(t *testing.T) {
		t.Parallel()
		l := look(t.Context(), t, "nobody", time.Millisecond)
		l.publish(counted(t))
		assert.Equal(t, []string{"tally/a 1 Counted", "tally/a 2 Counted"}, []string{<-l.heard, <-l.heard})
	})
	t.Run("passes over what cannot be read", func(t *testing.T) {
		t.Parallel()
		l := look(t.Context(), t, "nobody", time.Millisecond)
		l.publish([]ports.Record{{Data: []byte("no event")}})
		l.publish(counted(t))
		assert.Equal(t, "tally/a 1 Counted", <-l.heard)
	})
	t.Run("tells only when the view has it", func(t *testing.T) {
		t.Parallel()
		l := look(t.Context(), t, "sums", time.Hour)
		l.publish(counted(t))
		assert.Empty(t, l.heard, "the view has not come so far")
		require.NoError(t, l.saved.SavePosition(t.Context(), "sums", ports.Bookmark{Position: "x", Arrival: noon}))
		assert.Equal(t, "tally/a 1 Counted", <-l.heard)
	})
	t.Run("ends with its context, and that is no error", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(t.Context())
		l := look(ctx, t, "nobody", time.Millisecond)
		cancel()
		assert.NoError(t, <-l.ended)
	})
	t.Run("ends with the error of who is told", func(t *testing.T) {
		t.Parallel()
		gone := errors.New("gone")
		watch := app.Watch{Feed: memory.NewFeed(time.Now), Positions: memory.NewPositions()}
		assert.ErrorIs(t, watch.Follow(t.Context(), func([]app.Happened) error { return gone }), gone)
	})
	t.Run("where there is no feed, says again and again that something may have happened", func(t *testing.T) {
		t.Parallel()
		watch, enough, calls := app.Watch{Every: time.Millisecond}, errors.New("enough"), [][]app.Happened{}
		err := watch.Follow(t.Context(), func(happened []app.Happened) error {
			if calls = append(calls, happened); len(calls) == 3 {
				return enough
			}
			return nil
		})
		assert.ErrorIs(t, err, enough)
		assert.Equal(t, [][]app.Happened{nil, {{}}, {{}}}, calls)
	})
	t.Run("ends with a feed that does not answer", func(t *testing.T) {
		t.Parallel()
		watch := app.Watch{Feed: deafFeed{}, Positions: memory.NewPositions()}
		assert.ErrorIs(t, watch.Follow(t.Context(), func([]app.Happened) error { return nil }), ports.ErrUnavailable)
	})
}

// deafFeed never answers.
type deafFeed struct{}

func (deafFeed) Tip(context.Context) (ports.Record, error) {
	return ports.Record{}, ports.ErrUnavailable
}

func (deafFeed) Fetch(context.Context, ports.Position, int) ([]ports.Record, error) {
	return nil, ports.ErrUnavailable
}
