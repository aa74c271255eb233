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

// soon is the time within which one process must see what another wrote. It is
// the promise of the ports and serves as a limit on waits.
const soon = 200 * time.Millisecond

func TestFeedInSeveralProcesses(t *testing.T) {
	t.Parallel()

	t.Run("a waiting reader sees what another handle publishes within 200 ms", func(t *testing.T) {
		t.Parallel()
		path := feedPath(t)
		reader, writer := openFeed(t, path, atNoon), openFeed(t, path, atNoon)
		var after ports.Position
		fastest := time.Hour // of several tries: a busy machine may delay some
		for i := range 5 {
			type result struct {
				records []ports.Record
				at      time.Time
			}
			got := make(chan result, 1)
			go func() {
				records, _ := reader.Fetch(t.Context(), after, 10)
				got <- result{records, time.Now()}
			}()
			publish(t, writer, i, 1)
			published := time.Now()
			select {
			case r := <-got:
				require.Len(t, r.records, 1)
				after = r.records[0].Position
				fastest = min(fastest, r.at.Sub(published))
			case <-time.After(10 * time.Second):
				require.Fail(t, "the record was never seen")
			}
		}
		assert.Less(t, fastest, soon)
	})

	t.Run("two handles number their records in one row", func(t *testing.T) {
		t.Parallel()
		path := feedPath(t)
		a, b := openFeed(t, path, atNoon), openFeed(t, path, atNoon)
		publish(t, a, 1, 2)
		publish(t, b, 3, 2)
		publish(t, a, 5, 1)
		want := []string{`{"n":1}`, `{"n":2}`, `{"n":3}`, `{"n":4}`, `{"n":5}`}
		assert.Equal(t, want, contents(fetch(t, a, "", 10)))
		assert.Equal(t, fetch(t, a, "", 10), fetch(t, b, "", 10))
	})
}

func TestFeedReopened(t *testing.T) {
	t.Parallel()

	t.Run("positions survive and go on", func(t *testing.T) {
		t.Parallel()
		path := feedPath(t)
		first, err := sqlite.OpenFeed(t.Context(), path, atNoon)
		require.NoError(t, err)
		publish(t, first, 1, 3)
		before := fetch(t, first, "", 10)
		require.NoError(t, first.Close())

		again := openFeed(t, path, atNoon)
		tip, err := again.Tip(t.Context())
		require.NoError(t, err)
		assert.Equal(t, before[2].Position, tip.Position)
		publish(t, again, 4, 1)
		assert.Equal(t, []string{`{"n":3}`, `{"n":4}`}, contents(fetch(t, again, before[1].Position, 10)))
	})

	t.Run("a call on a closed feed fails", func(t *testing.T) {
		t.Parallel()
		f, err := sqlite.OpenFeed(t.Context(), feedPath(t), atNoon)
		require.NoError(t, err)
		waiting := make(chan error, 1)
		go func() {
			_, err := f.Fetch(t.Context(), "", 1)
			waiting <- err
		}()
		require.NoError(t, f.Close())
		assert.ErrorContains(t, <-waiting, "closed")
		assert.ErrorContains(t, f.Publish(t.Context(), []ports.Outgoing{{Key: "cart/a"}}), "closed")
	})
}

func TestFeedForeignPositions(t *testing.T) {
	t.Parallel()

	t.Run("a position of another feed is refused", func(t *testing.T) {
		t.Parallel()
		ours, other := openFeed(t, feedPath(t), atNoon), openFeed(t, feedPath(t), atNoon)
		publish(t, ours, 1, 1)
		publish(t, other, 1, 1)
		_, err := ours.Fetch(t.Context(), fetch(t, other, "", 1)[0].Position, 1)
		assert.ErrorIs(t, err, ports.ErrForeignPosition)
	})

	t.Run("a position after the newest record is refused, for the file must be an older copy", func(t *testing.T) {
		t.Parallel()
		f := openFeed(t, feedPath(t), atNoon)
		publish(t, f, 1, 1)
		tip := fetch(t, f, "", 1)[0].Position
		beyond := tip[:len(tip)-1] + "2"
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		_, err := f.Fetch(ctx, beyond, 1)
		assert.ErrorIs(t, err, ports.ErrForeignPosition)
	})
}
