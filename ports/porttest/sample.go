package porttest

import (
	"context"
	"crypto/sha256"
	"fmt"
	"time"

	"github.com/evercart/evercart/ports"
)

// Categories returns the categories that the suites write to. An adapter that
// keeps a table a category makes these first.
func Categories() []string { return []string{"cart", "order", "car", "cart-a"} }

// Stream returns the n-th sample stream. Its ID looks like a cart's.
func Stream(n int) ports.StreamID {
	return ports.StreamID{Category: "cart", ID: sampleUUID("stream", n)}
}

// Commit returns a valid commit of n events (1 or more) that command recorded
// after head. The same arguments give the same commit.
func Commit(head ports.Head, command string, n int) ports.Commit {
	c := ports.Commit{
		Stream: head.Stream(), First: head.Version() + 1, Last: head.Version() + ports.Version(n),
		CommandID: command,
		Events:    make([]ports.Event, n),
	}
	copy(c.Fingerprint[:], digest("fingerprint", command))
	for i := range c.Events {
		c.Events[i] = event(&c, c.First+ports.Version(i))
	}
	copy(c.Hash[:], digest("commit", head.Hash(), c.Events))
	return c
}

// OlderCommit returns a valid commit in the older form: one event, without time,
// command or hash.
func OlderCommit(head ports.Head) ports.Commit {
	v := head.Version() + 1
	return ports.Commit{
		Stream: head.Stream(), First: v, Last: v,
		Events: []ports.Event{{
			ID: sampleUUID("older", head.Stream(), v), Stream: head.Stream(), Version: v,
			Type: "ItemAdded", Schema: 1,
			Data: fmt.Sprintf(`{"item_name":"Apple %d","shopping_cart_uuid":%q}`, v, head.Stream().ID),
		}},
	}
}

// WithSnapshot returns c with a snapshot of the given schema, from 1.
func WithSnapshot(c ports.Commit, schema int) ports.Commit {
	c.Snapshot = fmt.Appendf(nil, "state of %s\x00\xffat %d in schema %d", c.Stream, c.Last, schema)
	c.SnapshotSchema = schema
	return c
}

// event returns the sample event of c at version v.
func event(c *ports.Commit, v ports.Version) ports.Event {
	types := [...]string{"CartOpened", "ItemAdded", "ItemQuantityChanged", "ItemRemoved", "CartClosed"}
	return ports.Event{
		ID: sampleUUID("event", c.Stream, v, c.CommandID), Stream: c.Stream, Version: v,
		Type: types[int(v-1)%len(types)], Schema: 2,
		Time: sampleTime(v),
		Data: fmt.Sprintf(`{"item":"tea & <milk> №%d","quantity":%d}`, v, v%999+1),
		Metadata: ports.Metadata{
			CommandID:     c.CommandID,
			CorrelationID: "checkout of " + c.CommandID,
			CausationID:   c.CommandID,
			Traceparent:   "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
			Actor:         "https://issuer.example|ünïque subject",
		},
	}
}

// sampleTime rises with v and has microseconds that are not whole milliseconds.
func sampleTime(v ports.Version) time.Time {
	return time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC).Add(time.Duration(v) * 1_000_001 * time.Microsecond)
}

// sampleUUID returns a UUIDv7 in form, made from parts and nothing else.
func sampleUUID(parts ...any) string {
	b := digest(parts...)[:16]
	b[6], b[8] = b[6]&0x0f|0x70, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

func digest(parts ...any) []byte {
	sum := sha256.Sum256(fmt.Appendf(nil, "%q", fmt.Sprint(parts...)))
	return sum[:]
}

// Step is one commit of a sample history.
type Step struct {
	Events   int // 1 or more; 0 is one event in the older form
	Snapshot int // the schema of the snapshot that the commit carries; 0 for none
}

// History is what Fill appended to one stream.
type History struct {
	Stream  ports.StreamID
	Commits []ports.Commit
	Heads   []ports.Head // Heads[i] is the end before Commits[i]; one more than there are commits
}

// Fill appends steps to a stream without events.
func Fill(ctx context.Context, store ports.EventStore, stream ports.StreamID, steps ...Step) (History, error) {
	loaded, err := store.Load(ctx, stream, 0)
	if err != nil {
		return History{}, err
	}
	h := History{Stream: stream, Heads: []ports.Head{loaded.Head}}
	for _, step := range steps {
		if err := h.add(ctx, store, step); err != nil {
			return h, err
		}
	}
	return h, nil
}

// add appends one more commit.
func (h *History) add(ctx context.Context, store ports.EventStore, step Step) error {
	c := step.after(h.End(), fmt.Sprintf("command-%d", len(h.Commits)+1))
	head, err := store.Append(ctx, h.End(), c.Clone())
	if err != nil {
		return err
	}
	h.Commits, h.Heads = append(h.Commits, c), append(h.Heads, head)
	return nil
}

func (s Step) after(head ports.Head, command string) ports.Commit {
	if s.Events == 0 {
		return OlderCommit(head)
	}
	c := Commit(head, command, s.Events)
	if s.Snapshot > 0 {
		c = WithSnapshot(c, s.Snapshot)
	}
	return c
}

// End returns the end of the stream.
func (h *History) End() ports.Head { return h.Heads[len(h.Heads)-1] }

// Published returns the events of versions a to b, both included, as far as there
// are, with what their commits say and without a source.
func (h *History) Published(a, b ports.Version) []ports.Published {
	var out []ports.Published
	for _, c := range h.Commits {
		for _, p := range c.Published("") {
			if p.Version >= a && p.Version <= b {
				out = append(out, p)
			}
		}
	}
	return out
}

// Events returns the events of versions a to b, both included, as far as there are.
func (h *History) Events(a, b ports.Version) []ports.Event {
	var out []ports.Event
	for _, p := range h.Published(a, b) {
		out = append(out, p.Event)
	}
	return out
}
