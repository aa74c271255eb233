package es

import (
	"time"

	"github.com/evercart/evercart/ports"
)

// Intent is what a commit takes over from the command that led to it.
type Intent struct {
	Fingerprint ports.Fingerprint
	Metadata    ports.Metadata // CommandID is never empty
	Key         CommandKey     // of Metadata.CommandID; zero: Record makes it
	Now         time.Time      // when the command came
	NewID       func() string  // makes event IDs
	// SnapshotEvery is the distance of snapshots in commits; 0 means SnapshotEvery,
	// less than 0 none.
	SnapshotEvery int
}

// Record returns the commit that stores events after st, with its hash and,
// where one is due, its snapshot, and the state after it. Nothing is stored and
// st stays as it was. An event's time is the later of intent.Now and the head's
// time, in whole microseconds.
func Record[S, C, E any](agg Aggregate[S, C, E], st *Stream[S], events []E, intent *Intent) (ports.Commit, Stream[S]) {
	at := intent.Now.UTC().Truncate(time.Microsecond)
	if last := st.Head.Time(); at.Before(last) {
		at = last
	}
	first := st.Head.Version() + 1
	commit := ports.Commit{
		Stream:      st.Head.Stream(),
		First:       first,
		Last:        st.Head.Version() + ports.Version(len(events)),
		CommandID:   intent.Metadata.CommandID,
		Fingerprint: intent.Fingerprint,
		Events:      make([]ports.Event, len(events)),
	}
	next := *st
	next.State = agg.Clone(st.State)
	for i, e := range events {
		eventType, schema, data := agg.Encode(e)
		commit.Events[i] = ports.Event{
			ID: intent.NewID(), Stream: commit.Stream, Version: first + ports.Version(i),
			Type: eventType, Schema: schema, Time: at, Data: data, Metadata: intent.Metadata,
		}
		next.State = agg.Evolve(next.State, e, at)
	}
	commit.Hash = CommitHash(st.Head.Hash(), &commit)
	next.Commands = st.Commands.add(&commit, intent.key())
	next.sinceSnapshot++
	if every := intent.every(); every > 0 && next.sinceSnapshot >= every {
		commit.Snapshot = AppendSnapshot(make([]byte, 0, next.Commands.size()+usualState), agg, next.State, &next.Commands)
		commit.SnapshotSchema = agg.SnapshotSchema()
		next.sinceSnapshot = 0
	}
	return commit, next
}

// usualState is the room for a state in a new snapshot, in bytes; a larger one
// grows.
const usualState = 512

func (i *Intent) key() CommandKey {
	if i.Key == (CommandKey{}) {
		return KeyOf(i.Metadata.CommandID)
	}
	return i.Key
}

func (i *Intent) every() int {
	if i.SnapshotEvery == 0 {
		return SnapshotEvery
	}
	return i.SnapshotEvery
}

// Stored returns the stream that Record foresaw, once its commit is stored.
func (st Stream[S]) Stored(head ports.Head) Stream[S] {
	st.Head = head
	return st
}
