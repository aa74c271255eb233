package porttest

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/evercart/evercart/ports"
)

// viewTarget is the target of checks that need one only.
var viewTarget = ports.Target{Consumer: "carts", Generation: 1}

// viewStream returns the n-th stream of the samples; their names order by n.
func viewStream(n int) ports.StreamID {
	return ports.StreamID{Category: "cart", ID: fmt.Sprintf("view-%04d", n)}
}

func rowKey(partition, sort string) ports.RowKey {
	return ports.RowKey{Partition: partition, Sort: sort}
}

func row(partition, sort, value string) ports.Row {
	return ports.Row{RowKey: rowKey(partition, sort), Value: []byte(value)}
}

// fullCheckpoint returns a checkpoint of which every field is set, times in
// whole microseconds of UTC.
func fullCheckpoint(stream ports.StreamID) ports.Checkpoint {
	at := time.Date(2026, 5, 4, 3, 2, 1, 123_456_000, time.UTC)
	return ports.Checkpoint{
		Stream: stream, Version: 41, EventID: "0190-event-41", Part: 3,
		State: []byte{0, 1, 0xff, '\'', '"', '\n'}, Failures: 2, FailingSince: at,
		Parked: &ports.Parked{
			Reason: "no such schema: 'ä' \"☂\"\n\ttwo lines", Transient: true,
			Since: at.Add(time.Minute), RetryAt: at.Add(time.Hour),
			Version: 42, EventID: "0190-event-42", Held: 1 << 40,
		},
	}
}

// parkedAt returns a checkpoint of stream that is parked.
func parkedAt(stream ports.StreamID) ports.Checkpoint {
	return ports.Checkpoint{Stream: stream, Version: 1, EventID: "e1", Parked: &ports.Parked{Reason: "poison", Version: 2, EventID: "e2"}}
}

// applyOne carries out one change and returns its error.
func applyOne(ctx context.Context, s ports.ViewStore, to ports.Target, change ports.ViewChange) error {
	errs := s.Apply(ctx, to, []ports.ViewChange{change})
	if len(errs) != 1 {
		return fmt.Errorf("apply of one change returned %d errors, want one slot a change", len(errs))
	}
	return errs[0]
}

// applyAll carries out changes and returns the first error.
func applyAll(ctx context.Context, s ports.ViewStore, to ports.Target, changes []ports.ViewChange) error {
	errs := s.Apply(ctx, to, changes)
	if len(errs) != len(changes) {
		return fmt.Errorf("apply of %d changes returned %d errors, want one slot a change", len(changes), len(errs))
	}
	for i, err := range errs {
		if err != nil {
			return fmt.Errorf("apply: change %d of %d: %w", i, len(changes), err)
		}
	}
	return nil
}

// fill puts rows under the checkpoint of stream, in as many changes as it takes.
func fill(ctx context.Context, s ports.ViewStore, to ports.Target, stream ports.StreamID, rows []ports.Row) error {
	checkpoint, err := checkpointOf(ctx, s, to, stream)
	if err != nil {
		return err
	}
	for part := range slices.Chunk(rows, min(max(s.RowsPerChange(), 1), len(rows)+1)) {
		if err := applyOne(ctx, s, to, ports.ViewChange{Checkpoint: checkpoint, Put: part}); err != nil {
			return fmt.Errorf("put %d rows: %w", len(part), err)
		}
		checkpoint.Revision++
	}
	return nil
}

// checkpointOf reads one checkpoint.
func checkpointOf(ctx context.Context, s ports.ViewStore, of ports.Target, stream ports.StreamID) (ports.Checkpoint, error) {
	found, err := s.Checkpoints(ctx, of, []ports.StreamID{stream})
	if err != nil {
		return ports.Checkpoint{}, fmt.Errorf("checkpoints: %w", err)
	}
	if len(found) != 1 {
		return ports.Checkpoint{}, fmt.Errorf("checkpoints of one stream: got %d", len(found))
	}
	return found[0], nil
}

// expectCheckpoint returns an error unless want is stored.
func expectCheckpoint(ctx context.Context, s ports.ViewStore, of ports.Target, want ports.Checkpoint) error {
	got, err := checkpointOf(ctx, s, of, want.Stream)
	if err != nil {
		return err
	}
	return sameText("checkpoint of "+of.String(), checkpointText(got), checkpointText(want))
}

// expectRows returns an error unless q finds exactly want, in that order.
func expectRows(ctx context.Context, s ports.ViewStore, of ports.Target, q ports.RowQuery, want ...ports.Row) error {
	if q.Limit == 0 {
		q.Limit = len(want) + 10
	}
	got, err := s.Query(ctx, of, q)
	if err != nil {
		return fmt.Errorf("query %+v: %w", q, err)
	}
	return sameText(fmt.Sprintf("rows of %s for %.200q", of, fmt.Sprintf("%+v", q)), rowsText(got), rowsText(want))
}

// checkpointText writes every field, so that equal texts are equal checkpoints.
func checkpointText(c ports.Checkpoint) string {
	text := fmt.Sprintf("%s revision %d version %d event %q part %d state %x failures %d failing since %s",
		c.Stream, c.Revision, c.Version, c.EventID, c.Part, c.State, c.Failures, timeText(c.FailingSince))
	if p := c.Parked; p != nil {
		text += fmt.Sprintf(" parked: %q transient %t since %s retry at %s version %d event %q held %d",
			p.Reason, p.Transient, timeText(p.Since), timeText(p.RetryAt), p.Version, p.EventID, p.Held)
	}
	return text
}

func rowsText(rows []ports.Row) string {
	text := fmt.Sprintf("%d rows", len(rows))
	for _, r := range rows {
		text += fmt.Sprintf("\n\t%q %q = %q", r.Partition, r.Sort, r.Value)
	}
	return text
}

func timeText(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return t.Format(time.RFC3339Nano)
}

// sameText returns an error that shows both texts, cut to a readable length,
// unless they are equal.
func sameText(what, got, want string) error {
	if got == want {
		return nil
	}
	at := 0
	for at < len(got) && at < len(want) && got[at] == want[at] {
		at++
	}
	from := max(0, at-200)
	return fmt.Errorf("%s:\n got …%.400s\nwant …%.400s", what, got[from:], want[from:])
}
