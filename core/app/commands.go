package app

import (
	"context"
	"errors"
	"time"

	"github.com/evercart/evercart/core/es"
	"github.com/evercart/evercart/ports"
)

// MaxAttempts is how often one command tries to append before it gives up with a
// TryAgainError.
const MaxAttempts = 5

// CommandOptions are the parts of Commands that a program may choose.
type CommandOptions struct {
	Now   func() time.Time // the clock; required
	NewID func() string    // makes event IDs, such as es.IDs.New; required
	// CacheStreams is how many streams the process keeps warm; 0: none.
	CacheStreams int
	// SnapshotEvery is the distance of snapshots in commits; 0: es.SnapshotEvery,
	// less than 0: no snapshots.
	SnapshotEvery int
	Meter         ports.Meter // nil: none
}

// Commands carries out commands on the aggregates of one category: load, decide,
// append, and again where another process was faster. It is safe for concurrent
// use.
type Commands[S, C, E any] struct {
	agg   es.Aggregate[S, C, E]
	store ports.EventStore
	opt   CommandOptions
	cache *streamCache[S]
	locks streamLocks
}

// NewCommands returns the commands of agg over store.
func NewCommands[S, C, E any](agg es.Aggregate[S, C, E], store ports.EventStore, opt CommandOptions) *Commands[S, C, E] {
	if opt.Meter == nil {
		opt.Meter = ports.NoMeter{}
	}
	return &Commands[S, C, E]{agg: agg, store: store, opt: opt, cache: newStreamCache[S](opt.CacheStreams)}
}

// Handle carries out one command and returns the aggregate after it.
//
// It asks in this order: may the caller see the aggregate, was the command
// recorded before, is the stream at a version of IfMatch, what does the aggregate
// decide. A command recorded before records nothing and answers as it did then.
// Errors are an *es.Refusal (nothing was recorded), a *TryAgainError (safe with
// the same command ID), or a fault.
//
// Commands on one stream run one after another in one process.
func (c *Commands[S, C, E]) Handle(ctx context.Context, req *Request[C]) (Answer[S], error) {
	started := c.opt.Now()
	name := c.agg.CommandName(req.Command)
	answer, err := c.handle(ctx, req, started)
	c.opt.Meter.Observe(ports.MetricCommandTime, name, c.opt.Now().Sub(started).Seconds())
	refusal, refused := errors.AsType[*es.Refusal](err)
	switch {
	case refused:
		c.opt.Meter.Add(ports.MetricRefusals, refusal.Code, 1)
	case answer.Replayed:
		c.opt.Meter.Add(ports.MetricReplayed, name, 1)
	case answer.Recorded:
		c.opt.Meter.Add(ports.MetricCommands, name, 1)
	}
	return answer, err
}

func (c *Commands[S, C, E]) handle(ctx context.Context, req *Request[C], now time.Time) (Answer[S], error) {
	stream := ports.StreamID{Category: c.agg.Category(), ID: req.ID}
	lock, err := c.locks.lock(ctx, req.ID)
	if err != nil {
		return Answer[S]{}, &TryAgainError{Stream: stream, Err: err}
	}
	defer c.locks.unlock(req.ID, lock)

	a := attempt[S, C, E]{
		Commands:    c,
		req:         req,
		stream:      stream,
		now:         now,
		key:         es.KeyOf(req.CommandID),
		fingerprint: es.Fingerprint[S, C, E](c.agg, req.Command),
	}
	answer, err := a.run(ctx)
	if err != nil && !isRefusal(err) {
		c.cache.forget(req.ID)
		if errors.Is(err, ports.ErrUnavailable) || ctx.Err() != nil {
			err = &TryAgainError{Stream: stream, Err: err}
		}
	}
	return answer, err
}

func isRefusal(err error) bool {
	_, ok := errors.AsType[*es.Refusal](err)
	return ok
}
