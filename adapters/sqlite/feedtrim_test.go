package sqlite_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/sqlite"
	"github.com/evercart/evercart/ports"
)

// hourly returns a feed of n records that arrived at noon and every hour after.
func hourly(t *testing.T, n int) (*sqlite.Feed, []ports.Record) {
	t.Helper()
	now := noon
	f := openFeed(t, feedPath(t), func() time.Time { return now })
	for i := range n {
		publish(t, f, i+1, 1)
		now = now.Add(time.Hour)
	}
	return f, fetch(t, f, "", n)
}

func TestFeedTrim(t *testing.T) {
	t.Parallel()

	t.Run("what a follower has not read stays, however old", func(t *testing.T) {
		t.Parallel()
		f, records := hourly(t, 4)
		n, err := f.Trim(t.Context(), noon.Add(time.Hour*1000), records[1].Position)
		require.NoError(t, err)
		assert.EqualValues(t, 2, n)
		assert.Equal(t, []string{`{"n":3}`, `{"n":4}`}, contents(fetch(t, f, "", 10)))
	})

	t.Run("what is young stays, whoever has read it", func(t *testing.T) {
		t.Parallel()
		f, records := hourly(t, 4)
		n, err := f.Trim(t.Context(), records[1].Arrival, records[3].Position)
		require.NoError(t, err)
		assert.EqualValues(t, 1, n, "the time itself is not before")
		assert.Equal(t, []string{`{"n":2}`, `{"n":3}`, `{"n":4}`}, contents(fetch(t, f, "", 10)))
	})

	t.Run("where nobody has read anything, nothing goes", func(t *testing.T) {
		t.Parallel()
		f, _ := hourly(t, 2)
		n, err := f.Trim(t.Context(), noon.Add(time.Hour*1000), "")
		require.NoError(t, err)
		assert.Zero(t, n)
	})

	t.Run("an emptied feed keeps its tip, and numbers are not used again", func(t *testing.T) {
		t.Parallel()
		path := feedPath(t)
		f := openFeed(t, path, atNoon)
		publish(t, f, 1, 2500)
		tip, err := f.Tip(t.Context())
		require.NoError(t, err)
		n, err := f.Trim(t.Context(), noon.Add(time.Second), tip.Position)
		require.NoError(t, err)
		assert.EqualValues(t, 2500, n)

		again := openFeed(t, path, func() time.Time { return noon.Add(-time.Hour) })
		kept, err := again.Tip(t.Context())
		require.NoError(t, err)
		assert.Equal(t, tip, kept)
		publish(t, again, 2501, 1)
		next := fetch(t, again, "", 10)
		assert.Equal(t, []string{`{"n":2501}`}, contents(next))
		assert.Greater(t, next[0].Position, tip.Position)
		assert.Equal(t, noon, next[0].Arrival)
	})

	t.Run("a reader who stands before trimmed records waits for the next", func(t *testing.T) {
		t.Parallel()
		f, records := hourly(t, 3)
		_, err := f.Trim(t.Context(), noon.Add(time.Hour*1000), records[2].Position)
		require.NoError(t, err)
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		got := make(chan []ports.Record, 1)
		go func() {
			records, _ := f.Fetch(ctx, records[0].Position, 10)
			got <- records
		}()
		publish(t, f, 4, 1)
		assert.Equal(t, []string{`{"n":4}`}, contents(<-got))
	})

	t.Run("a position of another feed trims nothing", func(t *testing.T) {
		t.Parallel()
		f, _ := hourly(t, 2)
		_, others := hourly(t, 2)
		_, err := f.Trim(t.Context(), noon.Add(time.Hour*1000), others[1].Position)
		require.ErrorIs(t, err, ports.ErrForeignPosition)
		assert.Len(t, fetch(t, f, "", 10), 2)
	})
}
