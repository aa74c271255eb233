package bootstrap_test

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/filearchive"
	"github.com/evercart/evercart/adapters/sqlite"
	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/core/cart"
	"github.com/evercart/evercart/core/es"
	"github.com/evercart/evercart/core/es/estest"
	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/envelope"
)

// A second aggregate goes through store, relay, feed, archive and a view, beside
// carts and in the same files, without a change outside its own package.
func TestASecondAggregateNeedsNoChangeElsewhere(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	store, err := sqlite.OpenEventStore(t.Context(), filepath.Join(data, "events.db"))
	require.NoError(t, err)
	feed, err := sqlite.OpenFeed(t.Context(), filepath.Join(data, "feed.db"), time.Now)
	require.NoError(t, err)
	views, err := sqlite.OpenViews(t.Context(), filepath.Join(data, "views.db"))
	require.NoError(t, err)
	archive, err := filearchive.New(filepath.Join(data, "archive"))
	require.NoError(t, err)
	ids := es.NewIDs(time.Now, [32]byte{1})
	track := app.TrackOptions{Now: time.Now, Log: silent()}

	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	var parts sync.WaitGroup
	t.Cleanup(func() {
		stop()
		parts.Wait()
		require.NoError(t, store.Close())
		require.NoError(t, feed.Close())
		require.NoError(t, views.Close())
	})
	relay := &app.Relay{
		Changes: store, Publisher: feed, Positions: views, Quarantine: views, Source: "/test",
		Meter: ports.NoMeter{}, Now: time.Now, Log: silent(),
	}
	parts.Go(func() { relay.Run(ctx) })
	for _, consumer := range []app.Consumer{
		app.NewArchiver(archive, views, time.Now, ports.NoMeter{}),
		app.NewProjector(estest.Tally{}, es.View[estest.TallyState](estest.TallyView{}), ports.EventStore(store), views, views, views, track),
		app.NewProjector(cart.Aggregate{}, es.View[cart.State](cart.CartsView{}), ports.EventStore(store), views, views, views, track),
	} {
		s := &app.Subscription{Reader: feed, Positions: views, Consumer: consumer, Meter: ports.NoMeter{}, Now: time.Now, Log: silent()}
		parts.Go(func() { s.Run(ctx) })
	}

	options := app.CommandOptions{Now: time.Now, NewID: ids.New, CacheStreams: 10}
	tallies := app.NewCommands(estest.Tally{}, ports.EventStore(store), options)
	carts := app.NewCommands(cart.Aggregate{}, ports.EventStore(store), options)
	for i := range 20 {
		key := fmt.Sprint("k-", i)
		_, err := tallies.Handle(t.Context(), &app.Request[estest.TallyCommand]{ID: fmt.Sprint(i % 3), Command: estest.Count{N: i + 1, Times: 1 + i%2}, CommandID: key})
		require.NoError(t, err)
		_, err = carts.Handle(t.Context(), &app.Request[cart.Command]{ID: fmt.Sprint(i), Command: cart.OpenCart{}, CommandID: key})
		require.NoError(t, err)
	}

	sums := func() map[string]string {
		rows, err := views.Query(t.Context(), ports.Target{Consumer: "sums", Generation: 1}, ports.RowQuery{Partition: "all", Limit: 100})
		require.NoError(t, err)
		all := map[string]string{}
		for _, r := range rows {
			all[r.Sort] = string(r.Value)
		}
		return all
	}
	want := map[string]string{}
	sum := func(id int) (n int) {
		for i := id; i < 20; i += 3 {
			n += (i + 1) * (1 + i%2)
		}
		return n
	}
	for id := range 3 {
		want[fmt.Sprint(id)] = fmt.Sprint(sum(id))
	}
	require.Eventually(t, func() bool { return assert.ObjectsAreEqual(want, sums()) }, 20*time.Second, 10*time.Millisecond, "the second aggregate's view")

	archived := func() map[string]int {
		events := map[string]int{}
		for object, err := range archive.Objects(t.Context(), time.Time{}, time.Time{}) {
			require.NoError(t, err)
			for line, err := range archive.Lines(t.Context(), object.Key) {
				require.NoError(t, err)
				e, err := envelope.ParseWire(string(line))
				require.NoError(t, err)
				events[e.Stream.Category]++
			}
		}
		return events
	}
	all := map[string]int{"tally": 30, "cart": 20}
	require.Eventually(t, func() bool { return assert.ObjectsAreEqual(all, archived()) }, 20*time.Second, 10*time.Millisecond, "both in the archive")
	tip, err := feed.Tip(t.Context())
	require.NoError(t, err)
	require.Eventually(t, func() bool {
		b, err := views.Position(t.Context(), "carts")
		return err == nil && b.Position == tip.Position
	}, 20*time.Second, 10*time.Millisecond, "carts passes over the other's events")
	quarantined, err := app.AllQuarantined(t.Context(), views)
	require.NoError(t, err)
	assert.Empty(t, quarantined)
}
