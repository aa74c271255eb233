package powerloss_test

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"sync"
	"time"

	"github.com/evercart/evercart/adapters/filearchive"
	"github.com/evercart/evercart/adapters/sqlite"
	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/core/cart"
	"github.com/evercart/evercart/core/es"
	"github.com/evercart/evercart/ports"
)

// installation is a data folder in use: the three databases, the archive, and the
// pipeline.
type installation struct {
	store    *sqlite.EventStore
	feed     *sqlite.Feed
	views    *sqlite.Views
	archive  ports.Archive
	commands *app.Commands[cart.State, cart.Command, cart.Event]
	queries  *app.Queries[cart.State, cart.Command, cart.Event]
	stop     func() error
}

// begin opens folder and runs the pipeline. archived, if it is not nil, stands
// between the archiver and the archive.
func begin(ctx context.Context, folder string, seed byte, archived func(ports.Archive) ports.Archive) (*installation, error) {
	var i installation
	var err error
	if i.store, err = sqlite.OpenEventStore(ctx, filepath.Join(folder, "events.db")); err != nil {
		return nil, err
	}
	if i.feed, err = sqlite.OpenFeed(ctx, filepath.Join(folder, "feed.db"), time.Now); err != nil {
		return nil, errors.Join(err, i.store.Close())
	}
	if i.views, err = sqlite.OpenViews(ctx, filepath.Join(folder, "views.db")); err != nil {
		return nil, errors.Join(err, i.feed.Close(), i.store.Close())
	}
	if i.archive, err = filearchive.New(filepath.Join(folder, "archive")); err != nil {
		return nil, errors.Join(err, i.views.Close(), i.feed.Close(), i.store.Close())
	}
	if archived != nil {
		i.archive = archived(i.archive)
	}
	i.commands = app.NewCommands(cart.Aggregate{}, ports.EventStore(i.store), app.CommandOptions{
		Now: time.Now, NewID: es.NewIDs(time.Now, [32]byte{seed}).New, CacheStreams: 100,
	})
	i.queries = app.NewQueries(cart.Aggregate{}, ports.EventStore(i.store), "/powerloss")
	i.stop = i.run(context.WithoutCancel(ctx))
	return &i, nil
}

// run runs the pipeline until the function that it returns is called, which closes
// everything.
func (i *installation) run(ctx context.Context) (stop func() error) {
	ctx, cancel := context.WithCancel(ctx)
	log := slog.New(slog.DiscardHandler)
	relay := &app.Relay{
		Changes: i.store, Publisher: i.feed, Positions: i.views, Quarantine: i.views, Source: "/powerloss",
		Meter: ports.NoMeter{}, Now: time.Now, Log: log,
	}
	var parts sync.WaitGroup
	parts.Go(func() { relay.Run(ctx) })
	for _, consumer := range []app.Consumer{
		app.NewArchiver(i.archive, i.views, time.Now, ports.NoMeter{}),
		app.NewProjector(cart.Aggregate{}, es.View[cart.State](cart.CartsView{}), ports.EventStore(i.store), i.views, i.views, i.views,
			app.TrackOptions{Now: time.Now, Log: log}),
	} {
		s := &app.Subscription{Reader: i.feed, Positions: i.views, Consumer: consumer, Meter: ports.NoMeter{}, Now: time.Now, Log: log}
		parts.Go(func() { s.Run(ctx) })
	}
	return func() error {
		cancel()
		parts.Wait()
		return errors.Join(i.views.Close(), i.feed.Close(), i.store.Close())
	}
}
