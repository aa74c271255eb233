package app

import (
	"context"

	"github.com/evercart/evercart/core/es"
	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/envelope"
)

// Proof says what the hash of a commit proves of what is stored.
type Proof string

// The hash fits the commit and the hash of the commit before; or it does not, so
// that one of the two is not what was recorded; or there is none, as in the older
// form.
const (
	ProofVerified Proof = "verified"
	ProofBroken   Proof = "broken"
	ProofNone     Proof = "none"
)

// Proven is an event of a history, and what the hash of its commit proves.
type Proven struct {
	ports.Published
	Proof Proof
}

// Timeline is History with a proof of each event: the hash of each commit is
// computed from what the store holds. A page proves its own commits, and their
// place after the one before it.
func (q *Queries[S, C, E]) Timeline(ctx context.Context, caller es.Caller, id string, after ports.Version, limit int) ([]Proven, ports.Version, error) {
	stream := q.stream(id)
	if err := q.admit(ctx, stream, caller); err != nil {
		return nil, 0, err
	}
	if after == maxVersion {
		return nil, 0, nil
	}
	first, before, err := q.link(ctx, stream, after+1)
	if err != nil || first == 0 {
		return nil, 0, tryAgain(ctx, stream, err)
	}
	var events []Proven
	var commit []ports.Published // of the commit at hand, as far as it is read
	for p, err := range q.store.Read(ctx, stream, first, maxVersion) {
		if err != nil {
			return nil, 0, tryAgain(ctx, stream, err)
		}
		if len(events) >= limit {
			return events[:limit], events[limit-1].Version, nil
		}
		p.Source = q.source
		if commit = append(commit, p); p.Version < p.CommitLast {
			continue
		}
		proof := prove(before, commit)
		for _, one := range commit {
			if one.Version > after {
				events = append(events, Proven{Published: one, Proof: proof})
			}
		}
		before, commit = p.CommitHash, commit[:0]
	}
	if len(events) > limit { // the last commit reaches beyond the page
		return events[:limit], events[limit-1].Version, nil
	}
	return events, 0, nil
}

// link returns where the commit begins that holds a version, and the hash of the
// commit before it; 0 where the stream ends before that version.
func (q *Queries[S, C, E]) link(ctx context.Context, stream ports.StreamID, version ports.Version) (ports.Version, ports.Hash, error) {
	var first ports.Version
	for p, err := range q.store.Read(ctx, stream, version, version) {
		if err != nil {
			return 0, ports.Hash{}, err
		}
		first = p.CommitFirst
	}
	if first <= 1 {
		return first, ports.Hash{}, nil
	}
	var before ports.Hash
	for p, err := range q.store.Read(ctx, stream, first-1, first-1) {
		if err != nil {
			return 0, ports.Hash{}, err
		}
		before = p.CommitHash
	}
	return first, before, nil
}

// prove computes the hash of a whole commit after a commit whose hash is before.
func prove(before ports.Hash, events []ports.Published) Proof {
	commit, err := envelope.Commit(events)
	switch {
	case err != nil:
		return ProofBroken
	case commit.Older():
		return ProofNone
	case es.CommitHash(before, &commit) != commit.Hash:
		return ProofBroken
	}
	return ProofVerified
}
