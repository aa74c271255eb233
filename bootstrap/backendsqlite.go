package bootstrap

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"go.uber.org/fx"

	"github.com/evercart/evercart/adapters/filearchive"
	"github.com/evercart/evercart/adapters/filescratch"
	"github.com/evercart/evercart/adapters/memory"
	"github.com/evercart/evercart/adapters/sqlite"
	"github.com/evercart/evercart/ports"
)

// eventsFile is the store of the sqlite backend, in the data folder.
const eventsFile = "events.db"

// openTimeout bounds the opening of databases, which waits for other processes
// that migrate them.
const openTimeout = 30 * time.Second

func openSQLite(lc fx.Lifecycle, c Config, now Clock, _ ports.Meter, a access) (b Backend, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), openTimeout)
	defer cancel()
	if err := sqlite.MakeFolder(c.Data); err != nil {
		return Backend{}, fmt.Errorf("data folder %s: %w; choose another with --data or EVERCART_DATA", c.Data, err)
	}
	b.Scratch, b.Leases = filescratch.New(c.Data), sqlite.NewLeases(c.Data)
	if b.Archive, err = openArchive(filepath.Join(c.Data, "archive"), a); err != nil {
		return Backend{}, err
	}
	var opened []func() error
	closeAll := func() (err error) {
		for _, one := range slices.Backward(opened) {
			err = errors.Join(err, one())
		}
		return err
	}
	store, err := sqlite.OpenEventStore(ctx, filepath.Join(c.Data, eventsFile))
	if err != nil {
		return Backend{}, err
	}
	opened = append(opened, store.Close)
	b.Store, b.Scanner, b.Changes = store, store, store
	closeFeed, err := openFeed(ctx, &b, filepath.Join(c.Data, "feed.db"), now, a)
	if err != nil {
		return Backend{}, errors.Join(err, closeAll())
	}
	opened = append(opened, closeFeed)
	closeViews, err := openViews(ctx, &b, filepath.Join(c.Data, "views.db"), a)
	if err != nil {
		return Backend{}, errors.Join(err, closeAll())
	}
	opened = append(opened, closeViews)
	lc.Append(fx.StopHook(closeAll))
	return b, nil
}

// openArchive opens the archive in a folder. Whoever does not serve can do with one
// that cannot be written, and hears of it where something is to be written.
func openArchive(folder string, a access) (ports.Archive, error) {
	if a == looking && isMissing(filepath.Join(folder, "events")) {
		return memory.NewArchive(), nil
	}
	archive, err := filearchive.New(folder)
	if err == nil || a == serving {
		return archive, err
	}
	if readable, cannot := filearchive.Open(folder); cannot == nil {
		return readable, nil
	}
	return nil, err
}

func openFeed(ctx context.Context, b *Backend, path string, now Clock, a access) (end func() error, err error) {
	if a == looking && isMissing(path) {
		feed := memory.NewFeed(now)
		b.Publisher, b.Feed = feed, feed
		return func() error { return nil }, nil
	}
	feed, err := sqlite.OpenFeed(ctx, path, now)
	if err != nil {
		return nil, err
	}
	b.Publisher, b.Feed = feed, feed
	return feed.Close, nil
}

func openViews(ctx context.Context, b *Backend, path string, a access) (end func() error, err error) {
	if a == looking && isMissing(path) {
		b.Positions, b.Views, b.Catalog = memory.NewPositions(), memory.NewViewStore(), memory.NewViewCatalog()
		b.Quarantine, b.Jobs, b.Effects = memory.NewQuarantine(), memory.NewReplayJobs(), memory.NewEffects()
		return func() error { return nil }, nil
	}
	views, err := sqlite.OpenViews(ctx, path)
	if err != nil {
		return nil, err
	}
	b.Positions, b.Views, b.Catalog, b.Quarantine, b.Jobs, b.Effects = views, views, views, views, views, views
	return views.Close, nil
}

// isMissing reports whether nothing is at path.
func isMissing(path string) bool {
	_, err := os.Stat(path)
	return errors.Is(err, fs.ErrNotExist)
}
