package demo

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/core/cart"
	"github.com/evercart/evercart/core/es"
)

// visitor makes up one cart's life.
type visitor struct {
	*Options
	dice   *rand.Rand
	id     string
	number int // of the cart, from 0

	owner       string
	visits      int
	correlation string // of the visit
	trace       string // of the visit
	at          time.Time
	lines       []cart.Line
	steps       []Step
}

// shop returns the cart's commands, the first of which opens it.
func (v *visitor) shop() []Step {
	if v.chance(70) {
		v.owner = fmt.Sprintf("https://demo.evercart.example|shopper-%03d", v.skewed(90))
	}
	v.at = v.opening()
	v.visit()
	v.do(cart.OpenCart{Owner: v.owner})
	if v.chance(4) {
		return v.end() // looked in, and left
	}
	shelf := shelves()[v.dice.IntN(len(shelves()))]
	for range 1 + v.skewed(7) {
		v.add(shelf)
	}
	v.reconsider()
	for v.chance(35) && v.passes(time.Duration(2+v.dice.IntN(70))*time.Hour) {
		v.visit()
		v.add(shelf)
		v.reconsider()
	}
	if v.chance(68) && len(v.lines) > 0 && v.passes(time.Duration(20+v.dice.IntN(900))*time.Second) {
		v.do(cart.CloseCart{})
		return v.end()
	}
	return v.leave()
}

// opening returns an instant of the shop's weeks: people shop by day and in the
// evening.
func (v *visitor) opening() time.Time {
	hours := [24]int{1, 0, 0, 0, 0, 1, 3, 6, 8, 9, 9, 10, 12, 11, 9, 9, 10, 12, 15, 18, 19, 15, 9, 4}
	total := 0
	for _, n := range hours {
		total += n
	}
	pick, hour := v.dice.IntN(total), 0
	for ; pick >= hours[hour]; hour++ {
		pick -= hours[hour]
	}
	day := v.Until.UTC().Truncate(24*time.Hour).AddDate(0, 0, -v.dice.IntN(7*v.Weeks))
	at := day.Add(time.Duration(hour)*time.Hour + time.Duration(v.dice.IntN(3600))*time.Second)
	for !at.Before(v.Until.Add(-time.Minute)) {
		at = at.Add(-24 * time.Hour)
	}
	return at
}

// add puts something new into the cart.
func (v *visitor) add(shelf []ware) {
	from := shelf
	if v.chance(18) {
		from = extras()
	}
	w := from[v.dice.IntN(len(from))]
	if v.has(w.name) < 0 && v.passes(time.Duration(8+v.dice.IntN(170))*time.Second) {
		quantity := 1 + v.skewed(4)
		v.lines = append(v.lines, cart.Line{Item: w.name, Quantity: quantity})
		v.do(w.add(quantity))
	}
}

// reconsider changes a quantity or takes something out, now and then.
func (v *visitor) reconsider() {
	if len(v.lines) > 0 && v.chance(40) && v.passes(time.Duration(5+v.dice.IntN(90))*time.Second) {
		line := &v.lines[v.dice.IntN(len(v.lines))]
		line.Quantity += 1 + v.dice.IntN(3)
		v.do(cart.ChangeItemQuantity{Item: line.Item, Quantity: line.Quantity})
	}
	if len(v.lines) > 1 && v.chance(22) && v.passes(time.Duration(5+v.dice.IntN(90))*time.Second) {
		i := v.dice.IntN(len(v.lines))
		item := v.lines[i].Item
		v.lines = slices.Delete(v.lines, i, i+1)
		v.do(cart.RemoveItem{Item: item})
	}
}

// leave leaves the cart open. Where it is due a reminder, its shopper is reminded,
// and some come back.
func (v *visitor) leave() []Step {
	due := v.at.Add(v.RemindAfter)
	switch {
	case len(v.lines) == 0 || due.After(v.Now):
		return v.end()
	case !due.Before(v.Until.Add(-time.Hour)):
		v.at = v.at.Add(time.Second)
		if v.at.Before(v.Until) {
			v.do(cart.CloseCart{})
		} else {
			v.steps = nil // it would be due at once: it never was
		}
		return v.end()
	}
	cause, changed := v.steps[len(v.steps)-1].CommandID, v.at
	v.at = due.Add(time.Duration(v.dice.IntN(3000)) * time.Second)
	v.correlation, v.trace = "reminders", ""
	v.do(cart.RemindShopper{UnchangedSince: changed})
	last := &v.steps[len(v.steps)-1]
	last.CausationID, last.Caller = cause, es.Caller{Operator: true}
	if v.chance(40) && v.passes(time.Duration(1+v.dice.IntN(40))*time.Hour) {
		v.visit()
		v.do(cart.CloseCart{})
	}
	return v.end()
}

func (v *visitor) end() []Step { return v.steps }

// visit begins another visit: what happens in it belongs together.
func (v *visitor) visit() {
	v.visits++
	v.correlation = fmt.Sprintf("demo-%d-%d-visit-%d", v.Seed, v.number, v.visits)
	v.trace = fmt.Sprintf("00-%016x%016x-%016x-01", v.dice.Uint64(), v.dice.Uint64()|1, v.dice.Uint64()|1)
}

// do carries out a command now.
func (v *visitor) do(c cart.Command) {
	v.steps = append(v.steps, Step{At: v.at, Request: app.Request[cart.Command]{
		ID: v.id, Command: c, CommandID: fmt.Sprintf("demo-%d-%d-%d", v.Seed, v.number, len(v.steps)+1),
		Caller: es.Caller{Subject: v.owner}, CorrelationID: v.correlation, Traceparent: v.trace,
	}})
}

// passes lets time pass, unless that would be beyond the end.
func (v *visitor) passes(d time.Duration) bool {
	if !v.at.Add(d).Before(v.Until) {
		return false
	}
	v.at = v.at.Add(d)
	return true
}

// has returns where an item stands in the cart; -1 where it is not.
func (v *visitor) has(item string) int {
	return slices.IndexFunc(v.lines, func(l cart.Line) bool { return l.Item == item })
}

// chance is true in so many of a hundred cases.
func (v *visitor) chance(percent int) bool { return v.dice.IntN(100) < percent }

// skewed returns a number from 0 to n-1, small ones more often.
func (v *visitor) skewed(n int) int { return min(v.dice.IntN(n), v.dice.IntN(n)) }
