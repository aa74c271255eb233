package porttest

import (
	"bytes"
	"fmt"
	"time"

	"github.com/evercart/evercart/ports"
)

// sameEvent returns an error that names the first difference, or nil.
func sameEvent(got, want ports.Event) error {
	if err := sameTime(got.Time, want.Time); err != nil {
		return fmt.Errorf("event of version %d: %w", want.Version, err)
	}
	got.Time = want.Time
	if got != want {
		return fmt.Errorf("event of version %d: got %+v, want %+v", want.Version, got, want)
	}
	return nil
}

func sameTime(got, want time.Time) error {
	if !got.Equal(want) {
		return fmt.Errorf("time %s, want %s", got.Format(time.RFC3339Nano), want.Format(time.RFC3339Nano))
	}
	if got.Location() != time.UTC {
		return fmt.Errorf("time %s is not in UTC", got)
	}
	return nil
}

func sameEvents(got, want []ports.Event) error {
	if len(got) != len(want) {
		return fmt.Errorf("%d events, want %d", len(got), len(want))
	}
	for i := range got {
		if err := sameEvent(got[i], want[i]); err != nil {
			return err
		}
	}
	return nil
}

func samePublished(got, want []ports.Published) error {
	if len(got) != len(want) {
		return fmt.Errorf("%d events, want %d", len(got), len(want))
	}
	for i := range got {
		if err := sameEvent(got[i].Event, want[i].Event); err != nil {
			return err
		}
		got[i].Event = want[i].Event
		if got[i] != want[i] {
			return fmt.Errorf("event of version %d: its commit says %+v, want %+v", want[i].Version, got[i], want[i])
		}
	}
	return nil
}

// sameCommit compares all but the snapshot, which a store may leave out of what
// it returns.
func sameCommit(got, want *ports.Commit) error {
	switch {
	case got.Stream != want.Stream:
		return fmt.Errorf("commit of %s, want of %s", got.Stream, want.Stream)
	case got.First != want.First || got.Last != want.Last:
		return fmt.Errorf("commit of versions %d to %d, want %d to %d", got.First, got.Last, want.First, want.Last)
	case got.CommandID != want.CommandID:
		return fmt.Errorf("commit at version %d: command %q, want %q", want.First, got.CommandID, want.CommandID)
	case got.Fingerprint != want.Fingerprint:
		return fmt.Errorf("commit at version %d: fingerprint %x, want %x", want.First, got.Fingerprint, want.Fingerprint)
	case got.Hash != want.Hash:
		return fmt.Errorf("commit at version %d: hash %x, want %x", want.First, got.Hash, want.Hash)
	}
	if err := sameEvents(got.Events, want.Events); err != nil {
		return fmt.Errorf("commit at version %d: %w", want.First, err)
	}
	return nil
}

func sameCommits(got, want []ports.Commit) error {
	if len(got) != len(want) {
		return fmt.Errorf("%d commits, want %d", len(got), len(want))
	}
	for i := range got {
		if err := sameCommit(&got[i], &want[i]); err != nil {
			return err
		}
	}
	return nil
}

// sameSnapshot compares got with the snapshot of c; a nil c means none.
func sameSnapshot(got *ports.Snapshot, c *ports.Commit) error {
	switch {
	case got == nil && c == nil:
		return nil
	case got == nil:
		return fmt.Errorf("no snapshot, want the one of version %d", c.Last)
	case c == nil:
		return fmt.Errorf("a snapshot of version %d and schema %d, want none", got.Version, got.Schema)
	case got.Version != c.Last || got.Schema != c.SnapshotSchema:
		return fmt.Errorf("snapshot of version %d and schema %d, want %d and %d", got.Version, got.Schema, c.Last, c.SnapshotSchema)
	case !bytes.Equal(got.Data, c.Snapshot):
		return fmt.Errorf("snapshot of version %d: %q, want %q", got.Version, got.Data, c.Snapshot)
	}
	return nil
}

func sameHead(got, want ports.Head) error {
	switch {
	case got.Stream() != want.Stream():
		return fmt.Errorf("head of %s, want of %s", got.Stream(), want.Stream())
	case got.Version() != want.Version():
		return fmt.Errorf("head at version %d, want %d", got.Version(), want.Version())
	case got.Hash() != want.Hash():
		return fmt.Errorf("head at version %d: hash %x, want %x", want.Version(), got.Hash(), want.Hash())
	}
	if err := sameTime(got.Time(), want.Time()); err != nil {
		return fmt.Errorf("head at version %d: %w", want.Version(), err)
	}
	return nil
}
