package memory_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/memory"
	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/porttest"
)

func TestFeed(t *testing.T) {
	t.Parallel()
	open := func(*testing.T) porttest.ReadableFeed { return memory.NewFeed(time.Now) }
	porttest.Run(t, open, porttest.Feed())
}

func TestArrivals(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 1, 2, 3, 4, 5, 6_789, time.FixedZone("", 3600))

	t.Run("are whole microseconds in UTC", func(t *testing.T) {
		t.Parallel()
		assert.Equal(t, []time.Time{time.Date(2026, 1, 2, 2, 4, 5, 6_000, time.UTC)}, arrivals(t, start))
	})

	t.Run("stand still while the clock goes backwards", func(t *testing.T) {
		t.Parallel()
		got := arrivals(t, start, start.Add(time.Second), start.Add(-time.Hour), start, start.Add(2*time.Second))
		first := start.UTC().Truncate(time.Microsecond)
		assert.Equal(t, []time.Time{
			first, first.Add(time.Second), first.Add(time.Second), first.Add(time.Second), first.Add(2 * time.Second),
		}, got)
	})
}

// arrivals publishes a record at each instant and returns when they arrived.
func arrivals(t *testing.T, instants ...time.Time) []time.Time {
	t.Helper()
	next := 0
	f := memory.NewFeed(func() time.Time { next++; return instants[next-1] })
	for range instants {
		require.NoError(t, f.Publish(t.Context(), []ports.Outgoing{{Key: "cart/1", Data: []byte("{}")}}))
	}
	records, err := f.Fetch(t.Context(), "", len(instants))
	require.NoError(t, err)
	got := make([]time.Time, len(records))
	for i, r := range records {
		got[i] = r.Arrival
	}
	return got
}
