package bootstrap

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/evercart/evercart/adapters/filearchive"
	"github.com/evercart/evercart/adapters/s3archive"
	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/ports"
)

func newRestorer(
	now Clock, store ports.EventStore, scanner ports.StoreScanner, archive ports.Archive, scratch ports.Scratch,
	changes ports.ChangeFeed, positions ports.Positions, effects ports.Effects, replays *app.ReplayRunner, projectors []Projector,
) *app.Restorer {
	// The views are built from the archive, too, so that lists answer as before.
	rebuild := func(ctx context.Context) error {
		for _, p := range projectors {
			if _, err := replays.Rebuild(ctx, p.Name(), nil); err != nil {
				return &ViewNotBuiltError{View: p.Name(), Err: err}
			}
		}
		return nil
	}
	if changes == nil {
		rebuild = nil // the relay's function publishes all that is restored, and so fills the views
	}
	return &app.Restorer{
		Store: store, Scanner: scanner, Archive: archive, Scratch: scratch, Changes: changes,
		Positions: positions, Effects: effects, Categories: Categories(), Now: now, AfterRestore: rebuild,
	}
}

// ViewNotBuiltError ends a restore whose events are all in the store, but whose view is
// not built. Rebuilding it goes on.
type ViewNotBuiltError struct {
	View string
	Err  error
}

func (e *ViewNotBuiltError) Error() string {
	return fmt.Sprintf("all events are restored, but view %s is not built: %v", e.View, e.Err)
}

func (e *ViewNotBuiltError) Unwrap() error { return e.Err }

// OpenRestoreSource opens the archive at location for reading, a folder that holds
// "events" or s3://BUCKET/PREFIX, and reports whether it is the installation's own.
func OpenRestoreSource(ctx context.Context, c Config, location string) (source ports.Archive, own bool, err error) {
	if !strings.HasPrefix(location, "s3://") {
		return openFolder(c, location)
	}
	bucket, prefix, err := s3archive.ParseLocation(location)
	if err != nil {
		return nil, false, err
	}
	config, err := loadAWS(ctx)
	if err != nil {
		return nil, false, err
	}
	ourBucket, ourPrefix, err := s3archive.ParseLocation(c.Archive)
	own = err == nil && c.Backend == BackendAWS && bucket == ourBucket && prefix == ourPrefix
	return s3archive.New(newS3(config), bucket, prefix), own, nil
}

func openFolder(c Config, folder string) (source ports.Archive, own bool, err error) {
	source, err = filearchive.Open(folder)
	if err != nil {
		return nil, false, err
	}
	theirs, err := os.Stat(folder)
	if err != nil {
		return nil, false, fmt.Errorf("archive folder %s: %w", folder, err)
	}
	ours, err := os.Stat(filepath.Join(c.Data, "archive"))
	return source, err == nil && c.Backend == BackendSQLite && os.SameFile(theirs, ours), nil
}

// HoldPipeline runs work while no process runs the pipeline of this installation.
// Functions of AWS may run.
func HoldPipeline(ctx context.Context, op *Operator, work func(context.Context) error) error {
	lease, err := op.Leases.TryLease(ctx, pipelineLease)
	switch {
	case errors.Is(err, ports.ErrLeaseTaken) && op.Feed == nil:
		return errors.New("another restore is at work; if it was killed, try again in half a minute")
	case errors.Is(err, ports.ErrLeaseTaken):
		return errors.New("a server uses this data: stop it first")
	case err != nil:
		return err
	}
	return errors.Join(work(ctx), lease.Release())
}
