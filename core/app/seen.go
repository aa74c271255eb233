package app

import (
	"crypto/sha256"

	"github.com/evercart/evercart/ports"
)

// seen tells events that came before, exactly, in the memory of a few dozen bytes
// a stream: events come nearly in order, so that the highest version and the holes
// below it say all. It belongs to one goroutine.
type seen struct {
	highest map[streamKey]ports.Version
	// holes are the versions below the highest that have not come yet.
	holes map[streamKey][]span
}

// streamKey is the first half of the SHA-256 of a stream's name: 128 bits, so that
// no two streams of any archive meet.
type streamKey [16]byte

// span is the versions from a to b, both included.
type span struct{ a, b ports.Version }

func newSeen() *seen {
	return &seen{highest: map[streamKey]ports.Version{}, holes: map[streamKey][]span{}}
}

// first reports whether the event comes for the first time, and remembers it.
func (s *seen) first(e *ports.Published) bool {
	key := keyOf(&e.Stream)
	highest := s.highest[key]
	if e.Version > highest {
		if e.Version > highest+1 {
			s.holes[key] = append(s.holes[key], span{highest + 1, e.Version - 1})
		}
		s.highest[key] = e.Version
		return true
	}
	return s.fill(key, e.Version)
}

func keyOf(stream *ports.StreamID) streamKey {
	var room [192]byte // categories and IDs are shorter
	name := append(append(append(room[:0], stream.Category...), '/'), stream.ID...)
	sum := sha256.Sum256(name)
	return streamKey(sum[:16])
}

// fill takes v out of the holes of a stream, if it is in one.
func (s *seen) fill(key streamKey, v ports.Version) bool {
	holes := s.holes[key]
	for i, h := range holes {
		if v < h.a || v > h.b {
			continue
		}
		rest := append([]span{}, holes[:i]...)
		if h.a < v {
			rest = append(rest, span{h.a, v - 1})
		}
		if v < h.b {
			rest = append(rest, span{v + 1, h.b})
		}
		if rest = append(rest, holes[i+1:]...); len(rest) == 0 {
			delete(s.holes, key)
		} else {
			s.holes[key] = rest
		}
		return true
	}
	return false
}
