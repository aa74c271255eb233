package linear_test

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/anishathalye/porcupine"
)

// history is what all clients asked and were told, with instants of one clock that
// only counts. It is safe for concurrent use.
type history struct {
	clock atomic.Int64
	mu    sync.Mutex
	all   []porcupine.Operation
	// stored counts how often each key was recorded in the end.
	stored map[string]int
}

func (h *history) begin() int64 { return h.clock.Add(1) }

// end notes an answer. What was not answered may still be carried out, at any later
// time.
func (h *history) end(client int, began int64, w wish, t told) {
	ended := h.clock.Add(1)
	if t.unknown {
		ended = math.MaxInt64
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.all = append(h.all, porcupine.Operation{ClientId: client, Input: w, Call: began, Output: t, Return: ended})
}

// model says when a history of carts is linearizable: each answer is the one that a
// cart gives at some instant between question and answer.
func model() porcupine.Model {
	return porcupine.Model{
		Partition: byCart,
		Init:      func() any { return &spec{} },
		Step: func(state, input, output any) (bool, any) {
			want, after := state.(*spec).step(input.(wish))
			got := output.(told)
			return got.unknown || got == want, after
		},
		Equal:             func(a, b any) bool { return a.(*spec).history == b.(*spec).history },
		Hash:              func(state any) uint64 { return state.(*spec).hash() },
		DescribeOperation: func(input, output any) string { return fmt.Sprintf("%+v → %+v", input, output) },
		DescribeState:     func(state any) string { return fmt.Sprintf("%+v", state.(*spec).now()) },
	}
}

func byCart(all []porcupine.Operation) (parts [][]porcupine.Operation) {
	at := map[string]int{}
	for _, o := range all {
		cart := o.Input.(wish).cart
		i, ok := at[cart]
		if !ok {
			i = len(parts)
			at[cart] = i
			parts = append(parts, nil)
		}
		parts[i] = append(parts[i], o)
	}
	return parts
}

// checkWithin bounds the search for an order. A history without a fault needs a
// moment.
const checkWithin = 15 * time.Second

// violation is a cart whose history has no order.
type violation struct {
	cart string
	ops  []porcupine.Operation
	info porcupine.LinearizationInfo
}

// Error tells the end of the longest order that there is, and what fits nowhere
// after it.
func (v *violation) Error() string {
	var longest []porcupine.Operation
	for _, orders := range v.info.PartialLinearizationsOperations() {
		for _, order := range orders {
			if len(order) > len(longest) {
				longest = order
			}
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "the %d operations on cart %s have no order; the longest has %d and ends:\n", len(v.ops), v.cart, len(longest))
	in := map[int64]bool{}
	for i, o := range longest {
		if in[o.Call] = true; i >= len(longest)-5 {
			b.WriteString(line(o))
		}
	}
	b.WriteString("what fits nowhere begins:\n")
	left := slices.DeleteFunc(slices.Clone(v.ops), func(o porcupine.Operation) bool { return in[o.Call] })
	for _, o := range left[:min(len(left), 8)] {
		b.WriteString(line(o))
	}
	b.WriteString("all that was asked under the first key:\n")
	for _, o := range v.ops {
		if len(left) > 0 && o.Input.(wish).verb != read && o.Input.(wish).key == left[0].Input.(wish).key {
			b.WriteString(line(o))
		}
	}
	return b.String()
}

func line(o porcupine.Operation) string {
	w, t := o.Input.(wish), o.Output.(told)
	return fmt.Sprintf("  %d to %d: %s %s under %q if %d: %+v\n", o.Call, o.Return, w.verb, w.content(), w.key, w.ifMatch, t)
}

// certain returns the operations without those of which no more is known than that
// they were never carried out: the store, in the end, holds no more commands under
// their key than were answered. Each of them would double the search.
func (h *history) certain() (ops []porcupine.Operation) {
	left := maps.Clone(h.stored)
	for _, o := range h.all {
		if o.Output.(told).recorded {
			left[o.Input.(wish).key]--
		}
	}
	for _, o := range h.all {
		if !o.Output.(told).unknown || left[o.Input.(wish).key] > 0 {
			ops = append(ops, o)
		}
	}
	return ops
}

// check returns a *violation for the first cart whose history is not linearizable.
func (h *history) check() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, ops := range byCart(h.certain()) {
		slices.SortStableFunc(ops, func(a, b porcupine.Operation) int { return cmp.Compare(a.Call, b.Call) })
		cart := ops[0].Input.(wish).cart
		switch result, info := porcupine.CheckOperationsVerbose(model(), ops, checkWithin); result {
		case porcupine.Ok:
		case porcupine.Illegal:
			return &violation{cart, ops, info}
		case porcupine.Unknown:
			return fmt.Errorf("no order of the %d operations on cart %s was found within %v", len(ops), cart, checkWithin)
		}
	}
	return nil
}

// tally is what a history is made of.
type tally struct{ operations, recorded, refused, replayed, unknown, carts int }

func (h *history) tally() (t tally) {
	h.mu.Lock()
	defer h.mu.Unlock()
	carts := map[string]bool{}
	for _, o := range h.all {
		t.operations++
		answer := o.Output.(told)
		carts[o.Input.(wish).cart] = true
		switch {
		case answer.unknown:
			t.unknown++
		case answer.code != "":
			t.refused++
		case answer.replayed:
			t.replayed++
		case answer.recorded:
			t.recorded++
		}
	}
	t.carts = len(carts)
	return t
}
