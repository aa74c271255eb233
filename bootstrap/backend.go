package bootstrap

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"go.uber.org/fx"

	"github.com/evercart/evercart/adapters/filearchive"
	"github.com/evercart/evercart/adapters/filescratch"
	"github.com/evercart/evercart/adapters/memory"
	"github.com/evercart/evercart/adapters/sqlite"
	"github.com/evercart/evercart/ports"
)

// Backend is every driven port of one installation.
type Backend struct {
	fx.Out

	Store      ports.EventStore
	Scanner    ports.StoreScanner
	Changes    ports.ChangeFeed // nil where functions of AWS run the pipeline, as is Feed
	Publisher  ports.Publisher
	Feed       ports.FeedReader
	Positions  ports.Positions
	Views      ports.ViewStore
	Catalog    ports.ViewCatalog
	Quarantine ports.Quarantine
	Jobs       ports.ReplayJobs
	Effects    ports.Effects
	Scratch    ports.Scratch
	Archive    ports.Archive
	Leases     ports.Leases
	Cloud      Cloud
}

// backends says what opens each backend. To swap adapters, change its line.
var backends = map[string]func(fx.Lifecycle, Config, Clock, ports.Meter) (Backend, error){
	BackendMemory: openMemory,
	BackendSQLite: openSQLite,
	BackendAWS:    openAWS,
}

// Clock tells the time.
type Clock func() time.Time

func openBackend(lc fx.Lifecycle, c Config, now Clock, meter ports.Meter) (Backend, error) {
	return backends[c.Backend](lc, c, now, meter)
}

func openMemory(_ fx.Lifecycle, _ Config, now Clock, _ ports.Meter) (Backend, error) {
	store, feed := memory.NewEventStore(), memory.NewFeed(now)
	return Backend{
		Store: store, Scanner: store, Changes: store,
		Publisher: feed, Feed: feed,
		Positions: memory.NewPositions(), Views: memory.NewViewStore(), Catalog: memory.NewViewCatalog(),
		Quarantine: memory.NewQuarantine(), Jobs: memory.NewReplayJobs(), Effects: memory.NewEffects(), Scratch: memory.NewScratch(),
		Archive: memory.NewArchive(), Leases: memory.NewLeases(),
	}, nil
}

// eventsFile is the store of the sqlite backend, in the data folder.
const eventsFile = "events.db"

// openTimeout bounds the opening of databases, which waits for other processes
// that migrate them.
const openTimeout = 30 * time.Second

func openSQLite(lc fx.Lifecycle, c Config, now Clock, _ ports.Meter) (Backend, error) {
	ctx, cancel := context.WithTimeout(context.Background(), openTimeout)
	defer cancel()
	if err := sqlite.MakeFolder(c.Data); err != nil {
		return Backend{}, fmt.Errorf("data folder %s: %w; choose another with --data or EVERCART_DATA", c.Data, err)
	}
	archive, err := filearchive.New(filepath.Join(c.Data, "archive"))
	if err != nil {
		return Backend{}, err
	}
	store, err := sqlite.OpenEventStore(ctx, filepath.Join(c.Data, eventsFile))
	if err != nil {
		return Backend{}, err
	}
	feed, err := sqlite.OpenFeed(ctx, filepath.Join(c.Data, "feed.db"), now)
	if err != nil {
		return Backend{}, errors.Join(err, store.Close())
	}
	views, err := sqlite.OpenViews(ctx, filepath.Join(c.Data, "views.db"))
	if err != nil {
		return Backend{}, errors.Join(err, feed.Close(), store.Close())
	}
	lc.Append(fx.StopHook(func() error { return errors.Join(views.Close(), feed.Close(), store.Close()) }))
	return Backend{
		Store: store, Scanner: store, Changes: store,
		Publisher: feed, Feed: feed,
		Positions: views, Views: views, Catalog: views, Quarantine: views, Jobs: views, Effects: views,
		Scratch: filescratch.New(c.Data),
		Archive: archive, Leases: sqlite.NewLeases(c.Data),
	}, nil
}
