package linear_test

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
)

// What a wish is about.
const (
	read   = "read"
	open   = "open"
	add    = "add"
	set    = "set"
	remove = "remove"
	closed = "close"
)

// wish is what a client asks of one cart.
type wish struct {
	cart string
	verb string
	key  string // none for a read
	item string
	n    int
	// ifMatch is the version that the cart must have; -1: any.
	ifMatch int
}

// content is what makes two wishes under one key the same.
func (w wish) content() string { return fmt.Sprint(w.verb, " ", w.item, " ", w.n) }

// told is what a client was answered.
type told struct {
	unknown  bool   // no answer: carried out, to be carried out, or never
	code     string // of a refusal
	version  int
	cart     string // "open tea=2 milk=1"
	recorded bool   // by this very call
	replayed bool
}

// spec is one cart as the design's table has it: written again, on its own, so that
// the code under test is compared with words and not with itself. It is a value:
// nothing that a spec holds is ever changed.
type spec struct {
	version int
	status  string // "" before it is opened
	lines   []specLine
	// recorded holds the last 64 commands, oldest first, and opening the first ever.
	recorded []specAnswer
	opening  *specAnswer
	// history is a digest of all that was recorded, which decides everything else.
	history [16]byte
}

type specLine struct {
	item string
	n    int
}

type specAnswer struct {
	key, content string
	told
}

// remembered is how many commands a cart remembers.
const remembered = 64

// step returns what the wish is answered, and the cart after it.
func (s *spec) step(w wish) (told, *spec) {
	if w.verb == read {
		if s.version == 0 {
			return refused("cart_not_found"), s
		}
		return s.now(), s
	}
	if first := s.recall(w.key); first != nil {
		if first.content != w.content() {
			return refused("idempotency_key_reused"), s
		}
		again := first.told
		again.recorded, again.replayed = false, true
		return again, s
	}
	if w.ifMatch >= 0 && w.ifMatch != s.version {
		if s.version == 0 && w.verb != open {
			return refused("cart_not_found"), s
		}
		return refused("version_mismatch"), s
	}
	if code := s.refuses(w); code != "" {
		return refused(code), s
	}
	if w.verb == set && s.lines[s.find(w.item)].n == w.n {
		return s.now(), s
	}
	after := s.after(w)
	answer := after.now()
	answer.recorded = true
	return answer, after
}

func refused(code string) told { return told{code: code} }

func (s *spec) refuses(w wish) string {
	at := s.find(w.item)
	switch {
	case w.verb == open && s.status == "open":
		return "cart_already_open"
	case s.status == "closed":
		return "cart_closed"
	case w.verb == open:
		return ""
	case s.status == "":
		return "cart_not_found"
	case w.verb == add && at >= 0:
		return "item_already_added"
	case (w.verb == set || w.verb == remove) && at < 0:
		return "item_not_in_cart"
	}
	return ""
}

// after returns the cart after a wish that records.
func (s *spec) after(w wish) *spec {
	next := *s
	next.version++
	next.lines = slices.Clone(s.lines)
	switch w.verb {
	case open:
		next.status = "open"
	case closed:
		next.status = "closed"
	case add:
		next.lines = append(next.lines, specLine{w.item, w.n})
	case set:
		next.lines[s.find(w.item)].n = w.n
	case remove:
		next.lines = slices.Delete(next.lines, s.find(w.item), s.find(w.item)+1)
	}
	answer := specAnswer{w.key, w.content(), next.now()}
	if s.version == 0 {
		next.opening = &answer
	}
	next.recorded = append(slices.Clone(s.recorded), answer)
	next.recorded = next.recorded[max(0, len(next.recorded)-remembered):]
	sum := sha256.Sum256(fmt.Appendf(s.history[:], "%q %q", w.key, w.content()))
	next.history = [16]byte(sum[:16])
	return &next
}

func (s *spec) recall(key string) *specAnswer {
	for i := len(s.recorded) - 1; i >= 0; i-- {
		if s.recorded[i].key == key {
			return &s.recorded[i]
		}
	}
	if s.opening != nil && s.opening.key == key {
		return s.opening
	}
	return nil
}

func (s *spec) find(item string) int {
	return slices.IndexFunc(s.lines, func(l specLine) bool { return l.item == item })
}

func (s *spec) now() told {
	var b strings.Builder
	b.WriteString(s.status)
	for _, l := range s.lines {
		fmt.Fprintf(&b, " %s=%d", l.item, l.n)
	}
	return told{version: s.version, cart: b.String()}
}

func (s *spec) hash() uint64 { return binary.BigEndian.Uint64(s.history[:]) }
