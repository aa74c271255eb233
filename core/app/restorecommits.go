package app

import (
	"fmt"

	"github.com/evercart/evercart/core/es"
	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/envelope"
)

// commitsOf rebuilds the commits of one stream from its published events, sorted
// by version, perhaps with duplicates. It stops at the first thing that is missing
// or does not fit, which it returns.
func commitsOf(events []ports.Published) ([]ports.Commit, *Fault) {
	var commits []ports.Commit
	hash, next := ports.Hash{}, ports.Version(1)
	for len(events) > 0 {
		n, fault := firstCommit(events, next)
		if fault != nil {
			return commits, fault
		}
		commit, err := envelope.Commit(events[:n])
		if err != nil {
			return commits, misfit(events[:n], err)
		}
		if !commit.Older() && es.CommitHash(hash, &commit) != commit.Hash {
			return commits, &Fault{
				Kind: FaultHash, Stream: commit.Stream.String(), First: commit.First, Last: commit.Last, Where: archiveName,
				What: "the commit, or the one before it, is not what was recorded: its hash is another one",
			}
		}
		commits = append(commits, commit)
		hash, next, events = commit.Hash, commit.Last+1, events[n:]
	}
	return commits, nil
}

// firstCommit returns how many of the events are those of the commit that begins
// at version next, or what is missing of it.
func firstCommit(events []ports.Published, next ports.Version) (int, *Fault) {
	stream := events[0].Stream.String()
	missing := func(a, b ports.Version) *Fault {
		return &Fault{Kind: FaultMissing, Stream: stream, First: a, Last: b, Where: archiveName, What: "later events of the stream are there"}
	}
	if v := events[0].Version; v > next {
		return 0, missing(next, v-1)
	}
	if first := events[0].CommitFirst; first != next {
		return 0, &Fault{
			Kind: FaultOverlap, Stream: stream, First: next, Last: next, Where: archiveName,
			What: fmt.Sprintf("a commit is to begin there, but the event says that its commit begins at version %d", first),
		}
	}
	last, n := events[0].CommitLast, 0
	for ; n < len(events) && events[n].Version <= last; n++ {
		switch v := events[n].Version; {
		case v > next:
			return 0, missing(next, v-1)
		case v == next:
			next++
		}
	}
	if next <= last {
		return 0, missing(next, last)
	}
	return n, nil
}

// misfit returns the fault of the events of one commit that do not fit together.
func misfit(events []ports.Published, err error) *Fault {
	f := &Fault{
		Kind: FaultAltered, Stream: events[0].Stream.String(), First: events[0].CommitFirst, Last: events[0].CommitLast,
		Where: archiveName, What: err.Error(),
	}
	for i := 1; i < len(events); i++ {
		if a, b := &events[i-1], &events[i]; a.Version == b.Version && a.ID != b.ID {
			f.Kind, f.First, f.Last = FaultForked, b.Version, b.Version
		}
	}
	return f
}
