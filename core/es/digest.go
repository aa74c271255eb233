package es

import "github.com/evercart/evercart/ports"

// PublishedDigest returns the EventDigest of an event as it is published: the same
// as that of the stored event, if nothing was changed.
func PublishedDigest(p *ports.Published) ports.Hash {
	c := ports.Commit{First: p.CommitFirst, Last: p.CommitLast, Fingerprint: p.Fingerprint, Events: []ports.Event{p.Event}}
	return EventDigest(&c, 0)
}
