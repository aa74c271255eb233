package ports

import (
	"errors"
	"fmt"
)

// Hash is a SHA-256 of the hash chain. The zero Hash means "none": it stands
// before the first commit, and in commits of the older form.
type Hash [32]byte

// IsZero reports whether h stands for no hash.
func (h Hash) IsZero() bool { return h == Hash{} }

// Fingerprint is the first 8 bytes of the SHA-256 over a command's canonical
// form. It tells a retry from another command under the same ID.
type Fingerprint [8]byte

// Commit is the events that one command recorded: stored together or not at all.
//
// A commit of the older form (one event an item, see Older) has exactly one
// event and no CommandID, Fingerprint, Hash, Snapshot or time.
type Commit struct {
	Stream      StreamID
	First, Last Version // of its events; Last - First + 1 == len(Events)
	CommandID   string
	Fingerprint Fingerprint
	Events      []Event // in order, at least one
	// Hash is SHA-256(hash of the commit before ‖ digests of the events).
	Hash Hash
	// Snapshot is the folded state as of Last, and SnapshotSchema, from 1, its form.
	// Nil and 0 where the commit carries none. No promise rests on a snapshot: a
	// store may leave it out.
	Snapshot       []byte
	SnapshotSchema int
}

// Older reports whether c is in the older form, which has no hash.
func (c *Commit) Older() bool { return c.Hash.IsZero() }

// Validate returns an error that names the first broken rule, or nil: a valid
// stream, contiguous versions, every event of the same stream and command. It
// does not compute hashes (core/es does) nor read payloads.
func (c *Commit) Validate() error {
	if err := c.Stream.Validate(); err != nil {
		return err
	}
	switch {
	case len(c.Events) == 0:
		return fmt.Errorf("commit of %s: no events", c.Stream)
	case c.First < 1:
		return fmt.Errorf("commit of %s: first version %d, want 1 or more", c.Stream, c.First)
	case c.Last-c.First+1 != Version(len(c.Events)):
		return fmt.Errorf("commit of %s: versions %d to %d for %d events", c.Stream, c.First, c.Last, len(c.Events))
	case (c.Snapshot == nil) != (c.SnapshotSchema == 0):
		return fmt.Errorf("commit of %s at version %d: a snapshot and its schema come together", c.Stream, c.First)
	case c.Older() && (len(c.Events) != 1 || c.CommandID != "" || c.Fingerprint != Fingerprint{} || c.Snapshot != nil):
		return fmt.Errorf("commit of %s at version %d: without a hash it must be one event without a command or snapshot", c.Stream, c.First)
	}
	for i := range c.Events {
		if err := c.validateEvent(i); err != nil {
			return fmt.Errorf("commit of %s at version %d: event %d: %w", c.Stream, c.First, i+1, err)
		}
	}
	return nil
}

func (c *Commit) validateEvent(i int) error {
	e := &c.Events[i]
	switch {
	case e.Stream != c.Stream:
		return fmt.Errorf("it is of stream %s", e.Stream)
	case e.Version != c.First+Version(i):
		return fmt.Errorf("version %d, want %d", e.Version, c.First+Version(i))
	case e.ID == "":
		return errors.New("no ID")
	case !validType(e.Type):
		return fmt.Errorf("type %q: want a capital letter, then at most 63 letters and digits", e.Type)
	case e.Schema < 1:
		return fmt.Errorf("schema %d, want 1 or more", e.Schema)
	case e.CommandID != c.CommandID:
		return fmt.Errorf("command ID %q, but the commit's is %q", e.CommandID, c.CommandID)
	}
	return nil
}

func validType(t string) bool {
	if t == "" || len(t) > 64 || t[0] < 'A' || t[0] > 'Z' {
		return false
	}
	for i := 1; i < len(t); i++ {
		if b := t[i]; (b < 'a' || b > 'z') && (b < 'A' || b > 'Z') && (b < '0' || b > '9') {
			return false
		}
	}
	return true
}

// Clone returns a commit that shares no slice with c.
func (c *Commit) Clone() Commit {
	d := *c
	d.Events = append([]Event(nil), c.Events...)
	if c.Snapshot != nil {
		d.Snapshot = append([]byte{}, c.Snapshot...)
	}
	return d
}

// Published returns the events of c as a feed carries them, under source.
func (c *Commit) Published(source string) []Published {
	out := make([]Published, len(c.Events))
	for i := range c.Events {
		out[i] = Published{
			Event: c.Events[i], CommitFirst: c.First, CommitLast: c.Last,
			Fingerprint: c.Fingerprint, CommitHash: c.Hash, Source: source,
		}
	}
	return out
}
