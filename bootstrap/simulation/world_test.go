package simulation_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"hash"
	"hash/fnv"
	"math/rand/v2"
	"sync"
	"time"
)

// world is one simulated AWS account. Everything in it belongs to the goroutine of
// run, but for what mu guards.
type world struct {
	seed   uint64
	dice   *rand.Rand
	settle func()          // returns when all other goroutines wait (synctest.Wait)
	root   context.Context // of all processes
	end    context.CancelFunc
	plan   faultPlan
	mutant mutant

	agenda    agenda
	processes int // begun so far
	trace     hash.Hash
	lines     func(line string) // takes the trace as text; nil: nobody does
	calls     int               // of services
	strange   []error           // what should never happen, whatever services do

	mu       sync.Mutex
	arrivals []*request
	wake     chan struct{}

	*account
}

func newWorld(ctx context.Context, seed uint64, m mutant, settle func()) *world {
	w := &world{
		seed: seed, dice: rand.New(rand.NewPCG(seed, 0x5eed)), settle: settle, mutant: m,
		trace: sha256.New(), wake: make(chan struct{}, 1),
	}
	w.root, w.end = context.WithCancel(ctx)
	w.plan = newPlan(w.dice)
	w.account = newAccount(w)
	return w
}

// note writes a line of the trace.
func (w *world) note(format string, args ...any) {
	line := fmt.Sprintf("%s %s\n", time.Now().UTC().Format("02T15:04:05.000000000"), fmt.Sprintf(format, args...))
	_, _ = w.trace.Write([]byte(line))
	if w.lines != nil {
		w.lines(line)
	}
}

// at has do done after a while.
func (w *world) at(after time.Duration, do func()) { w.agenda.add(time.Now().Add(after), do) }

// run lets time go on until done says so, or a bound of steps is reached, which it
// reports.
func (w *world) run(done func() bool, most int) bool {
	for range most {
		w.settle()
		w.receive()
		if done() {
			return true
		}
		next, ok := w.agenda.next()
		if !ok {
			next = time.Now().Add(time.Hour)
		}
		if wait := time.Until(next); wait > 0 {
			w.sleep(wait)
			continue
		}
		if ok {
			w.agenda.take()()
		}
	}
	return false
}

// sleep waits, until a request arrives at the latest.
func (w *world) sleep(d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-w.wake:
	}
}

// close ends all processes.
func (w *world) close() {
	w.end()
	w.settle()
	w.mu.Lock()
	parked := w.arrivals
	w.arrivals = nil
	w.mu.Unlock()
	for _, r := range parked {
		r.from.kill()
	}
	w.settle()
}

// between throws a duration from a to b.
func (w *world) between(a, b time.Duration) time.Duration {
	return a + time.Duration(w.dice.Int64N(int64(b-a)+1))
}

// chance throws whether something of that probability happens.
func (w *world) chance(p float64) bool { return p > 0 && w.dice.Float64() < p }

// pick throws one of n.
func (w *world) pick(n int) int { return w.dice.IntN(n) }

// spread stands for the random pauses of adapters: several goroutines of one process
// may ask at the same instant, and in any order.
func (w *world) spread(below time.Duration) time.Duration {
	h := fnv.New64a()
	fmt.Fprint(h, w.seed, time.Now().UnixNano(), below)
	return time.Duration(h.Sum64() % uint64(below))
}
