package linear_test

import (
	"context"
	"fmt"
	"iter"
	"math/rand/v2"
	"runtime"
	"sync"

	"github.com/evercart/evercart/ports"
)

// network lies between a process and its store. It loses requests and answers,
// delivers appends long after it gave them up, and cuts some callers off. Its dice
// are seeded; it is safe for concurrent use.
type network struct {
	ports.EventStore

	mu    sync.Mutex
	dice  *rand.Rand
	calls int
	late  []delivery // appends on their way
}

// delivery is an append that arrives when a later call does.
type delivery struct {
	due    int
	arrive func()
}

// The faults of one call, in per mille.
const (
	lostRequest = 30
	lostAnswer  = 40
	lateRequest = 30
	cutOff      = 20 // an append is stored, and its caller hears nothing any more
	lostRead    = 40
)

type cutKey struct{}

// withCut returns a context whose caller the network can cut off.
func withCut(ctx context.Context) context.Context {
	return context.WithValue(ctx, cutKey{}, new(bool)) // of one goroutine
}

// roll throws the dice for one call and delivers what is due.
func (n *network) roll() int {
	n.mu.Lock()
	n.calls++
	throw, yields := n.dice.IntN(1000), n.dice.IntN(4)
	var due []delivery
	n.late, due = split(n.late, n.calls)
	n.mu.Unlock()
	for _, d := range due {
		d.arrive()
	}
	for range yields {
		runtime.Gosched() // others may come in between
	}
	return throw
}

func split(late []delivery, calls int) (rest, due []delivery) {
	for _, d := range late {
		if d.due <= calls {
			due = append(due, d)
		} else {
			rest = append(rest, d)
		}
	}
	return rest, due
}

// settle delivers what is still on its way.
func (n *network) settle() {
	n.mu.Lock()
	late := n.late
	n.late = nil
	n.mu.Unlock()
	for _, d := range late {
		d.arrive()
	}
}

func (n *network) Append(ctx context.Context, head ports.Head, commit ports.Commit) (ports.Head, error) {
	cut := ctx.Value(cutKey{}).(*bool)
	throw := n.roll()
	if *cut {
		return ports.Head{}, silence("append")
	}
	switch {
	case throw < lostRequest:
		return ports.Head{}, silence("append")
	case throw < lostRequest+lateRequest:
		commit := commit.Clone()
		n.mu.Lock()
		defer n.mu.Unlock()
		n.late = append(n.late, delivery{n.calls + 1 + n.dice.IntN(40), func() {
			_, _ = n.EventStore.Append(context.WithoutCancel(ctx), head, commit) // nobody hears of it
		}})
		return ports.Head{}, silence("append")
	}
	after, err := n.EventStore.Append(ctx, head, commit)
	switch throw -= lostRequest + lateRequest; {
	case throw < lostAnswer:
		return ports.Head{}, silence("append")
	case throw < lostAnswer+cutOff:
		*cut = true
		return ports.Head{}, silence("append")
	}
	n.roll()
	return after, err
}

func (n *network) Load(ctx context.Context, stream ports.StreamID, schema int) (ports.Loaded, error) {
	if n.loses(ctx) {
		return ports.Loaded{}, silence("load")
	}
	loaded, err := n.EventStore.Load(ctx, stream, schema)
	n.roll()
	return loaded, err
}

func (n *network) LoadAt(ctx context.Context, stream ports.StreamID, at ports.Version, schema int) (ports.Past, error) {
	if n.loses(ctx) {
		return ports.Past{}, silence("load at a version")
	}
	return n.EventStore.LoadAt(ctx, stream, at, schema)
}

func (n *network) Since(ctx context.Context, head ports.Head) ([]ports.Commit, ports.Head, error) {
	if n.loses(ctx) {
		return nil, ports.Head{}, silence("read after a head")
	}
	return n.EventStore.Since(ctx, head)
}

func (n *network) Read(ctx context.Context, stream ports.StreamID, a, b ports.Version) iter.Seq2[ports.Published, error] {
	if n.loses(ctx) {
		return func(yield func(ports.Published, error) bool) { yield(ports.Published{}, silence("read")) }
	}
	return n.EventStore.Read(ctx, stream, a, b)
}

func (n *network) loses(ctx context.Context) bool {
	return n.roll() < lostRead || *ctx.Value(cutKey{}).(*bool)
}

func silence(what string) error { return fmt.Errorf("%s: no answer: %w", what, ports.ErrUnavailable) }
