package sqlite

import (
	"bytes"
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/ports"
)

// fillDisk leaves d no room to grow until the test calls the func that it returns.
func fillDisk(t *testing.T, d *database) (empty func()) {
	t.Helper()
	setMax := func(pages string) {
		_, err := d.write.ExecContext(t.Context(), "PRAGMA max_page_count = "+pages)
		require.NoError(t, err)
	}
	setMax("1") // SQLite makes it the present size
	return func() { setMax("1000000") }
}

// holdLock holds the write lock of d's file, as another process would, until the
// test calls the func that it returns.
func holdLock(t *testing.T, d *database) (unlock func()) {
	t.Helper()
	other, err := pool(dsn(d.path), 1)
	require.NoError(t, err)
	tx, err := other.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	return func() {
		require.NoError(t, tx.Rollback())
		require.NoError(t, other.Close())
	}
}

func faultyFeed(t *testing.T) *Feed {
	t.Helper()
	f, err := OpenFeed(t.Context(), filepath.Join(t.TempDir(), "feed.db"), time.Now)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, f.Close()) })
	return f
}

func TestFeedUnderFaults(t *testing.T) {
	t.Parallel()
	large := bytes.Repeat([]byte("x"), 1<<20)

	t.Run("a full disk names the records, and there is room again later", func(t *testing.T) {
		t.Parallel()
		f := faultyFeed(t)
		empty := fillDisk(t, f.db)
		err := f.Publish(t.Context(), []ports.Outgoing{{Key: "cart/a", Data: []byte("1")}, {Key: "cart/b", Data: large}})
		var unpublished *ports.UnpublishedError
		require.ErrorAs(t, err, &unpublished)
		assert.Equal(t, []int{0, 1}, unpublished.Indexes)
		require.ErrorIs(t, err, ports.ErrUnavailable)
		assert.ErrorContains(t, err, f.db.path)

		empty()
		tip, err := f.Tip(t.Context())
		require.NoError(t, err)
		assert.Equal(t, ports.Record{}, tip, "nothing was published")
		require.NoError(t, f.Publish(t.Context(), []ports.Outgoing{{Key: "cart/a", Data: large}}))
	})

	t.Run("of many transactions those before the fault are on the feed", func(t *testing.T) {
		t.Parallel()
		f := faultyFeed(t)
		_, err := f.db.write.ExecContext(t.Context(), "PRAGMA max_page_count = 150")
		require.NoError(t, err)
		records := make([]ports.Outgoing, publishBatch+500)
		for i := range records {
			records[i] = ports.Outgoing{Key: "cart/a", Data: large[:400]}
		}
		records[0].Data = large[:11<<10]
		records[publishBatch].Data = large
		err = f.Publish(t.Context(), records)
		var unpublished *ports.UnpublishedError
		require.ErrorAs(t, err, &unpublished)
		assert.Equal(t, publishBatch, unpublished.Indexes[0])
		assert.Len(t, unpublished.Indexes, 500)
		got, err := f.Fetch(t.Context(), "", 2*publishBatch)
		require.NoError(t, err)
		assert.Len(t, got, publishBatch)
	})

	t.Run("a call that waits for the lock ends with its context", func(t *testing.T) {
		t.Parallel()
		f := faultyFeed(t)
		unlock := holdLock(t, f.db)
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		err := f.Publish(ctx, []ports.Outgoing{{Key: "cart/a"}})
		require.ErrorIs(t, err, context.DeadlineExceeded)
		unlock()
		assert.NoError(t, f.Publish(t.Context(), []ports.Outgoing{{Key: "cart/a"}}))
	})

	t.Run("a call waits for another process that writes", func(t *testing.T) {
		t.Parallel()
		f := faultyFeed(t)
		unlock := holdLock(t, f.db)
		published := make(chan error, 1)
		go func() { published <- f.Publish(t.Context(), []ports.Outgoing{{Key: "cart/a"}}) }()
		select {
		case err := <-published:
			require.Fail(t, "published past the lock", "%v", err)
		case <-time.After(20 * time.Millisecond):
		}
		unlock()
		assert.NoError(t, <-published)
	})
}

func TestOpeningTheWrongFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "views.db")
	v, err := OpenViews(t.Context(), path)
	require.NoError(t, err)
	require.NoError(t, v.Close())
	_, err = OpenFeed(t.Context(), path, time.Now)
	var format *ports.FormatError
	require.ErrorAs(t, err, &format)
	assert.Equal(t, path, format.What)
}
