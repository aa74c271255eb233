package porttest

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/evercart/evercart/ports"
)

// SinkHandler is what a sink hands the records of a replay to. It is called from
// any goroutine, and keeps no record.
type SinkHandler func(ctx context.Context, target ports.Target, records []ports.Record) error

// SinkTo makes a sink whose records go to a handler, perhaps through a queue. What
// the handler returned an error for comes to it again: from the queue, or when its
// deliverer delivers it again.
type SinkTo func(handle SinkHandler) ports.ReplaySink

// ReplaySink returns the promises of ports.ReplaySink.
func ReplaySink() []Check[SinkTo] {
	return []Check[SinkTo]{
		{"a delivered record is handled as it is, with its replay, for its target", sinkHandsOver},
		{"the records of one stream are handled in the order given", sinkKeepsOrder},
		{"a batch that could not be handled is handled when it comes again, each stream in order", sinkComesAgain},
		{"what 32 deliver at once is handled", sinkOfMany},
		{"an empty batch is delivered", sinkTakesNone},
		{"nothing is pending before the first delivery and after the last is handled", sinkIdle},
		{"the sink keeps no reference to records that it was given", sinkKeepsNoReference},
		{"a dead context ends every call of a replay sink", sinkHonoursDeadContexts},
	}
}

func sinkHandsOver(ctx context.Context, to SinkTo) error {
	h := newHandling()
	s := to(h.handle)
	targets := []ports.Target{{Consumer: "carts", Generation: 2}, {Consumer: "carts", Generation: 3}, {Consumer: "related", Generation: 2}}
	for i, target := range targets {
		records, err := replayed(fmt.Sprintf("2026-%d", i), i, 1, 2)
		if err != nil {
			return err
		}
		if err := deliver(ctx, s, target, records); err != nil {
			return err
		}
	}
	for i, target := range targets {
		want, err := replayed(fmt.Sprintf("2026-%d", i), i, 1, 2)
		if err != nil {
			return err
		}
		if err := h.await(target, want); err != nil {
			return err
		}
		for n, got := range h.of(target) {
			if !slices.ContainsFunc(want, func(w ports.Record) bool { return same(w, got) }) {
				return fmt.Errorf("record %d handled for %s: replay %q of %.80s, which was not delivered so", n, target, got.Replay, got.Data)
			}
		}
	}
	return nil
}

func sinkKeepsOrder(ctx context.Context, to SinkTo) error {
	h := newHandling()
	s := to(h.handle)
	var all []ports.Record
	for batch := range 10 {
		var records []ports.Record
		for stream := range 5 {
			some, err := replayed("r", stream, ports.Version(batch*4+1), 4)
			if err != nil {
				return err
			}
			records = append(records, some...)
		}
		if batch%2 == 1 { // each stream's k-th record next to the others'
			slices.SortStableFunc(records, func(a, b ports.Record) int { return a.Arrival.Compare(b.Arrival) })
		}
		if err := deliver(ctx, s, sinkTarget, records); err != nil {
			return err
		}
		all = append(all, records...)
	}
	if err := h.await(sinkTarget, all); err != nil {
		return err
	}
	return h.inOrder(sinkTarget)
}

// sinkComesAgain lets the handler fail before and after it has handled some of a
// batch. The deliverer delivers the whole batch again after an error, as it should.
func sinkComesAgain(ctx context.Context, to SinkTo) error {
	h := newHandling()
	calls := 0
	failing := func(ctx context.Context, target ports.Target, records []ports.Record) error {
		h.mu.Lock()
		calls++
		call := calls
		h.mu.Unlock()
		if call%3 == 0 {
			return h.handle(ctx, target, records)
		}
		if err := h.handle(ctx, target, records[:len(records)*(call%3-1)/2]); err != nil {
			return err
		}
		return errors.Join(errHandler, ports.ErrUnavailable)
	}
	s := to(failing)
	var all []ports.Record
	for batch := range 4 {
		records, err := replayed("r", 1, ports.Version(batch*6+1), 6)
		if err != nil {
			return err
		}
		for tries := 1; ; tries++ {
			err := s.Deliver(ctx, sinkTarget, records)
			if err == nil {
				break
			}
			if tries == 20 {
				return fmt.Errorf("deliver for the %dth time: %w", tries, err)
			}
		}
		all = append(all, records...)
	}
	if err := h.await(sinkTarget, all); err != nil {
		return err
	}
	return h.inOrder(sinkTarget)
}

func sinkOfMany(ctx context.Context, to SinkTo) error {
	h := newHandling()
	s := to(h.handle)
	all := make([][]ports.Record, racers)
	err := errors.Join(race(racers, func(i int) (err error) {
		if all[i], err = replayed("r", i, 1, 10); err != nil {
			return err
		}
		return errors.Join(deliver(ctx, s, sinkTarget, all[i][:5]), deliver(ctx, s, sinkTarget, all[i][5:]))
	})...)
	if err != nil {
		return err
	}
	return errors.Join(h.await(sinkTarget, slices.Concat(all...)), h.inOrder(sinkTarget))
}

func sinkTakesNone(ctx context.Context, to SinkTo) error {
	h := newHandling()
	s := to(h.handle)
	if err := deliver(ctx, s, sinkTarget, nil); err != nil {
		return err
	}
	return expectIdle(ctx, s)
}

func sinkIdle(ctx context.Context, to SinkTo) error {
	h := newHandling()
	s := to(h.handle)
	if err := expectIdle(ctx, s); err != nil {
		return fmt.Errorf("before the first delivery: %w", err)
	}
	records, err := replayed("r", 1, 1, 20)
	if err != nil {
		return err
	}
	if err := deliver(ctx, s, sinkTarget, records); err != nil {
		return err
	}
	if err := h.await(sinkTarget, records); err != nil {
		return err
	}
	return expectIdle(ctx, s)
}

func sinkKeepsNoReference(ctx context.Context, to SinkTo) error {
	h := newHandling()
	s := to(h.handle)
	want, err := replayed("r", 1, 1, 20)
	if err != nil {
		return err
	}
	given, err := replayed("r", 1, 1, 20)
	if err != nil {
		return err
	}
	if err := deliver(ctx, s, sinkTarget, given); err != nil {
		return err
	}
	for i := range given {
		clear(given[i].Data)
		given[i].Replay = "another"
	}
	return h.await(sinkTarget, want)
}

func sinkHonoursDeadContexts(ctx context.Context, to SinkTo) error {
	h := newHandling()
	s := to(h.handle)
	records, err := replayed("r", 1, 1, 2)
	if err != nil {
		return err
	}
	return honoursDeadContexts(ctx, []portCall{
		{"Deliver", func(ctx context.Context) error { return s.Deliver(ctx, sinkTarget, records) }},
		{"Pending", func(ctx context.Context) error { _, err := s.Pending(ctx, sinkTarget); return err }},
	})
}
