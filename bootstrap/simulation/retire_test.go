package simulation_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/evercart/evercart/core/app"
)

// retire has an operator retire the generations that nobody reads any more, long
// after the newest flip.
func (w *world) retire(ctx context.Context) error {
	rebuilder := &app.Rebuilder{
		Catalog: w.views, Views: w.views, Log: slog.New(slog.DiscardHandler),
		Now: func() time.Time { return time.Now().Add(1000 * time.Hour) },
	}
	retired, err := rebuilder.Retire(ctx, time.Hour)
	for _, target := range retired {
		w.plan.count("operator: generation retired")
		w.note("%s is retired", target)
	}
	return errors.Join(err, rebuilder.Sweep(ctx))
}

// nothingLeft: of generations that were retired, nothing is kept.
func (w *world) nothingLeft(ctx context.Context) error {
	targets, err := w.targets(ctx)
	faults := []error{err}
	kept := map[string]bool{}
	for _, target := range targets {
		kept[target.String()] = true
	}
	for _, hash := range slices.Sorted(maps.Keys(w.viewsTable().partitions)) {
		parts := strings.SplitN(hash, "#", 3)
		if (parts[0] == "r" || parts[0] == "c") && !kept[parts[1]] && len(w.viewsTable().items(hash)) > 0 {
			faults = append(faults, fmt.Errorf("%s was retired, and items at %s are left", parts[1], hash))
		}
	}
	return errors.Join(faults...)
}
