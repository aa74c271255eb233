package es

import (
	"encoding/hex"
	"math/rand/v2"
	"sync"
	"time"
)

// IDs makes event IDs: UUIDs of version 7 (RFC 9562, section 5.7) that ascend
// within the process, also within one millisecond (method 3 of section 6.2: the
// 12 bits after the time hold its fraction). They are unique, not secret: where an
// ID must not be guessed, take one from a cryptographic source.
//
// An IDs is safe for concurrent use.
type IDs struct {
	now    func() time.Time
	mu     sync.Mutex
	random *rand.ChaCha8
	last   uint64 // the last time used, in steps of 1/4096 ms
}

// NewIDs returns a maker that reads the time from now and its random bits from
// seed, which must be different, and random, in every process.
func NewIDs(now func() time.Time, seed [32]byte) *IDs {
	return &IDs{now: now, random: rand.NewChaCha8(seed)}
}

// New returns the next ID in its canonical form, 36 lower-case characters.
func (g *IDs) New() string {
	t := g.now()
	ms := uint64(t.UnixMilli())
	fraction := uint64(t.Nanosecond()%int(time.Millisecond)) * 4096 / uint64(time.Millisecond)
	step := ms<<12 | fraction

	g.mu.Lock()
	if step <= g.last {
		step = g.last + 1
	}
	g.last = step
	tail := g.random.Uint64()
	g.mu.Unlock()

	var id [16]byte
	for i := range 6 {
		id[i] = byte(step >> 12 >> (40 - 8*i))
	}
	id[6] = 0x70 | byte(step>>8)&0x0f
	id[7] = byte(step)
	for i := range 8 {
		id[8+i] = byte(tail >> (56 - 8*i))
	}
	id[8] = 0x80 | id[8]&0x3f

	var text [36]byte
	hex.Encode(text[0:8], id[0:4])
	hex.Encode(text[9:13], id[4:6])
	hex.Encode(text[14:18], id[6:8])
	hex.Encode(text[19:23], id[8:10])
	hex.Encode(text[24:36], id[10:16])
	text[8], text[13], text[18], text[23] = '-', '-', '-', '-'
	return string(text[:])
}
