package bootstrap

import (
	"context"
	"slices"

	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/core/cart"
	"github.com/evercart/evercart/ports"
)

// Categories returns the kinds of aggregates that an installation holds, in every
// program. To add one, add it here and to NewVerifier.
func Categories() []string { return []string{cart.Category} }

// NewVerifier returns a verifier of everything that an installation holds.
func NewVerifier(p app.VerifyPorts) *Verifier {
	return &Verifier{each: []verifier{
		app.NewVerifier(cart.Aggregate{}, p),
	}}
}

// Verifier proves that all aggregates and their archive are whole, one category
// after another.
type Verifier struct{ each []verifier }

type verifier interface {
	Verify(ctx context.Context) (app.VerifyReport, error)
}

// Verify returns what was seen and found in all categories together.
func (v *Verifier) Verify(ctx context.Context) (app.VerifyReport, error) {
	all, err := v.each[0].Verify(ctx)
	for _, one := range v.each[1:] {
		if err != nil {
			break
		}
		var report app.VerifyReport
		report, err = one.Verify(ctx)
		join(&all, &report)
	}
	return all, err
}

// join adds the report of another category over the same archive. What is wrong
// with the archive as such is in both, and is told once.
func join(all, one *app.VerifyReport) {
	all.Streams += one.Streams
	all.Commits += one.Commits
	all.Events += one.Events
	all.Snapshots += one.Snapshots
	all.Archived += one.Archived
	all.Twice += one.Twice
	all.Waiting += one.Waiting
	all.Missing += one.Missing
	all.Objects = max(all.Objects, one.Objects)
	all.Count += one.Count
	for _, fault := range one.Faults {
		if fault.Stream == "" && slices.Contains(all.Faults, fault) {
			all.Count--
			continue
		}
		all.Faults = append(all.Faults, fault)
	}
}

// newChecks returns what verifiers and backfills look at.
func newChecks(
	now Clock, scanner ports.StoreScanner, archive ports.Archive, scratch ports.Scratch,
	changes ports.ChangeFeed, feed ports.FeedReader, positions ports.Positions,
) app.VerifyPorts {
	checks := app.VerifyPorts{Scanner: scanner, Archive: archive, Scratch: scratch, Now: now}
	if changes != nil {
		checks.Reach = &app.Reach{Changes: changes, Feed: feed, Positions: positions}
	}
	return checks
}

// newBackfiller returns a backfiller of the first category.
func newBackfiller(c Config, checks app.VerifyPorts, store ports.EventStore, publisher ports.Publisher) *app.Backfiller {
	return &app.Backfiller{VerifyPorts: checks, Category: Categories()[0], Store: store, Publisher: publisher, Source: c.Source}
}
