package app

import (
	"cmp"
	"fmt"
	"slices"
	"sync"

	"github.com/evercart/evercart/ports"
)

// FaultKind says what is wrong, in one word.
type FaultKind string

// The kinds of faults.
const (
	FaultHole       FaultKind = "hole"       // versions are missing within a stream of the store
	FaultOverlap    FaultKind = "overlap"    // two commits of the store claim one version
	FaultHash       FaultKind = "hash"       // a commit does not have the hash that the chain demands
	FaultSnapshot   FaultKind = "snapshot"   // a snapshot is not the fold of the events before it
	FaultUnreadable FaultKind = "unreadable" // a commit, archive object or line cannot be read
	FaultMissing    FaultKind = "missing"    // an event of the store is not in the archive
	FaultUnknown    FaultKind = "unknown"    // an archived event is not in the store
	FaultForked     FaultKind = "forked"     // store and archive have different events at one version
	FaultAltered    FaultKind = "altered"    // store and archive have one event in two forms
)

// Fault is one thing that is wrong.
type Fault struct {
	Kind   FaultKind
	Stream string // "category/ID"; empty where it is not known
	// First and Last are the versions that it speaks of; 0 where they are not known.
	First, Last ports.Version
	Where       string // "store", "archive", or the archive's object and line
	What        string // in words

	at place // in the archive; Where is made from it
}

// String returns the fault in one line.
func (f Fault) String() string {
	s := string(f.Kind)
	if f.Stream != "" {
		s += " " + f.Stream
	}
	switch {
	case f.First > 0 && f.Last > f.First:
		s += fmt.Sprintf(" versions %d to %d", f.First, f.Last)
	case f.First > 0:
		s += fmt.Sprintf(" version %d", f.First)
	}
	return s + " in " + f.Where + ": " + f.What
}

// place is a line of an archive object, by their numbers. The zero place is none.
type place struct {
	object uint64 // in the order of reading, from 1
	line   uint64 // from 1
}

// maxFaults is how many faults are kept one by one.
const maxFaults = 10_000

// faultList collects faults in bounded memory. It is safe for concurrent use.
type faultList struct {
	mu     sync.Mutex
	faults []Fault
	count  int64
	kinds  map[FaultKind]int64
}

func (l *faultList) add(f Fault) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.kinds == nil {
		l.kinds = map[FaultKind]int64{}
	}
	l.kinds[f.Kind]++
	if l.count++; len(l.faults) < maxFaults {
		l.faults = append(l.faults, f)
	}
}

// sorted returns the faults by stream and version. The list is not used afterwards.
func (l *faultList) sorted() []Fault {
	slices.SortStableFunc(l.faults, func(a, b Fault) int {
		return cmp.Or(cmp.Compare(a.Stream, b.Stream), cmp.Compare(a.First, b.First), cmp.Compare(a.Where, b.Where))
	})
	return l.faults
}
