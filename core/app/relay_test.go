package app_test

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/memory"
	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/core/es/estest"
	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/envelope"
)

// shakyFeed publishes, but the answers of coming calls are lost or they fail.
type shakyFeed struct {
	*memory.Feed
	mu         sync.Mutex
	lose, fail int
}

func (f *shakyFeed) Publish(ctx context.Context, records []ports.Outgoing) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.fail > 0 {
		f.fail--
		return &ports.UnpublishedError{Indexes: []int{0}, Err: ports.ErrUnavailable}
	}
	if err := f.Feed.Publish(ctx, records); err != nil || f.lose == 0 {
		return err
	}
	f.lose--
	return &ports.UnpublishedError{Indexes: []int{0}, Err: ports.ErrUnavailable}
}

// brokenChanges is a change feed in which the first commit cannot be read.
type brokenChanges struct{ ports.ChangeFeed }

func (b brokenChanges) Changes(ctx context.Context, after ports.Position, limit int) ([]ports.Change, error) {
	changes, err := b.ChangeFeed.Changes(ctx, after, limit)
	if after == "" && len(changes) > 0 {
		changes[0].Err, changes[0].Raw = &ports.CorruptError{What: "commit", Err: errors.New("broken")}, []byte("raw")
	}
	return changes, err
}

func (w *world) relay(changes ports.ChangeFeed, publisher ports.Publisher, positions ports.Positions) *app.Relay {
	return &app.Relay{
		Changes: changes, Publisher: publisher, Positions: positions, Quarantine: w.quarantine,
		Source: "/test", Meter: w.counter, Now: time.Now, Log: slog.New(slog.DiscardHandler),
	}
}

func running(t *testing.T, run func(context.Context)) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	var parts sync.WaitGroup
	parts.Go(func() { run(ctx) })
	stop = func() { cancel(); parts.Wait() }
	t.Cleanup(stop)
	return stop
}

// feedNow returns what stands on the feed, as "ID@version" in order.
func feedNow(t *testing.T, feed *memory.Feed) []string {
	t.Helper()
	tip, err := feed.Tip(t.Context())
	require.NoError(t, err)
	if tip.Position == "" {
		return nil
	}
	records, err := feed.Fetch(t.Context(), "", 10_000)
	require.NoError(t, err)
	var all []string
	for _, r := range records {
		e, err := envelope.ParseWire(string(r.Data))
		require.NoError(t, err)
		all = append(all, e.Stream.ID+"@"+string(rune('0'+e.Version)))
	}
	return all
}

func TestTheRelay(t *testing.T) {
	t.Parallel()
	t.Run("publishes every event of every commit, in order, and goes on where it was", func(t *testing.T) {
		t.Parallel()
		w, feed, positions := newWorld(t, estest.TallyView{}), memory.NewFeed(time.Now), memory.NewPositions()
		w.count("a", 1, 2)
		w.count("b", 1, 1)
		stop := running(t, w.relay(w.store, feed, positions).Run)
		eventually(t, "three", func() bool { return len(feedNow(t, feed)) == 3 })
		eventually(t, "its position", func() bool {
			b, err := positions.Position(t.Context(), app.RelayName)
			return err == nil && b.Position != ""
		})
		stop()
		w.count("a", 1, 1)
		running(t, w.relay(w.store, feed, positions).Run)
		eventually(t, "four", func() bool { return len(feedNow(t, feed)) == 4 })
		assert.Equal(t, []string{"a@1", "a@2", "b@1", "a@3"}, feedNow(t, feed))
	})
	t.Run("publishes again what failed, and what it cannot know to be published", func(t *testing.T) {
		t.Parallel()
		w, feed := newWorld(t, estest.TallyView{}), &shakyFeed{Feed: memory.NewFeed(time.Now), fail: 1, lose: 1}
		w.count("a", 1, 2)
		running(t, w.relay(w.store, feed, memory.NewPositions()).Run)
		eventually(t, "twice", func() bool { return len(feedNow(t, feed.Feed)) == 4 })
		assert.Equal(t, []string{"a@1", "a@2", "a@1", "a@2"}, feedNow(t, feed.Feed))
	})
	t.Run("sets a commit aside that it cannot read, and goes on", func(t *testing.T) {
		t.Parallel()
		w, feed := newWorld(t, estest.TallyView{}), memory.NewFeed(time.Now)
		w.count("a", 1, 1)
		w.count("b", 1, 1)
		running(t, w.relay(brokenChanges{w.store}, feed, memory.NewPositions()).Run)
		eventually(t, "the other", func() bool { return len(feedNow(t, feed)) == 1 })
		items, err := w.quarantine.ListQuarantined(t.Context(), "", 10)
		require.NoError(t, err)
		require.Len(t, items, 1)
		assert.Equal(t, app.RelayName, items[0].Consumer)
		assert.Equal(t, "raw", string(items[0].Payload))
	})
	t.Run("starts again on a store that is another one", func(t *testing.T) {
		t.Parallel()
		feed, positions := memory.NewFeed(time.Now), memory.NewPositions()
		old := newWorld(t, estest.TallyView{})
		old.count("a", 1, 1)
		stop := running(t, old.relay(old.store, feed, positions).Run)
		eventually(t, "its position", func() bool {
			b, err := positions.Position(t.Context(), app.RelayName)
			return err == nil && b.Position != ""
		})
		stop()
		fresh := newWorld(t, estest.TallyView{})
		fresh.count("b", 1, 1)
		running(t, fresh.relay(fresh.store, feed, positions).Run)
		eventually(t, "both", func() bool { return len(feedNow(t, feed)) == 2 })
	})
}

