package simulation_test

import (
	"context"
	"time"
)

// process is something that runs by itself and may die at any of its calls: an
// invocation of a function, a shopper, an operator.
type process struct {
	id     int
	name   string
	cancel context.CancelFunc
	dead   chan struct{}
	mortal bool   // it dies of faults
	died   func() // called when it dies of one; may be nil
}

type processKey struct{}

func processOf(ctx context.Context) *process {
	p, _ := ctx.Value(processKey{}).(*process)
	return p
}

// spawn starts a process. When run has returned, ended is called by the world, unless
// the process died before.
func (w *world) spawn(ctx context.Context, name string, run func(ctx context.Context), ended func()) *process {
	w.processes++
	p := &process{id: w.processes, name: name, dead: make(chan struct{})}
	ctx, p.cancel = context.WithCancel(context.WithValue(ctx, processKey{}, p))
	go func() {
		run(ctx)
		p.cancel()
		if !p.isDead() {
			w.arrive(&request{from: p, what: "end", since: time.Now(), effect: ended})
		}
	}()
	return p
}

// kill ends a process: none of its calls has an effect from now on, and whatever it
// still does is seen by nobody.
func (p *process) kill() {
	if !p.isDead() {
		close(p.dead)
		p.cancel()
	}
}

func (p *process) isDead() bool {
	select {
	case <-p.dead:
		return true
	default:
		return false
	}
}
