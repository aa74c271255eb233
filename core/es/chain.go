package es

import (
	"crypto/sha256"
	"encoding/binary"
	"time"

	"github.com/evercart/evercart/ports"
)

// EventDigest returns the SHA-256 over all that is recorded of one event of c,
// index i from 0: each field with its length in front (4 bytes, big endian), in
// this order, which is a stored contract and never changes:
//
//	ID, Stream.Category, Stream.ID, Version, Type, Schema, Time, Data, CommandID,
//	CorrelationID, CausationID, Traceparent, Actor, then of the commit:
//	Fingerprint, First, Last
//
// Strings are their UTF-8 bytes. Numbers are 8 bytes, big endian. Time is
// microseconds since 1970 UTC as such a number, or of length 0 where the event
// has none. Fingerprint is its 8 bytes.
func EventDigest(c *ports.Commit, i int) ports.Hash {
	var stack [1024]byte
	return sha256.Sum256(appendEvent(stack[:0], c, i))
}

// CommitHash returns the hash of c after a commit whose hash is before (zero: c is
// the first, or follows a commit of the older form): SHA-256(before ‖ digests of
// its events).
func CommitHash(before ports.Hash, c *ports.Commit) ports.Hash {
	var stack [1024]byte
	var links [160]byte // before and the digests of up to four events
	chain := append(links[:0], before[:]...)
	for i := range c.Events {
		digest := ports.Hash(sha256.Sum256(appendEvent(stack[:0], c, i)))
		chain = append(chain, digest[:]...)
	}
	return sha256.Sum256(chain)
}

func appendEvent(b []byte, c *ports.Commit, i int) []byte {
	e := &c.Events[i]
	b = appendField(b, e.ID)
	b = appendField(b, e.Stream.Category)
	b = appendField(b, e.Stream.ID)
	b = appendNumber(b, int64(e.Version))
	b = appendField(b, e.Type)
	b = appendNumber(b, int64(e.Schema))
	b = appendTime(b, e.Time)
	b = appendField(b, e.Data)
	b = appendField(b, e.CommandID)
	b = appendField(b, e.CorrelationID)
	b = appendField(b, e.CausationID)
	b = appendField(b, e.Traceparent)
	b = appendField(b, e.Actor)
	b = binary.BigEndian.AppendUint32(b, uint32(len(c.Fingerprint)))
	b = append(b, c.Fingerprint[:]...)
	b = appendNumber(b, int64(c.First))
	return appendNumber(b, int64(c.Last))
}

func appendField(b []byte, s string) []byte {
	b = binary.BigEndian.AppendUint32(b, uint32(len(s)))
	return append(b, s...)
}

func appendNumber(b []byte, n int64) []byte {
	b = binary.BigEndian.AppendUint32(b, 8)
	return binary.BigEndian.AppendUint64(b, uint64(n))
}

func appendTime(b []byte, t time.Time) []byte {
	if t.IsZero() {
		return binary.BigEndian.AppendUint32(b, 0)
	}
	return appendNumber(b, t.UnixMicro())
}
