package simulation_test

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/evercart/evercart/core/cart"
)

// result is what one seed led to.
type result struct {
	seed     uint64
	fault    error // nil: all checks passed
	trace    string
	calls    int // of services
	events   int
	commits  int
	took     time.Duration // simulated
	injected map[string]int
}

// maxSteps bounds a world: one that does not come to rest is a fault.
const maxSteps = 400_000

// simulate runs the world of a seed, within a bubble.
func simulate(ctx context.Context, seed uint64, m mutant, settle func(), lines func(string)) result {
	began := time.Now()
	w := newWorld(ctx, seed, m, settle)
	w.lines = lines
	defer w.close()
	r := result{seed: seed, injected: w.plan.injected}
	r.fault = w.live(&r)
	r.trace = hex.EncodeToString(w.trace.Sum(nil))
	r.calls, r.took = w.calls, time.Since(began)
	return r
}

// live lets everything happen, with faults and then without, and judges.
func (w *world) live(r *result) error {
	w.note("%s", &w.plan)
	chaos := w.between(2*time.Minute, 30*time.Minute)
	every := w.between(time.Minute, 4*time.Minute)
	if w.plan.outage > 0 {
		chaos += w.plan.outage
		every = max(every, w.plan.outage/20)
	}
	if err := w.settleBefore(); err != nil {
		return err
	}
	w.prepare(chaos)
	ticking := true
	w.tick(&every, &ticking)
	calm := time.Now().Add(chaos)
	if !w.run(func() bool { return !time.Now().Before(calm) }, maxSteps) {
		return fmt.Errorf("the faults do not end")
	}
	w.note("calm")
	w.plan.on, every = false, time.Minute
	if err := w.rest("after the faults"); err != nil {
		return err
	}
	if err := w.operate(); err != nil {
		return err
	}
	ticking = false
	return w.judge(r)
}

// settleBefore lets happen what is older than all that is ours.
func (w *world) settleBefore() error {
	w.older.choose(w.shopping.carts)
	w.plan.on = false
	err := w.asOperator("older program", w.older.before)
	w.plan.on, w.streams = true, true
	return err
}

// prepare notes in the agenda what comes by itself.
func (w *world) prepare(chaos time.Duration) {
	w.shopping.plan(15+w.pick(50), chaos)
	for _, m := range w.mappings {
		w.at(w.between(0, 30*time.Second), m.create)
	}
	if w.plan.outage > 0 {
		relay := w.mappings[0]
		w.at(time.Minute, func() { relay.stopped = true; w.plan.count("relay's mapping: outage") })
		w.at(time.Minute+w.plan.outage, relay.resume)
	}
	w.older.plan(chaos)
	if len(w.older.carts) > 0 && w.chance(0.5) {
		w.at(w.between(0, chaos), w.backfillBeside)
	}
	for range w.plan.reshard {
		w.at(w.between(0, chaos), w.changes.reshard)
		w.at(w.between(0, chaos), w.events.reshard)
	}
	for range w.plan.brownouts {
		w.at(w.between(0, chaos), func() { w.plan.brownout(w) })
	}
	for range w.plan.rebuilds {
		w.at(w.between(0, chaos), func() { w.rebuild(cart.CartsView{}) })
		w.at(w.between(0, chaos), func() { w.rebuild(cart.RelatedView{}) })
	}
	for i := range w.plan.garbage {
		w.at(w.between(0, chaos), func() { w.litter(i) })
	}
}

// tick has schedules call their functions.
func (w *world) tick(every *time.Duration, ticking *bool) {
	const scheduled = `{"source":"aws.scheduler","detail-type":"Scheduled Event","detail":{}}`
	w.at(*every, func() {
		if !*ticking {
			return
		}
		for _, fn := range []*function{w.carts, w.related, w.notify, w.remind, w.replay} {
			if fn != w.remind || w.plan.on && w.chance(0.2) { // nobody is reminded at rest
				fn.invoke([]byte(scheduled), func([]byte, error) {})
			}
		}
		w.tick(every, ticking)
	})
}

// litter puts a record on the feed that nobody can read.
func (w *world) litter(n int) {
	data := fmt.Appendf(nil, "litter %d", n)
	s := w.events.shardOf(string(data))
	w.plan.count("kinesis: unreadable record")
	w.events.add(s, w.events.position(), feedRecord(string(data), data))
}

// rest waits until nothing is under way.
func (w *world) rest(when string) error {
	until := time.Now().Add(12 * time.Hour)
	busy := ""
	idle := func() bool { busy = w.busy(); return busy == "" }
	look := time.Now()
	done := func() bool {
		if time.Now().Before(look) {
			return false
		}
		look = time.Now().Add(10 * time.Second)
		return idle() || time.Now().After(until)
	}
	if !w.run(done, maxSteps) || busy != "" {
		return fmt.Errorf("%s the world does not come to rest: %s", when, busy)
	}
	return nil
}

// busy says what is under way; nothing where all is at rest.
func (w *world) busy() string {
	switch {
	case w.shopping.open > 0:
		return fmt.Sprintf("%d orders are open", w.shopping.open)
	case w.older.running > 0:
		return "the older program runs"
	case w.backfills > 0:
		return "a backfill is under way"
	case w.moving > 0:
		return fmt.Sprintf("%d changes are on their way", w.moving)
	case w.failures.waiting > 0:
		return fmt.Sprintf("%d failed batches are redriven", w.failures.waiting)
	case w.starting > 0 || w.rebuilds > 0:
		return fmt.Sprintf("%d replays and %d rebuilds are under way", w.starting, w.rebuilds)
	case len(w.cartsQueue.messages)+len(w.relatedQueue.messages) > 0:
		return "messages are in the queues"
	case w.fronts.running()+w.remind.running > 0:
		return "a command runs"
	}
	for _, m := range w.mappings {
		if !m.idle() {
			return m.function.name + " has not read all"
		}
	}
	return w.unsettled()
}

// asOperator carries something out as an operator would, and waits for its end.
func (w *world) asOperator(name string, do func(ctx context.Context) error) error {
	done := false
	err := errors.New("it does not end")
	var got error
	w.spawn(w.root, name, func(ctx context.Context) { got = do(ctx) }, func() { err, done = got, true })
	if !w.run(func() bool { return done }, maxSteps) || err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}
