package bootstrap

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/evercart/evercart/adapters/otlptrace"
	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/core/app/carts"
	"github.com/evercart/evercart/ports"
)

// Pipeline runs all that happens after a commit: the relay, the archiver and the
// projectors, each at its own pace; and replays that nobody else carries out. Of several processes over one data folder one
// runs it, by a lease; another takes over when that one stops or dies.
type Pipeline struct {
	leases      ports.Leases
	relay       *app.Relay
	followers   []*app.Subscription
	views       []*app.Subscription // each follows the feed when its view has begun
	parkers     []parker
	retryEvery  time.Duration
	replays     *app.ReplayRunner
	upkeep      *upkeep
	reminder    *carts.Reminder
	remindEvery time.Duration
	log         *slog.Logger
}

// parker is a consumer that parks streams.
type parker interface {
	app.Consumer
	RetryParked(ctx context.Context) error
}

const (
	pipelineLease = "pipeline"
	// leaseEvery is how often a process asks for the lease that another holds.
	leaseEvery = 500 * time.Millisecond
)

func newPipeline(
	c Config, now Clock, log *slog.Logger, meter ports.Meter, leases ports.Leases, changes ports.ChangeFeed,
	publisher ports.Publisher, feed ports.FeedReader, positions ports.Positions, quarantine ports.Quarantine,
	archiving *app.Archiver, projectors []Projector,
	notify *app.Notify, reminder *carts.Reminder, replays *app.ReplayRunner, tracer *otlptrace.Tracer,
) *Pipeline {
	follower := func(consumer app.Consumer) *app.Subscription {
		return &app.Subscription{Reader: feed, Positions: positions, Consumer: traced(tracer, consumer), Meter: meter, Now: now, Log: log}
	}
	archiver := follower(archiving)
	archiver.Window, archiver.Limit = c.ArchiveWindow, 5000
	followers := []*app.Subscription{archiver, follower(notify)}
	parkers := []parker{notify}
	var views []*app.Subscription
	for _, p := range projectors {
		parkers = append(parkers, p)
		views = append(views, follower(p))
	}
	names := []string{archiving.Name()}
	for _, p := range parkers {
		names = append(names, p.Name())
	}
	return &Pipeline{
		leases: leases, log: log, retryEvery: c.RetryEvery, parkers: parkers, followers: followers, views: views,
		reminder: reminder, remindEvery: c.RemindEvery, replays: replays,
		upkeep: &upkeep{
			rebuilder: replays.Rebuilder, feed: feed, positions: positions, followers: names,
			keep: c.KeepGenerations, retention: c.FeedRetention, now: now, log: log,
		},
		relay: &app.Relay{
			Changes: changes, Publisher: publisher, Positions: positions, Quarantine: quarantine,
			Source: c.Source, Meter: meter, Now: now, Log: log,
		},
	}
}

// Run waits for the lease and then runs the pipeline until ctx ends. Where every
// part came is saved when it returns.
func (p *Pipeline) Run(ctx context.Context) {
	lease := p.lease(ctx)
	if lease == nil {
		return
	}
	defer func() {
		if err := lease.Release(); err != nil {
			p.log.Warn("the pipeline's lease is not released", slog.Any("error", err))
		}
	}()
	p.log.Info("this process runs the pipeline")
	var parts sync.WaitGroup
	parts.Go(func() { p.relay.Run(ctx) })
	for _, f := range p.followers {
		parts.Go(func() { f.Run(ctx) })
	}
	for _, view := range p.views {
		parts.Go(func() {
			if p.upkeep.begin(ctx, view.Consumer.Name()) {
				view.Run(ctx)
			}
		})
	}
	for _, parker := range p.parkers {
		parts.Go(func() { p.retryParked(ctx, parker) })
	}
	parts.Go(func() { p.replays.Run(ctx) })
	parts.Go(func() { p.upkeep.retire(ctx) })
	parts.Go(func() { p.upkeep.trim(ctx) })
	parts.Go(func() { p.remind(ctx) })
	parts.Wait()
}

// lease returns the pipeline's lease, or nil when ctx ended before it was free.
func (p *Pipeline) lease(ctx context.Context) ports.Lease {
	for said := false; ; said = true {
		lease, err := p.leases.TryLease(ctx, pipelineLease)
		switch {
		case err == nil:
			return lease
		case ctx.Err() != nil:
			return nil
		case said:
		case errors.Is(err, ports.ErrLeaseTaken):
			p.log.Info("another process runs the pipeline; this one takes over when it stops")
		default:
			p.log.Error("the pipeline's lease cannot be had; trying on", slog.Any("error", err))
		}
		wait(ctx, leaseEvery)
	}
}

func (p *Pipeline) retryParked(ctx context.Context, parker parker) {
	for ctx.Err() == nil {
		wait(ctx, p.retryEvery)
		if err := parker.RetryParked(ctx); err != nil && ctx.Err() == nil {
			p.log.Warn("parked streams cannot be tried again", slog.String("consumer", parker.Name()), slog.Any("error", err))
		}
	}
}

// wait waits for d, or for the context's end.
func wait(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
