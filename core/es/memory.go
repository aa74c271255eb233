package es

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"slices"

	"github.com/evercart/evercart/ports"
)

// RememberedCommands is how many of a stream's last recorded commands are
// remembered, beside the one that opened the stream, which is remembered for
// good.
const RememberedCommands = 64

// memoryEntry is one remembered command in its stored form: 12 bytes of the
// SHA-256 of its ID, 4 of its fingerprint, 8 of its commit's last version.
type memoryEntry [24]byte

func newMemoryEntry(key CommandKey, f ports.Fingerprint, v ports.Version) memoryEntry {
	var e memoryEntry
	copy(e[:12], key[:])
	copy(e[12:16], f[:4])
	binary.BigEndian.PutUint64(e[16:], uint64(v))
	return e
}

// CommandKey is what a command's ID is remembered by: the first 12 bytes of its
// SHA-256. The zero key stands for no command, as commits of the older form have
// none.
type CommandKey [12]byte

// KeyOf returns the key of a command ID; of the empty one the zero key.
func KeyOf(commandID string) CommandKey {
	if commandID == "" {
		return CommandKey{}
	}
	var stack [256]byte // a command ID has at most 255 bytes
	sum := sha256.Sum256(append(stack[:0], commandID...))
	return CommandKey(sum[:12])
}

func (e *memoryEntry) version() ports.Version {
	return ports.Version(binary.BigEndian.Uint64(e[16:]))
}

// CommandMemory remembers which commands a stream recorded. The zero value
// remembers none. A value may be read by many goroutines.
type CommandMemory struct {
	opening    memoryEntry
	hasOpening bool
	// last holds the remembered commands, oldest first; a window over an array that
	// only grows at its end, so that older memories keep theirs.
	last []memoryEntry
}

// Recall reports whether the command of that key was recorded and is remembered,
// at which version its commit ended, and whether it was the same command (by its
// fingerprint) or another one.
func (m *CommandMemory) Recall(key CommandKey, f ports.Fingerprint) (v ports.Version, same, found bool) {
	if key == (CommandKey{}) {
		return 0, false, false
	}
	for i := len(m.last) - 1; i >= 0; i-- {
		if e := &m.last[i]; CommandKey(e[:12]) == key {
			return e.version(), [4]byte(e[12:16]) == [4]byte(f[:4]), true
		}
	}
	if e := &m.opening; m.hasOpening && CommandKey(e[:12]) == key {
		return e.version(), [4]byte(e[12:16]) == [4]byte(f[:4]), true
	}
	return 0, false, false
}

// Add returns the memory after commit. A commit of the older form, which has no
// command, changes nothing. m stays as it was, but like append the result takes
// over the room behind m's entries: adding to m a second time spoils the first
// result, which must be out of use by then.
func (m *CommandMemory) Add(commit *ports.Commit) CommandMemory {
	return m.add(commit, KeyOf(commit.CommandID))
}

// add is Add with the key of the commit's command.
func (m *CommandMemory) add(commit *ports.Commit, key CommandKey) CommandMemory {
	next := *m
	if commit.CommandID == "" {
		return next
	}
	e := newMemoryEntry(key, commit.Fingerprint, commit.Last)
	if commit.First == 1 {
		next.opening, next.hasOpening = e, true
	}
	next.last = append(next.last, e)
	if n := len(next.last); n > RememberedCommands {
		next.last = next.last[n-RememberedCommands:]
	}
	return next
}

// size returns the length of the stored form.
func (m *CommandMemory) size() int {
	return 1 + len(m.opening) + 1 + len(m.last)*len(m.opening)
}

// append adds the stored form: one byte 1 if the opening command follows, else 0;
// it; one byte the number of entries; the entries, oldest first.
func (m *CommandMemory) append(dst []byte) []byte {
	if m.hasOpening {
		dst = append(dst, 1)
		dst = append(dst, m.opening[:]...)
	} else {
		dst = append(dst, 0)
	}
	dst = append(dst, byte(len(m.last)))
	n := len(dst)
	dst = slices.Grow(dst, len(m.last)*len(m.opening))[:n+len(m.last)*len(m.opening)]
	for i := range m.last {
		*(*memoryEntry)(dst[n:]) = m.last[i]
		n += len(m.opening)
	}
	return dst
}

// readCommandMemory reads what append wrote and returns the rest of data.
func readCommandMemory(data string) (m CommandMemory, rest string, err error) {
	cut := func(n int) string {
		if len(data) < n {
			err = errors.New("command memory is cut short")
			return ""
		}
		var head string
		head, data = data[:n], data[n:]
		return head
	}
	switch flag := cut(1); {
	case err != nil:
		return m, "", err
	case flag[0] > 1:
		return m, "", errors.New("command memory begins with neither 0 nor 1")
	case flag[0] == 1:
		m.hasOpening = true
		copy(m.opening[:], cut(len(m.opening)))
	}
	count := cut(1)
	if err != nil {
		return m, "", err
	}
	if count[0] > RememberedCommands {
		return m, "", errors.New("command memory holds too many entries")
	}
	m.last = make([]memoryEntry, count[0], RememberedCommands)
	for i := range m.last {
		copy(m.last[i][:], cut(len(m.last[i])))
	}
	return m, data, err
}
