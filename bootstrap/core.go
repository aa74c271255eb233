package bootstrap

import (
	"crypto/rand"
	"log/slog"
	"time"

	"github.com/google/uuid"
	"go.uber.org/fx"

	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/core/app/carts"
	"github.com/evercart/evercart/core/cart"
	"github.com/evercart/evercart/core/es"
	"github.com/evercart/evercart/ports"
)

type (
	// CartCommands carries out the commands of carts.
	CartCommands = app.Commands[cart.State, cart.Command, cart.Event]
	// CartQueries answers questions about carts.
	CartQueries = app.Queries[cart.State, cart.Command, cart.Event]
)

// core provides the use cases over a backend's ports.
func core(c Config, log *slog.Logger, a access) fx.Option {
	return fx.Options(
		fx.NopLogger,
		fx.Supply(c, log, a),
		fx.Provide(
			newClock, newIDs, openBackend,
			newCommands, newQueries, newViewReader, newProjectors, newArchiver, newRedriver, newChecks, newBackfiller, newRestorer,
			newNotifier, newNotify, newReminder,
		),
		replays(),
	)
}

func newClock() Clock { return time.Now }

func newIDs(now Clock) *es.IDs {
	var seed [32]byte
	_, _ = rand.Read(seed[:]) // never fails: crypto/rand ends the program instead
	return es.NewIDs(now, seed)
}

// NewSecretID makes IDs that cannot be guessed: UUIDs of version 7 whose random
// bits come from the system's cryptographic source.
func NewSecretID() string { return uuid.Must(uuid.NewV7()).String() }

func newCommands(c Config, now Clock, ids *es.IDs, store ports.EventStore, meter ports.Meter) *CartCommands {
	return app.NewCommands(cart.Aggregate{}, store, app.CommandOptions{
		Now: now, NewID: ids.New, CacheStreams: c.CacheStreams, SnapshotEvery: c.SnapshotEvery, Meter: meter,
	})
}

func newQueries(c Config, store ports.EventStore) *CartQueries {
	return app.NewQueries(cart.Aggregate{}, store, c.Source)
}

func newViewReader(views ports.ViewStore, catalog ports.ViewCatalog) *carts.ViewReader {
	return carts.NewViewReader(views, catalog)
}

// newProjectors returns a projector for each view.
func newProjectors(
	c Config, now Clock, log *slog.Logger, meter ports.Meter, store ports.EventStore,
	views ports.ViewStore, catalog ports.ViewCatalog, quarantine ports.Quarantine,
) []Projector {
	opt := trackOptions(c, now, log, meter)
	return []Projector{
		app.NewProjector(cart.Aggregate{}, cart.CartsView{}, store, views, catalog, quarantine, opt),
		app.NewProjector(cart.Aggregate{}, cart.RelatedView{}, store, views, catalog, quarantine, opt),
	}
}

func trackOptions(c Config, now Clock, log *slog.Logger, meter ports.Meter) app.TrackOptions {
	return app.TrackOptions{
		Now: now, Log: log, Meter: meter,
		ParkAfter: c.ParkAfter, TransientAfter: c.TransientAfter, RetryEvery: c.RetryEvery,
	}
}

func newArchiver(archive ports.Archive, quarantine ports.Quarantine, now Clock, meter ports.Meter) *app.Archiver {
	return app.NewArchiver(archive, quarantine, now, meter)
}

func newRedriver(
	c Config, store ports.EventStore, publisher ports.Publisher, quarantine ports.Quarantine,
	archive ports.Archive, archiver *app.Archiver, projectors []Projector, notify *app.Notify,
) *app.Redriver {
	consumers := map[string]app.Consumer{archiver.Name(): archiver, notify.Name(): notify}
	for _, p := range projectors {
		consumers[p.Name()] = p
	}
	return &app.Redriver{
		Quarantine: quarantine, Consumers: consumers, Store: store, Publisher: publisher, Archive: archive, Source: c.Source,
	}
}
