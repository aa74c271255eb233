package app

import (
	"context"
	"errors"
	"time"

	"github.com/evercart/evercart/ports"
)

// EnsureView returns the catalog's entry of a view, and makes it with one live
// generation, number 1, where there is none yet.
func EnsureView(ctx context.Context, catalog ports.ViewCatalog, name string, now time.Time) (ports.ViewEntry, error) {
	entry, err := catalog.View(ctx, name)
	if err != nil || entry.Revision > 0 {
		return entry, err
	}
	now = now.UTC().Truncate(time.Microsecond)
	fresh := ports.ViewEntry{Name: name, Live: 1, Generations: []ports.Generation{{Number: 1, Created: now, Flipped: now}}}
	if err := catalog.SaveView(ctx, fresh); err != nil && !errors.Is(err, ports.ErrViewMoved) {
		return ports.ViewEntry{}, err
	}
	return catalog.View(ctx, name)
}
