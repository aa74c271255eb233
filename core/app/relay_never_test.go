package app_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/memory"
	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/core/es/estest"
	"github.com/evercart/evercart/ports"
)

// smallFeed takes everything but some records, as a feed with a limit does: what such
// a one holds back of its stream is not taken by the same call.
type smallFeed struct {
	*memory.Feed
	tooLarge []string // ends of the IDs of streams, and versions, of what it never takes
	calls    int
	fail     int // calls that fail for what they would take, too
}

func (f *smallFeed) Publish(ctx context.Context, records []ports.Outgoing) error {
	f.calls++
	unpublished := &ports.UnpublishedError{Never: map[int]error{}}
	stopped := map[string]bool{}
	var send []ports.Outgoing
	for i, r := range records {
		for _, name := range f.tooLarge {
			key, version, _ := strings.Cut(name, "@")
			if !stopped[r.Key] && strings.HasSuffix(r.Key, "/"+key) && strings.Contains(string(r.Data), `"sequence":"0000000000000000000`+version+`"`) {
				unpublished.Never[i] = &ports.TooLargeError{What: "record", Size: 2, Max: 1}
				unpublished.Err, stopped[r.Key] = unpublished.Never[i], true
			}
		}
		if stopped[r.Key] || f.fail > 0 {
			unpublished.Indexes = append(unpublished.Indexes, i)
			continue
		}
		send = append(send, r)
	}
	if f.fail > 0 {
		f.fail--
		unpublished.Err = ports.ErrUnavailable
		return unpublished
	}
	if err := f.Feed.Publish(ctx, send); err != nil {
		return err
	}
	if len(unpublished.Indexes) > 0 {
		return unpublished
	}
	return nil
}

func TestAnEventThatTheFeedNeverTakes(t *testing.T) {
	t.Parallel()
	published := func(t *testing.T, feed *smallFeed) ([]string, []ports.Quarantined) {
		t.Helper()
		w, positions := newWorld(t, estest.TallyView{}), memory.NewPositions()
		w.count("a", 1, 1)
		w.count("a", 1, 2) // a commit of two events
		w.count("a", 1, 1)
		w.count("b", 1, 2)
		running(t, w.relay(w.store, feed, positions).Run)
		eventually(t, "its position", func() bool {
			b, err := positions.Position(t.Context(), app.RelayName)
			return err == nil && b.Position != ""
		})
		items, err := w.quarantine.ListQuarantined(t.Context(), "", 10)
		require.NoError(t, err)
		return feedNow(t, feed.Feed), items
	}
	t.Run("goes into the quarantine with its commit, and stops neither other streams nor its own", func(t *testing.T) {
		t.Parallel()
		feed := &smallFeed{Feed: memory.NewFeed(time.Now), tooLarge: []string{"a@2"}}
		events, items := published(t, feed)
		assert.ElementsMatch(t, []string{"a@1", "b@1", "b@2", "a@4"}, events)
		assert.Equal(t, 2, feed.calls, "what it held back goes by another call")
		require.Len(t, items, 1)
		assert.Equal(t, app.RelayName, items[0].Consumer)
		assert.Contains(t, items[0].Shard, "/a@2", "where a redrive finds it in the store")
		assert.Contains(t, items[0].Reason, "record")
	})
	t.Run("is found also behind another", func(t *testing.T) {
		t.Parallel()
		events, items := published(t, &smallFeed{Feed: memory.NewFeed(time.Now), tooLarge: []string{"a@1", "a@4", "b@2"}})
		assert.ElementsMatch(t, []string{"a@2", "a@3", "b@1"}, events)
		assert.Len(t, items, 3)
	})
	t.Run("is no reason to give up what fails beside it and may go well later", func(t *testing.T) {
		t.Parallel()
		events, items := published(t, &smallFeed{Feed: memory.NewFeed(time.Now), tooLarge: []string{"a@1"}, fail: 1})
		assert.ElementsMatch(t, []string{"a@2", "a@3", "a@4", "b@1", "b@2"}, events)
		assert.Len(t, items, 1)
	})
}
