package demo

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/core/cart"
	"github.com/evercart/evercart/core/es"
	"github.com/evercart/evercart/ports"
)

// Filled is what a demo recorded.
type Filled struct {
	Carts    int // opened
	Recorded int // commands that recorded something
	Replayed int // commands that an earlier run of the same demo had recorded
	Skipped  int // commands on carts of an earlier run that went another way then
}

// Fill carries out a plan on store, each command at its instant: the events are as
// old as they say. It may be called again after it was cut short, or in a store that
// has the same demo already, and then records what is not there; a cart that went
// another way in an earlier run (of another time, or changed since) stays as it is.
// progress, if it is not nil, is told how many steps are done.
func Fill(ctx context.Context, store ports.EventStore, seed uint64, snapshotEvery int, steps []Step, progress func(done int)) (Filled, error) {
	var clock time.Time
	now := func() time.Time { return clock }
	var dice [32]byte
	copy(dice[:], "evercart demo")
	binary.BigEndian.PutUint64(dice[24:], seed)
	commands := app.NewCommands(cart.Aggregate{}, store, app.CommandOptions{
		Now: now, NewID: es.NewIDs(now, dice).New, CacheStreams: 10_000, SnapshotEvery: snapshotEvery,
	})
	var filled Filled
	left := map[string]bool{} // carts that stay as they are
	for i := range steps {
		s := &steps[i]
		clock = s.At
		var answer app.Answer[cart.State]
		var err error
		if !left[s.ID] {
			answer, err = commands.Handle(ctx, &s.Request)
		}
		_, refused := errors.AsType[*es.Refusal](err)
		switch {
		case left[s.ID], refused:
			left[s.ID] = true
			filled.Skipped++
		case err != nil:
			return filled, fmt.Errorf("demo: %T on cart %s at %s: %w", s.Command, s.ID, s.At.Format(time.RFC3339), err)
		case answer.Replayed:
			filled.Replayed++
		default:
			filled.Recorded++
		}
		if _, opens := s.Command.(cart.OpenCart); opens && answer.Recorded {
			filled.Carts++
		}
		if progress != nil {
			progress(i + 1)
		}
	}
	return filled, nil
}
