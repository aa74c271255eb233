package app_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/memory"
	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/ports"
)

// listener is a consumer that remembers what it handled and fails as told.
type listener struct {
	mu      sync.Mutex
	handled []string
	batches [][]string
	failing map[string]int // deliveries of a record that fail yet
}

func (l *listener) Name() string { return "listener" }

func (l *listener) Handle(_ context.Context, records []ports.Record) []app.Failure {
	l.mu.Lock()
	defer l.mu.Unlock()
	var failures []app.Failure
	batch := []string{}
	for i, r := range records {
		data := string(r.Data)
		batch = append(batch, data)
		if l.failing[data] > 0 {
			l.failing[data]--
			failures = append(failures, app.Failure{Index: i, Err: errors.New("not now")})
			continue
		}
		l.handled = append(l.handled, data)
	}
	l.batches = append(l.batches, batch)
	return failures
}

func (l *listener) all() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]string{}, l.handled...)
}

// subscribed runs a subscription until the test ends, or stop is called.
func subscribed(t *testing.T, s *app.Subscription) (stop func()) {
	t.Helper()
	s.Meter, s.Now, s.Log, s.Backoff = ports.NoMeter{}, time.Now, slog.New(slog.DiscardHandler), time.Millisecond
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	var running sync.WaitGroup
	running.Go(func() { s.Run(ctx) })
	stop = func() { cancel(); running.Wait() }
	t.Cleanup(stop)
	return stop
}

func publish(t *testing.T, feed ports.Publisher, texts ...string) {
	t.Helper()
	var out []ports.Outgoing
	for _, text := range texts {
		out = append(out, ports.Outgoing{Key: text, Data: []byte(text)})
	}
	require.NoError(t, feed.Publish(t.Context(), out))
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	require.Eventually(t, ok, 10*time.Second, time.Millisecond, what)
}

func TestASubscription(t *testing.T) {
	t.Parallel()
	t.Run("delivers every record in order and goes on where it was", func(t *testing.T) {
		t.Parallel()
		feed, positions, first := memory.NewFeed(time.Now), memory.NewPositions(), &listener{}
		publish(t, feed, "1", "2", "3")
		stop := subscribed(t, &app.Subscription{Reader: feed, Positions: positions, Consumer: first, Limit: 2})
		eventually(t, "all", func() bool { return len(first.all()) == 3 })
		publish(t, feed, "4")
		eventually(t, "the new one", func() bool { return len(first.all()) == 4 })
		stop()
		publish(t, feed, "5")
		second := &listener{}
		subscribed(t, &app.Subscription{Reader: feed, Positions: positions, Consumer: second})
		eventually(t, "the rest", func() bool { return len(second.all()) > 0 })
		assert.Equal(t, []string{"1", "2", "3", "4"}, first.all())
		assert.Equal(t, []string{"5"}, second.all())
	})
	t.Run("brings what failed again, and all after it", func(t *testing.T) {
		t.Parallel()
		feed, l := memory.NewFeed(time.Now), &listener{failing: map[string]int{"2": 3}}
		publish(t, feed, "1", "2", "3")
		subscribed(t, &app.Subscription{Reader: feed, Positions: memory.NewPositions(), Consumer: l})
		eventually(t, "all", func() bool { a := l.all(); return len(a) > 0 && a[len(a)-1] == "3" && len(a) >= 6 })
		assert.Equal(t, []string{"1", "3", "3", "3", "2", "3"}, l.all())
	})
	t.Run("whose consumer fails holds up no other", func(t *testing.T) {
		t.Parallel()
		feed, positions := memory.NewFeed(time.Now), memory.NewPositions()
		stuck, well := &listener{failing: map[string]int{"1": 1 << 30}}, &named{listener: &listener{}, name: "well"}
		subscribed(t, &app.Subscription{Reader: feed, Positions: positions, Consumer: stuck})
		subscribed(t, &app.Subscription{Reader: feed, Positions: positions, Consumer: well})
		publish(t, feed, "1", "2")
		eventually(t, "the well one", func() bool { return len(well.all()) == 2 })
		bookmark, err := positions.Position(t.Context(), "listener")
		require.NoError(t, err)
		assert.Empty(t, bookmark.Position)
	})
	t.Run("with a window waits for a fuller batch, but not for ever", func(t *testing.T) {
		t.Parallel()
		feed, l := memory.NewFeed(time.Now), &listener{}
		publish(t, feed, "1")
		subscribed(t, &app.Subscription{Reader: feed, Positions: memory.NewPositions(), Consumer: l, Window: 300 * time.Millisecond})
		publish(t, feed, "2")
		eventually(t, "both", func() bool { return len(l.all()) == 2 })
		assert.Equal(t, [][]string{{"1", "2"}}, l.batches)
	})
	t.Run("with a window waits no longer for records from a time to come, when a clock was set back", func(t *testing.T) {
		t.Parallel()
		tomorrow := func() time.Time { return time.Now().Add(24 * time.Hour) }
		feed, l := memory.NewFeed(tomorrow), &listener{}
		publish(t, feed, "1")
		subscribed(t, &app.Subscription{Reader: feed, Positions: memory.NewPositions(), Consumer: l, Window: 10 * time.Millisecond})
		eventually(t, "it", func() bool { return len(l.all()) == 1 })
	})
	t.Run("starts again on a feed that is another one", func(t *testing.T) {
		t.Parallel()
		old, positions, l := memory.NewFeed(time.Now), memory.NewPositions(), &listener{}
		publish(t, old, "old")
		stop := subscribed(t, &app.Subscription{Reader: old, Positions: positions, Consumer: l})
		eventually(t, "old", func() bool { return len(l.all()) == 1 })
		eventually(t, "its position", func() bool {
			b, err := positions.Position(t.Context(), "listener")
			return err == nil && b.Position != ""
		})
		stop()
		fresh := memory.NewFeed(time.Now)
		publish(t, fresh, "fresh")
		subscribed(t, &app.Subscription{Reader: fresh, Positions: positions, Consumer: l})
		eventually(t, "fresh", func() bool { return len(l.all()) == 2 })
	})
	t.Run("saves what was handled when it is stopped", func(t *testing.T) {
		t.Parallel()
		for i := range 20 {
			feed, positions, l := memory.NewFeed(time.Now), memory.NewPositions(), &listener{}
			stop := subscribed(t, &app.Subscription{Reader: feed, Positions: positions, Consumer: l})
			publish(t, feed, fmt.Sprint(i))
			eventually(t, "it", func() bool { return len(l.all()) == 1 })
			stop()
			bookmark, err := positions.Position(t.Context(), "listener")
			require.NoError(t, err)
			assert.NotEmpty(t, bookmark.Position)
		}
	})
}

// named is a listener under another name.
type named struct {
	*listener
	name string
}

func (n *named) Name() string { return n.name }
