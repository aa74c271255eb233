package simulation_test

import (
	"cmp"
	"context"
	"slices"
	"time"
)

// request is a call of a service on its way.
type request struct {
	from    *process
	service string
	what    string
	since   time.Time
	effect  func()    // what the service does
	answer  chan fate // nil: nobody waits
}

// call has a service do something, and waits for the answer. The error is that of a
// context that ended first; the effect may come all the same.
func (w *world) call(ctx context.Context, service, what string, effect func()) (fate, error) {
	p := processOf(ctx)
	if err := ctx.Err(); err != nil || p.isDead() {
		return unsent, cmp.Or(err, context.Canceled)
	}
	r := &request{from: p, service: service, what: what, since: time.Now(), effect: effect, answer: make(chan fate, 1)}
	w.arrive(r)
	select {
	case f := <-r.answer:
		if !p.isDead() {
			return f, nil
		}
	case <-ctx.Done():
		if !p.isDead() {
			return unsent, ctx.Err()
		}
	case <-p.dead:
	}
	return unsent, context.Canceled
}

// arrive hands a request to the world. It is called by any goroutine.
func (w *world) arrive(r *request) {
	w.mu.Lock()
	w.arrivals = append(w.arrivals, r)
	w.mu.Unlock()
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// receive decides what becomes of the requests that came since.
func (w *world) receive() {
	w.mu.Lock()
	news := w.arrivals
	w.arrivals = nil
	w.mu.Unlock()
	// Goroutines of one process may have asked in any order.
	slices.SortStableFunc(news, func(a, b *request) int {
		return cmp.Or(cmp.Compare(a.from.id, b.from.id), cmp.Compare(a.what, b.what))
	})
	for _, r := range news {
		w.calls++
		f := w.plan.fateOf(w, r)
		delay := w.plan.latency(w, f)
		w.at(max(0, delay-time.Since(r.since)), func() { w.serve(r, f) })
	}
}

// serve lets a request take effect, or not, and its answer go.
func (w *world) serve(r *request, f fate) {
	w.note("%d %s %s %s: %s", r.from.id, r.from.name, r.service, r.what, f)
	if f == crashBefore {
		w.crash(r.from)
		return
	}
	if f != refused && f != unsent {
		r.effect()
	}
	if f == crashAfter {
		w.crash(r.from)
		return
	}
	if r.answer != nil {
		w.at(w.between(time.Microsecond, 10*time.Millisecond), func() { r.answer <- f })
	}
}

// crash kills a process by a fault.
func (w *world) crash(p *process) {
	if p.isDead() {
		return
	}
	p.kill()
	if p.died != nil {
		p.died()
	}
}
