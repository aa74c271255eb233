package es

import (
	"errors"
	"fmt"

	"github.com/evercart/evercart/ports"
)

// SnapshotEvery is the default distance of snapshots: a commit that would be the
// 8th since the last usable one carries one.
const SnapshotEvery = 8

// Stream is a rehydrated stream: its state, its end, and the commands it
// remembers. Follow and Record return new ones and leave
// theirs as it was, so a Stream may be read by many goroutines.
type Stream[S any] struct {
	State    S
	Head     ports.Head
	Commands CommandMemory
	// sinceSnapshot counts the commits after the last usable snapshot, or all of
	// them where there is none.
	sinceSnapshot int
}

// Rehydrate folds what a store loaded into a stream. An unusable snapshot is
// ErrSnapshotUnusable; an event that this code cannot read is the codec's error.
func Rehydrate[S, C, E any](agg Aggregate[S, C, E], loaded *ports.Loaded) (Stream[S], error) {
	st := Stream[S]{State: agg.Initial(), Head: loaded.Head}
	next := ports.Version(1)
	if snapshot := loaded.Snapshot; snapshot != nil {
		var err error
		if st.State, st.Commands, err = ReadSnapshot(agg, snapshot); err != nil {
			return Stream[S]{}, fmt.Errorf("stream %s: %w", loaded.Head.Stream(), err)
		}
		next = snapshot.Version + 1
	}
	for i := range loaded.Commits {
		commit := &loaded.Commits[i]
		if commit.First != next {
			return Stream[S]{}, hole(commit, next)
		}
		if err := st.fold(agg.Apply, commit); err != nil {
			return Stream[S]{}, err
		}
		next = commit.Last + 1
	}
	if next != loaded.Head.Version()+1 {
		return Stream[S]{}, &ports.CorruptError{
			What: "stream " + loaded.Head.Stream().String(),
			Err:  fmt.Errorf("its head is version %d, but its commits end at %d", loaded.Head.Version(), next-1),
		}
	}
	return st, nil
}

// Follow returns st after later commits, which must begin where it ends; head is
// their end. st stays as it was.
func Follow[S, C, E any](agg Aggregate[S, C, E], st *Stream[S], commits []ports.Commit, head ports.Head) (Stream[S], error) {
	after := *st
	after.State = agg.Clone(st.State)
	next := st.Head.Version() + 1
	for i := range commits {
		commit := &commits[i]
		if commit.First != next {
			return Stream[S]{}, hole(commit, next)
		}
		if err := after.fold(agg.Apply, commit); err != nil {
			return Stream[S]{}, err
		}
		next = commit.Last + 1
	}
	after.Head = head
	return after, nil
}

func (st *Stream[S]) fold(apply func(S, *ports.Event) (S, error), commit *ports.Commit) error {
	for i := range commit.Events {
		s, err := apply(st.State, &commit.Events[i])
		if err != nil {
			return fmt.Errorf("stream %s at version %d: %w", commit.Stream, commit.Events[i].Version, err)
		}
		st.State = s
	}
	st.Commands = st.Commands.Add(commit)
	st.sinceSnapshot++
	return nil
}

func hole(commit *ports.Commit, want ports.Version) error {
	return &ports.CorruptError{
		What: "stream " + commit.Stream.String(),
		Err:  fmt.Errorf("a commit begins at version %d, want %d: %w", commit.First, want, errHole),
	}
}

var errHole = errors.New("the stream has a hole or an overlap")
