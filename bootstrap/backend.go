package bootstrap

import (
	"time"

	"go.uber.org/fx"

	"github.com/evercart/evercart/adapters/memory"
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
var backends = map[string]func(fx.Lifecycle, Config, Clock, ports.Meter, access) (Backend, error){
	BackendMemory: openMemory,
	BackendSQLite: openSQLite,
	BackendAWS:    openAWS,
}

// Clock tells the time.
type Clock func() time.Time

// access is what a program does with the data.
type access uint8

const (
	serving   access = iota // all that there is to do
	operating               // what one command does, which need not be writing the archive
	looking                 // only reading: what is not there is not made
)

func openBackend(lc fx.Lifecycle, c Config, now Clock, meter ports.Meter, a access) (Backend, error) {
	return backends[c.Backend](lc, c, now, meter, a)
}

func openMemory(_ fx.Lifecycle, _ Config, now Clock, _ ports.Meter, _ access) (Backend, error) {
	store, feed := memory.NewEventStore(), memory.NewFeed(now)
	return Backend{
		Store: store, Scanner: store, Changes: store,
		Publisher: feed, Feed: feed,
		Positions: memory.NewPositions(), Views: memory.NewViewStore(), Catalog: memory.NewViewCatalog(),
		Quarantine: memory.NewQuarantine(), Jobs: memory.NewReplayJobs(), Effects: memory.NewEffects(), Scratch: memory.NewScratch(),
		Archive: memory.NewArchive(), Leases: memory.NewLeases(),
	}, nil
}
