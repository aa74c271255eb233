package ports

import (
	"cmp"
	"context"
	"fmt"
	"iter"
)

// EventStore is the hot store: every commit of every stream, for good. It only
// ever adds. All reads are strongly consistent: what an Append acknowledged,
// every later read sees.
type EventStore interface {
	// Append stores commit after head, all of its events or none, and returns the
	// new head.
	//
	// head must come from this store and belong to commit's stream, and
	// commit.First must be head's version plus one; otherwise, and for a commit that
	// does not validate, Append returns an *InvalidCommitError before it does
	// anything. A commit that the store cannot hold is a *TooLargeError, also before
	// the call; a snapshot that would make it too large is left out instead.
	//
	// If the stream no longer ends at head, Append stores nothing and returns a
	// *ConflictError that carries the commit in the way. If that commit is ours (the
	// same command ID and event IDs: the answer of an earlier try was lost), Append
	// reports success. After any other error the outcome is unknown: forget what
	// was cached and load again before deciding again.
	Append(ctx context.Context, head Head, commit Commit) (Head, error)

	// Load returns what a rehydration needs: the newest snapshot whose schema is
	// snapshotSchema, the commits after it, and the head. A stream without events
	// loads as a head of version 0. snapshotSchema 0 takes no snapshot, so that
	// every commit is returned.
	Load(ctx context.Context, stream StreamID, snapshotSchema int) (Loaded, error)

	// LoadAt is Load as of version at (1 or more): the newest usable snapshot whose
	// commit ends at or before at, and the events after it up to and including at.
	// It yields no head: a bounded read is nothing to build on. Where the stream
	// ends before at, it returns what there is.
	LoadAt(ctx context.Context, stream StreamID, at Version, snapshotSchema int) (Past, error)

	// Since returns the commits after head, which must be from this store, and the
	// new head. It is how a command catches up after a second conflict.
	Since(ctx context.Context, head Head) ([]Commit, Head, error)

	// Read yields the events from version a (1 or more) to version b, both included,
	// in order, each with what its commit says (Source is empty); it ends early
	// where the stream does. It yields an error at most once, as its last pair. It
	// reads in pages: a commit that spans a or b is trimmed.
	Read(ctx context.Context, stream StreamID, a, b Version) iter.Seq2[Published, error]
}

// StoreScanner walks every commit of a store. It serves backfill and verify
// only; no command or query needs it.
type StoreScanner interface {
	// Scan yields every commit of one category whose storing ended before Scan was
	// called, and perhaps later ones. The commits of one stream come together and in
	// order; streams may come in any order. Snapshots are included. It yields an
	// error at most once, as its last pair, except that a commit that cannot be read
	// is yielded as a *CorruptError or *FormatError and the scan goes on.
	Scan(ctx context.Context, category string) iter.Seq2[Commit, error]
}

// Loaded is a stream up to its end.
type Loaded struct {
	Snapshot *Snapshot // nil: none was usable, and Commits start at version 1
	Commits  []Commit  // after the snapshot, in order
	Head     Head
}

// Past is a stream up to some version.
type Past struct {
	Snapshot *Snapshot // nil: none was usable, and Events start at version 1
	Events   []Event   // after the snapshot, in order
}

// Snapshot is the folded state of a stream as of a commit's end.
type Snapshot struct {
	Version Version // of the commit's last event
	Schema  int     // the form of Data, from 1
	Data    []byte
}

// ConflictError says that a stream no longer ends where an append was to build.
type ConflictError struct {
	Stream StreamID
	Wanted Version // the version that the append's first event was to have
	// Commit is the one in the way; it starts at Wanted.
	Commit Commit
	// Head is the end of Commit, and known to be the stream's end at that moment
	// only if nothing followed it; an append that builds on it is safe all the same.
	Head Head
}

func (e *ConflictError) Error() string {
	return fmt.Sprintf("stream %s: version %d is taken by command %q", e.Stream, e.Wanted, e.Commit.CommandID)
}

// InvalidCommitError says that a commit breaks the store's rules. It is a fault
// of the caller, and nothing was stored.
type InvalidCommitError struct {
	Stream StreamID
	Err    error
}

func (e *InvalidCommitError) Error() string {
	return fmt.Sprintf("stream %s: invalid commit: %v", e.Stream, e.Err)
}

func (e *InvalidCommitError) Unwrap() error { return e.Err }

// TooLargeError says that something is larger than what takes it, and that
// nothing was written.
type TooLargeError struct {
	What string // "commit of cart/0190… at version 7"
	Size int    // in Unit
	Max  int    // in Unit
	Unit string // what is counted, "rows"; empty: bytes
}

func (e *TooLargeError) Error() string {
	return fmt.Sprintf("%s: %d %s, at most %d fit", e.What, e.Size, cmp.Or(e.Unit, "bytes"), e.Max)
}

// CheckAppend returns the *InvalidCommitError that Append owes for head and
// commit, or nil. Adapters call it first.
func CheckAppend(head Head, commit *Commit) error {
	fault := commit.Validate()
	switch {
	case fault != nil:
	case head.Stream() != commit.Stream:
		fault = fmt.Errorf("the head is of stream %s", head.Stream())
	case commit.First != head.Version()+1:
		fault = fmt.Errorf("first version %d after head version %d", commit.First, head.Version())
	}
	if fault != nil {
		return &InvalidCommitError{Stream: commit.Stream, Err: fault}
	}
	return nil
}

// SameCommit reports whether stored is the commit that an earlier try of ours
// wrote: the same command ID and event IDs.
func SameCommit(ours, stored *Commit) bool {
	if ours.CommandID != stored.CommandID || len(ours.Events) != len(stored.Events) {
		return false
	}
	for i := range ours.Events {
		if ours.Events[i].ID != stored.Events[i].ID {
			return false
		}
	}
	return true
}
