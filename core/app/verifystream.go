package app

import (
	"bytes"
	"fmt"

	"github.com/evercart/evercart/core/es"
	"github.com/evercart/evercart/ports"
)

// storeName and archiveName are where faults are that stand at no place in
// particular.
const (
	storeName   = "store"
	archiveName = "archive"
)

// streamCheck walks commits, stream after stream and each in order, and finds what
// is wrong with versions, hash chain and snapshots. It holds the state of one
// stream, and belongs to one goroutine.
type streamCheck[S, C, E any] struct {
	agg    es.Aggregate[S, C, E]
	faults *faultList

	stream ports.StreamID
	next   ports.Version // where the next commit must begin; 0: not known
	hash   ports.Hash    // of the commit before
	linked bool          // hash is known
	state  S
	memory es.CommandMemory
	folded bool // state and memory are known
	buffer []byte

	streams, commits, events, snapshots int64
}

// enter begins a stream, unless it is the one at hand.
func (k *streamCheck[S, C, E]) enter(stream ports.StreamID) {
	if stream == k.stream && k.streams > 0 {
		return
	}
	k.streams++
	k.stream, k.next = stream, 1
	k.hash, k.linked = ports.Hash{}, true
	k.state, k.memory, k.folded = k.agg.Initial(), es.CommandMemory{}, true
}

// lose says that what follows in the stream cannot be judged by what came before:
// neither its hash nor, before the next snapshot, its state.
func (k *streamCheck[S, C, E]) lose() { k.linked, k.folded = false, false }

func (k *streamCheck[S, C, E]) fault(kind FaultKind, first, last ports.Version, what string) {
	k.faults.add(Fault{Kind: kind, Stream: k.stream.String(), First: first, Last: last, Where: storeName, What: what})
}

// unreadable takes a commit of which only stream and first version are known.
func (k *streamCheck[S, C, E]) unreadable(c *ports.Commit, err error) {
	k.enter(c.Stream)
	k.commits++
	k.begin(c.First)
	k.fault(FaultUnreadable, c.First, c.First, cause(err))
	k.next = 0
	k.lose()
}

// commit takes the stream's next commit.
func (k *streamCheck[S, C, E]) commit(c *ports.Commit) {
	if err := c.Validate(); err != nil {
		k.unreadable(c, err)
		return
	}
	k.enter(c.Stream)
	k.commits++
	k.events += int64(len(c.Events))
	k.begin(c.First)
	k.next = c.Last + 1
	k.chain(c)
	k.fold(c)
	k.snapshot(c)
}

// begin checks the version that a commit begins at.
func (k *streamCheck[S, C, E]) begin(first ports.Version) {
	switch {
	case k.next == 0 || first == k.next:
		return
	case first > k.next:
		k.fault(FaultHole, k.next, first-1, "the store lacks what is before the commit at version "+fmt.Sprint(first))
	default:
		k.fault(FaultOverlap, first, first, fmt.Sprintf("a commit begins there, but the one before ends at version %d", k.next-1))
	}
	k.lose()
}

// chain checks the commit's hash.
func (k *streamCheck[S, C, E]) chain(c *ports.Commit) {
	if k.linked && !c.Older() && es.CommitHash(k.hash, c) != c.Hash {
		k.fault(FaultHash, c.First, c.Last, "the commit, or the one before it, is not what was recorded: its hash is another one")
		k.folded = false
	}
	k.hash, k.linked = c.Hash, true
}

// fold applies the commit's events.
func (k *streamCheck[S, C, E]) fold(c *ports.Commit) {
	if !k.folded {
		return
	}
	for i := range c.Events {
		s, err := k.agg.Apply(k.state, &c.Events[i])
		if err != nil {
			k.fault(FaultUnreadable, c.Events[i].Version, c.Events[i].Version, err.Error())
			k.folded = false
			return
		}
		k.state = s
	}
	k.memory = k.memory.Add(c)
}

// snapshot compares the commit's snapshot, where it has one that this program can
// use, with the fold. After a fault the fold goes on from the next snapshot.
func (k *streamCheck[S, C, E]) snapshot(c *ports.Commit) {
	if c.SnapshotSchema != k.agg.SnapshotSchema() {
		return
	}
	k.snapshots++
	s, memory, err := es.ReadSnapshot[S, C, E](k.agg, &ports.Snapshot{Version: c.Last, Schema: c.SnapshotSchema, Data: c.Snapshot})
	if err != nil {
		k.fault(FaultSnapshot, c.Last, c.Last, err.Error())
		return
	}
	if !k.folded {
		k.state, k.memory, k.folded = s, memory, true
		return
	}
	k.buffer = es.AppendSnapshot[S, C, E](k.buffer[:0], k.agg, k.state, &k.memory)
	if !bytes.Equal(k.buffer, c.Snapshot) {
		k.fault(FaultSnapshot, c.Last, c.Last, "the snapshot is not what the events up to there lead to")
	}
}
