package bootstrap

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/memory"
	"github.com/evercart/evercart/adapters/sqlite"
	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/ports"
)

// kept is upkeep over a feed of ten records, one an hour, the last of which has just
// come.
type kept struct {
	*upkeep
	feed *sqlite.Feed
	now  time.Time
	at   []ports.Record
}

func newKept(t *testing.T, followers ...string) *kept {
	t.Helper()
	k := &kept{now: time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)}
	clock := func() time.Time { return k.now }
	feed, err := sqlite.OpenFeed(t.Context(), filepath.Join(t.TempDir(), "feed.db"), clock)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, feed.Close()) })
	for i := range 10 {
		if i > 0 {
			k.now = k.now.Add(time.Hour)
		}
		require.NoError(t, feed.Publish(t.Context(), []ports.Outgoing{{Key: "cart/a", Data: fmt.Append(nil, i)}}))
	}
	k.at, err = feed.Fetch(t.Context(), "", 10)
	require.NoError(t, err)
	k.feed = feed
	k.upkeep = &upkeep{
		feed: feed, positions: memory.NewPositions(), followers: followers, retention: 3 * time.Hour,
		now: clock, log: slog.New(slog.DiscardHandler),
	}
	return k
}

// reads says that a follower has read the first n records.
func (k *kept) reads(t *testing.T, follower string, n int) {
	t.Helper()
	at := k.at[n-1]
	require.NoError(t, k.positions.SavePosition(t.Context(), follower, ports.Bookmark{Position: at.Position, Arrival: at.Arrival}))
}

// first returns the first record that is left.
func (k *kept) first(t *testing.T) string {
	t.Helper()
	records, err := k.feed.Fetch(t.Context(), "", 1)
	require.NoError(t, err)
	return string(records[0].Data)
}

func TestTrimming(t *testing.T) {
	t.Parallel()
	t.Run("takes what is older than the retention and read by everybody", func(t *testing.T) {
		t.Parallel()
		k := newKept(t, "archive", "carts")
		k.reads(t, "archive", 10)
		k.reads(t, "carts", 9)
		n, err := k.trimOnce(t.Context(), k.feed)
		require.NoError(t, err)
		assert.Equal(t, int64(6), n)
		assert.Equal(t, "6", k.first(t))
	})
	t.Run("leaves what the slowest has not read, however old", func(t *testing.T) {
		t.Parallel()
		for _, slow := range []string{"archive", "carts"} {
			k := newKept(t, "archive", "carts")
			k.reads(t, "archive", 10)
			k.reads(t, "carts", 10)
			k.reads(t, slow, 3)
			_, err := k.trimOnce(t.Context(), k.feed)
			require.NoError(t, err)
			records, err := k.feed.Fetch(t.Context(), k.at[2].Position, 10)
			require.NoError(t, err)
			assert.Len(t, records, 7)
		}
	})
	t.Run("takes nothing while a follower has read nothing", func(t *testing.T) {
		t.Parallel()
		k := newKept(t, "archive", "carts")
		k.reads(t, "archive", 10)
		n, err := k.trimOnce(t.Context(), k.feed)
		require.NoError(t, err)
		assert.Zero(t, n)
	})
	t.Run("says when a follower stands in another feed, and takes nothing", func(t *testing.T) {
		t.Parallel()
		k := newKept(t, "archive")
		require.NoError(t, k.positions.SavePosition(t.Context(), "archive", ports.Bookmark{Position: "elsewhere", Arrival: k.now}))
		_, err := k.trimOnce(t.Context(), k.feed)
		assert.ErrorIs(t, err, ports.ErrForeignPosition)
		assert.Equal(t, "0", k.first(t))
	})
	t.Run("goes on until it is told to stop", func(t *testing.T) {
		t.Parallel()
		k := newKept(t, "archive")
		k.reads(t, "archive", 10)
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() { defer close(ended); k.trim(ctx) }()
		require.Eventually(t, func() bool { return k.first(t) == "6" }, time.Minute, time.Millisecond)
		cancel()
		<-ended
	})
}

// fitful is an archive that cannot be listed the first times.
type fitful struct {
	ports.Archive
	left atomic.Int64
}

func (f *fitful) Objects(ctx context.Context, from, to time.Time) iter.Seq2[ports.ArchiveObject, error] {
	if f.left.Add(-1) >= 0 {
		return func(yield func(ports.ArchiveObject, error) bool) { yield(ports.ArchiveObject{}, errors.New("not now")) }
	}
	return f.Archive.Objects(ctx, from, to)
}

func TestTheBeginningOfAView(t *testing.T) {
	t.Parallel()
	begun := func(t *testing.T, archive ports.Archive) *upkeep {
		t.Helper()
		clock := time.Now
		return &upkeep{
			rebuilder: &app.Rebuilder{
				Archive: archive, Catalog: memory.NewViewCatalog(), Jobs: memory.NewReplayJobs(), Now: clock, Log: slog.New(slog.DiscardHandler),
				Kinds: map[string]app.ViewKind{"carts": {Category: "cart"}},
			},
			positions: memory.NewPositions(), now: clock, log: slog.New(slog.DiscardHandler),
		}
	}
	filled := memory.NewArchive()
	_, err := filled.WriteObject(t.Context(), ports.ArchiveBatch{Shard: "0", First: "1", Last: "1", Arrival: time.Now()}, [][]byte{[]byte("x")})
	require.NoError(t, err)
	t.Run("is a rebuild where the archive holds events, also after a fault", func(t *testing.T) {
		t.Parallel()
		archive := &fitful{Archive: filled}
		archive.left.Store(1)
		u := begun(t, archive)
		require.True(t, u.begin(t.Context(), "carts"))
		jobs, err := u.rebuilder.Jobs.ListReplayJobs(t.Context(), "", 9)
		require.NoError(t, err)
		require.Len(t, jobs, 1)
		assert.Equal(t, ports.Target{Consumer: "carts", Generation: 2}, jobs[0].Target)
	})
	t.Run("is none where its consumer has come somewhere already", func(t *testing.T) {
		t.Parallel()
		u := begun(t, filled)
		require.NoError(t, u.positions.SavePosition(t.Context(), "carts", ports.Bookmark{Position: "7"}))
		require.True(t, u.begin(t.Context(), "carts"))
		jobs, err := u.rebuilder.Jobs.ListReplayJobs(t.Context(), "", 9)
		require.NoError(t, err)
		assert.Empty(t, jobs)
	})
	t.Run("ends with its context", func(t *testing.T) {
		t.Parallel()
		archive := &fitful{Archive: filled}
		archive.left.Store(1 << 40)
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(20*time.Millisecond, cancel)
		assert.False(t, begun(t, archive).begin(ctx, "carts"))
	})
}

func TestReplayIDs(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 24, 9, 45, 0, 123e6, time.FixedZone("", 3600))
	id := NewReplayID(func() time.Time { return at })
	assert.Regexp(t, `^20261124t084500123-[a-z0-9]{4}$`, id)
	assert.Less(t, id, NewReplayID(func() time.Time { return at.Add(time.Millisecond) }))
}