func TestTheArchiver(t *testing.T) {
	t.Parallel()
	lines := func(t *testing.T, archive *memory.Archive) (keys, events []string) {
		t.Helper()
		for object, err := range archive.Objects(t.Context(), time.Time{}, time.Time{}) {
			require.NoError(t, err)
			keys = append(keys, object.Key)
			for line, err := range archive.Lines(t.Context(), object.Key) {
				require.NoError(t, err)
				events = append(events, string(line))
			}
		}
		return keys, events
	}
	t.Run("stores a batch as one object, byte for byte, and the same batch again as the same", func(t *testing.T) {
		t.Parallel()
		w, archive := newWorld(t, estest.TallyView{}), memory.NewArchive()
		w.count("a", 1, 3)
		records := w.records("a", 1, 3)
		archiver := app.NewArchiver(archive, w.quarantine, time.Now, w.counter)
		for range 2 {
			assert.Empty(t, archiver.Handle(t.Context(), records))
		}
		keys, events := lines(t, archive)
		assert.Equal(t, []string{"events/date=2026-11-24/hour=12/0-a00001-a00003.ndjson.gz"}, keys)
		require.Len(t, events, 3)
		for i := range records {
			assert.Equal(t, string(records[i].Data), events[i])
		}
	})
	t.Run("sets unreadable records aside and stores their neighbours", func(t *testing.T) {
		t.Parallel()
		w, archive := newWorld(t, estest.TallyView{}), memory.NewArchive()
		w.count("a", 1, 3)
		records := w.records("a", 1, 3)
		records[1].Data = []byte("{")
		assert.Empty(t, app.NewArchiver(archive, w.quarantine, time.Now, w.counter).Handle(t.Context(), records))
		_, events := lines(t, archive)
		assert.Len(t, events, 2)
		items, err := w.quarantine.ListQuarantined(t.Context(), "", 10)
		require.NoError(t, err)
		assert.Len(t, items, 1)
	})
	t.Run("writes no object for a batch of which nothing can be read", func(t *testing.T) {
		t.Parallel()
		w, archive := newWorld(t, estest.TallyView{}), memory.NewArchive()
		assert.Empty(t, app.NewArchiver(archive, w.quarantine, time.Now, w.counter).Handle(t.Context(), []ports.Record{{Shard: "0", Position: "1"}}))
		keys, _ := lines(t, archive)
		assert.Empty(t, keys)
	})
	t.Run("fails the whole batch when the archive does not take it", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, estest.TallyView{})
		w.count("a", 1, 2)
		ctx, cancel := canceled(t)
		defer cancel()
		failures := app.NewArchiver(memory.NewArchive(), w.quarantine, time.Now, w.counter).Handle(ctx, w.records("a", 1, 2))
		require.Len(t, failures, 2)
		assert.Equal(t, 0, failures[0].Index)
	})
}
