package sqlite_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/sqlite"
	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/porttest"
)

// noon is when tests begin.
var noon = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

func atNoon() time.Time { return noon }

// openFeed opens the feed in the file at path until the test ends.
func openFeed(t testing.TB, path string, now func() time.Time) *sqlite.Feed {
	t.Helper()
	f, err := sqlite.OpenFeed(t.Context(), path, now)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, f.Close()) })
	return f
}

func feedPath(t testing.TB) string { return filepath.Join(t.TempDir(), "feed.db") }

// publish puts n records on the feed, numbered on from first in their data.
func publish(t testing.TB, f *sqlite.Feed, first, n int) {
	t.Helper()
	records := make([]ports.Outgoing, n)
	for i := range records {
		records[i] = ports.Outgoing{Key: "cart/a", Data: fmt.Appendf(nil, `{"n":%d}`, first+i)}
	}
	require.NoError(t, f.Publish(t.Context(), records))
}

// fetch reads the next records, which must come soon.
func fetch(t testing.TB, f *sqlite.Feed, after ports.Position, limit int) []ports.Record {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	records, err := f.Fetch(ctx, after, limit)
	require.NoError(t, err)
	return records
}

func contents(records []ports.Record) []string {
	var all []string
	for _, r := range records {
		all = append(all, string(r.Data))
	}
	return all
}

func TestFeedConformance(t *testing.T) {
	t.Parallel()
	porttest.Run(t, func(t *testing.T) porttest.ReadableFeed {
		return openFeed(t, feedPath(t), time.Now)
	}, porttest.Feed())
}

func TestFeedPublish(t *testing.T) {
	t.Parallel()

	t.Run("more records than one transaction takes stay in order", func(t *testing.T) {
		t.Parallel()
		f := openFeed(t, feedPath(t), atNoon)
		publish(t, f, 1, 2500)
		records := fetch(t, f, "", 3000)
		require.Len(t, records, 2500)
		for i, r := range records {
			require.Equal(t, fmt.Sprintf(`{"n":%d}`, i+1), string(r.Data))
		}
	})

	t.Run("bytes that are no text come back as they were", func(t *testing.T) {
		t.Parallel()
		f := openFeed(t, feedPath(t), atNoon)
		for _, data := range []string{"", "\x00", "a\x00b", "\xff\xfe", "{\"item\":\"Tee 🍵\"}"} {
			tip, err := f.Tip(t.Context())
			require.NoError(t, err)
			require.NoError(t, f.Publish(t.Context(), []ports.Outgoing{{Key: "cart/a", Data: []byte(data)}}))
			records := fetch(t, f, tip.Position, 1)
			assert.Equal(t, []string{data}, contents(records))
		}
	})

	t.Run("a record that is too large holds back the later ones of its key only", func(t *testing.T) {
		t.Parallel()
		f := openFeed(t, feedPath(t), atNoon)
		huge := []byte(strings.Repeat("x", 10<<20+1))
		err := f.Publish(t.Context(), []ports.Outgoing{
			{Key: "cart/a", Data: []byte("a1")},
			{Key: "cart/a", Data: huge},
			{Key: "cart/b", Data: []byte("b1")},
			{Key: "cart/a", Data: []byte("a3")},
			{Key: "cart/b", Data: []byte("b2")},
		})
		var unpublished *ports.UnpublishedError
		require.ErrorAs(t, err, &unpublished)
		assert.Equal(t, []int{1, 3}, unpublished.Indexes)
		var tooLarge *ports.TooLargeError
		assert.ErrorAs(t, err, &tooLarge)
		require.Len(t, unpublished.Never, 1)
		assert.ErrorAs(t, unpublished.Never[1], &tooLarge, "the other comes when that is out of the way")
		assert.Equal(t, []string{"a1", "b1", "b2"}, contents(fetch(t, f, "", 10)))
	})

	t.Run("the largest record is taken", func(t *testing.T) {
		t.Parallel()
		f := openFeed(t, feedPath(t), atNoon)
		require.NoError(t, f.Publish(t.Context(), []ports.Outgoing{{Key: "cart/a", Data: make([]byte, 10<<20)}}))
		assert.Len(t, fetch(t, f, "", 1)[0].Data, 10<<20)
	})

	t.Run("an arrival is never before its predecessor's", func(t *testing.T) {
		t.Parallel()
		now := noon
		f := openFeed(t, feedPath(t), func() time.Time { return now })
		publish(t, f, 1, 1)
		now = noon.Add(-time.Hour)
		publish(t, f, 2, 1)
		now = noon.Add(time.Microsecond)
		publish(t, f, 3, 1)
		var arrivals []time.Time
		for _, r := range fetch(t, f, "", 3) {
			arrivals = append(arrivals, r.Arrival)
		}
		assert.Equal(t, []time.Time{noon, noon, noon.Add(time.Microsecond)}, arrivals)
	})

	t.Run("after a cancelled call all its records are named, in order", func(t *testing.T) {
		t.Parallel()
		f := openFeed(t, feedPath(t), atNoon)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		err := f.Publish(ctx, []ports.Outgoing{
			{Key: "cart/a", Data: []byte("1")}, {Key: "cart/b", Data: make([]byte, 10<<20+1)}, {Key: "cart/c", Data: []byte("2")},
		})
		var unpublished *ports.UnpublishedError
		require.ErrorAs(t, err, &unpublished)
		assert.Equal(t, []int{0, 1, 2}, unpublished.Indexes)
		assert.ErrorIs(t, err, context.Canceled)
	})
}

func TestAFetchOfLargeRecordsIsBounded(t *testing.T) {
	t.Parallel()
	f := openFeed(t, feedPath(t), time.Now)
	large := []byte(`{"pad":"` + strings.Repeat("x", 3<<20) + `"}`)
	records := make([]ports.Outgoing, 5)
	for i := range records {
		records[i] = ports.Outgoing{Key: "cart/a", Data: large}
	}
	require.NoError(t, f.Publish(t.Context(), records))
	first := fetch(t, f, "", 500)
	size := len(large)
	require.Equal(t, []int{size, size, size}, sizes(first), "some 8 MiB")
	assert.Equal(t, []int{size, size}, sizes(fetch(t, f, first[2].Position, 500)), "then the rest")
	assert.Equal(t, []int{size, size}, sizes(fetch(t, f, "", 2)))
}

// sizes says of records what fits on a screen when they are large.
func sizes(records []ports.Record) []int {
	all := make([]int, len(records))
	for i := range records {
		all[i] = len(records[i].Data)
	}
	return all
}
