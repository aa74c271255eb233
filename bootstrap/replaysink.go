package bootstrap

import (
	"context"

	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/ports"
)

// newReplaySink returns what takes replays to their targets.
func newReplaySink(here *app.DirectSink, cloud Cloud, projectors []Projector) ports.ReplaySink {
	if cloud.Queues == nil {
		return here
	}
	views := map[string]bool{}
	for _, p := range projectors {
		views[p.Name()] = true
	}
	return &splitSink{views: views, queues: cloud.Queues, here: here}
}

// splitSink is the sink of an installation whose views are filled by functions: it
// takes a replay to a view through the view's queue, and to a handler without state
// in this process.
type splitSink struct {
	views  map[string]bool // by name
	queues ports.ReplaySink
	here   ports.ReplaySink
}

func (s *splitSink) to(target ports.Target) ports.ReplaySink {
	if s.views[target.Consumer] {
		return s.queues
	}
	return s.here
}

// Deliver implements ports.ReplaySink.
func (s *splitSink) Deliver(ctx context.Context, target ports.Target, records []ports.Record) error {
	return s.to(target).Deliver(ctx, target, records)
}

// Pending implements ports.ReplaySink.
func (s *splitSink) Pending(ctx context.Context, target ports.Target) (int64, error) {
	return s.to(target).Pending(ctx, target)
}
