package porttest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/envelope"
)

// sinkTarget is where most checks replay to.
var sinkTarget = ports.Target{Consumer: "carts", Generation: 2}

var errHandler = errors.New("the handler's own fault")

// replayed returns n records of a stream from a version on, as a replay sends them.
func replayed(replay string, stream int, from ports.Version, n int) ([]ports.Record, error) {
	records := make([]ports.Record, n)
	for i := range records {
		v := from + ports.Version(i)
		head := ports.NewHead(Stream(stream), v-1, ports.Hash{}, time.Time{})
		c := Commit(head, fmt.Sprintf("command-%d", v), 1)
		data, err := envelope.AppendWire(nil, &c.Published("/evercart")[0])
		if err != nil {
			return nil, err
		}
		records[i] = ports.Record{
			Shard: "0", Position: ports.Position(fmt.Sprintf("%d", v)), Arrival: sampleTime(v), Data: data, Replay: replay,
		}
	}
	return records, nil
}

func deliver(ctx context.Context, s ports.ReplaySink, target ports.Target, records []ports.Record) error {
	if err := s.Deliver(ctx, target, records); err != nil {
		return fmt.Errorf("deliver %d records to %s: %w", len(records), target, err)
	}
	return nil
}

// expectIdle waits until nothing is pending.
func expectIdle(ctx context.Context, s ports.ReplaySink) error {
	for begin := time.Now(); ; {
		n, err := s.Pending(ctx, sinkTarget)
		if err != nil {
			return fmt.Errorf("pending of %s: %w", sinkTarget, err)
		}
		if n == 0 {
			return nil
		}
		if n < 0 || time.Since(begin) > sinkPatience {
			return fmt.Errorf("%d records are pending for %s, want 0", n, sinkTarget)
		}
		<-time.After(settling)
	}
}

// same compares what a sink must carry of a record. Where it stood in the archive
// may be lost on the way.
func same(a, b ports.Record) bool { return a.Replay == b.Replay && bytes.Equal(a.Data, b.Data) }

// handling remembers what a handler has handled.
type handling struct {
	mu      sync.Mutex
	handled map[ports.Target][]ports.Record
	grown   chan struct{} // closed and replaced when something is handled
}

func newHandling() *handling {
	return &handling{handled: map[ports.Target][]ports.Record{}, grown: make(chan struct{})}
}

// handle is a SinkHandler.
func (h *handling) handle(_ context.Context, target ports.Target, records []ports.Record) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, r := range records {
		r.Data = bytes.Clone(r.Data)
		h.handled[target] = append(h.handled[target], r)
	}
	close(h.grown)
	h.grown = make(chan struct{})
	return nil
}

func (h *handling) of(target ports.Target) []ports.Record {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.handled[target])
}

// await waits until each of want was handled for target at least once.
func (h *handling) await(target ports.Target, want []ports.Record) error {
	deadline := time.After(sinkPatience)
	for {
		h.mu.Lock()
		grown := h.grown
		h.mu.Unlock()
		missing := slices.DeleteFunc(slices.Clone(want), func(w ports.Record) bool {
			return slices.ContainsFunc(h.of(target), func(got ports.Record) bool { return same(w, got) })
		})
		if len(missing) == 0 {
			return nil
		}
		select {
		case <-grown:
		case <-deadline:
			return fmt.Errorf("%d of %d records were not handled for %s within %s, the first is %.80s", len(missing), len(want), target, sinkPatience, missing[0].Data)
		}
	}
}

// inOrder returns an error unless no record was handled before the one before it of
// its stream. A record may come again at any time.
func (h *handling) inOrder(target ports.Target) error {
	last := map[ports.StreamID]ports.Version{}
	for _, r := range h.of(target) {
		p, err := envelope.ParseWire(string(r.Data))
		if err != nil {
			return err
		}
		if next := last[p.Stream] + 1; p.Version > next {
			return fmt.Errorf("version %d of %s was handled before version %d", p.Version, p.Stream, next)
		}
		last[p.Stream] = max(last[p.Stream], p.Version)
	}
	return nil
}
