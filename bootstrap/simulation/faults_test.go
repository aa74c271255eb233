package simulation_test

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// fate is what becomes of one request.
type fate int

const (
	fine        fate = iota
	refused          // throttled: no effect
	unsent           // the connection breaks before: no effect
	lost             // the connection breaks after: the effect is there, the answer is not
	slow             // it takes seconds
	hung             // it takes longer than the caller waits
	crashBefore      // the caller dies before the effect
	crashAfter       // the caller dies after the effect
	fates
)

func (f fate) String() string {
	return [...]string{"fine", "refused", "unsent", "lost", "slow", "hung", "crash before", "crash after"}[f]
}

// failed reports whether the caller sees a fault.
func (f fate) failed() bool { return f == refused || f == unsent || f == lost }

// faultPlan says how likely each fault is in one world: many worlds lack many
// kinds, so that rare ones are seen alone.
type faultPlan struct {
	on    bool
	fates [fates]float64

	duplicate float64 // a mapping forgets that a batch was handled
	overlap   float64 // a mapping hands a batch over twice at the same time
	partial   float64 // a record of a PutRecords call fails
	cut       float64 // the body of an answer of S3 breaks off
	reorder   float64 // a change comes seconds late on the table's stream
	collide   float64 // a write meets a transaction
	lag       float64 // a write reaches indexes and copies late
	reshard   int     // how often each feed is resharded
	brownouts int     // how often a service hardly answers for some minutes
	browned   map[string]int
	skew      time.Duration
	outage    time.Duration // how long the relay's mapping stands still
	rebuilds  int           // how often each view is built anew
	older     float64       // carts that the older program began
	garbage   int           // records on the feed that nobody can read
	injected  map[string]int
}

func newPlan(dice *rand.Rand) faultPlan {
	rate := func(most float64) float64 {
		if dice.IntN(5) < 2 {
			return 0
		}
		return most * []float64{0.1, 0.5, 1}[dice.IntN(3)]
	}
	p := faultPlan{on: true, injected: map[string]int{}, browned: map[string]int{}}
	p.fates[refused], p.fates[unsent], p.fates[lost] = rate(0.2), rate(0.1), rate(0.15)
	p.fates[slow], p.fates[hung] = rate(0.1), rate(0.02)
	p.fates[crashBefore], p.fates[crashAfter] = rate(0.04), rate(0.04)
	p.duplicate, p.overlap, p.partial, p.reorder, p.cut = rate(0.3), rate(0.3), rate(0.3), rate(0.3), rate(0.3)
	p.collide, p.lag = rate(0.2), rate(0.3)
	if dice.IntN(2) == 0 {
		p.reshard = 1 + dice.IntN(4)
	}
	p.skew = []time.Duration{0, time.Second, time.Minute, time.Hour}[dice.IntN(4)]
	if dice.IntN(8) == 0 {
		p.outage = []time.Duration{10 * time.Minute, 21 * time.Hour, 30 * time.Hour}[dice.IntN(3)]
	}
	if dice.IntN(2) == 0 {
		p.brownouts = 1 + dice.IntN(3)
	}
	if dice.IntN(3) == 0 {
		p.rebuilds = 1
	}
	if dice.IntN(3) == 0 {
		p.older = 0.6
	}
	if dice.IntN(4) == 0 {
		p.garbage = 1 + dice.IntN(3)
	}
	return p
}

// fateOf throws the fate of a request.
func (p *faultPlan) fateOf(w *world, r *request) fate {
	if !p.on || r.service == "" {
		return fine
	}
	if p.browned[r.service] > 0 && w.chance(0.9) {
		p.count(r.service + ": in a brownout")
		return []fate{refused, unsent}[w.pick(2)]
	}
	throw := w.dice.Float64()
	for f := refused; f < fates; f++ {
		if throw -= p.fates[f]; throw >= 0 {
			continue
		}
		if (f == crashBefore || f == crashAfter) && !r.from.mortal {
			return fine
		}
		p.count(r.service + ": " + f.String())
		return f
	}
	return fine
}

// hits throws a fault that is no request's.
func (p *faultPlan) hits(w *world, rate float64, name string) bool {
	if !p.on || !w.chance(rate) {
		return false
	}
	p.count(name)
	return true
}

// brownout has a service hardly answer for a while.
func (p *faultPlan) brownout(w *world) {
	service := []string{"dynamodb", "kinesis", "views", "s3", "receiver", "sqs", "lambda"}[w.pick(7)]
	w.note("%s browns out", service)
	p.browned[service]++
	w.at(w.between(time.Minute, 12*time.Minute), func() { p.browned[service]-- })
}

func (p *faultPlan) count(name string) { p.injected[name]++ }

// latency throws how long a request takes to arrive.
func (p *faultPlan) latency(w *world, f fate) time.Duration {
	switch f {
	case slow:
		return w.between(100*time.Millisecond, 5*time.Second)
	case hung:
		return w.between(5*time.Second, 90*time.Second)
	}
	return w.between(100*time.Microsecond, 20*time.Millisecond)
}

func (p *faultPlan) String() string {
	return fmt.Sprintf("refused %.3f, unsent %.3f, lost %.3f, slow %.3f, hung %.3f, crash %.3f and %.3f, duplicate %.3f, overlap %.3f, partial %.3f, reorder %.3f, cut %.3f, collide %.3f, lag %.3f, reshard %d, brownouts %d, skew %s, outage %s, older %.3f, garbage %d",
		p.fates[refused], p.fates[unsent], p.fates[lost], p.fates[slow], p.fates[hung], p.fates[crashBefore], p.fates[crashAfter],
		p.duplicate, p.overlap, p.partial, p.reorder, p.cut, p.collide, p.lag, p.reshard, p.brownouts, p.skew, p.outage, p.older, p.garbage)
}
