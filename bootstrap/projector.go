package bootstrap

import (
	"context"

	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/ports"
)

// Projector keeps one view of aggregates of one category; every app.Projector is
// one, whatever it folds.
type Projector interface {
	parker
	// Category returns the category of the streams that the view is folded from.
	Category() string
	HandleFor(ctx context.Context, target ports.Target, records []ports.Record) []app.Failure
	CatchUp(ctx context.Context, target ports.Target, stream ports.StreamID) error
	Unpark(ctx context.Context, target ports.Target, stream ports.StreamID) error
}
