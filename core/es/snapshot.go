package es

import (
	"errors"
	"fmt"

	"github.com/evercart/evercart/ports"
)

// snapshotFormat is the first byte of every snapshot: the form of what surrounds
// the state.
const snapshotFormat = 1

// ErrSnapshotUnusable says that a snapshot cannot be read. It is no reason to
// refuse anything: load again without snapshots.
var ErrSnapshotUnusable = errors.New("the snapshot cannot be read")

// AppendSnapshot appends the snapshot of a stream: the format byte, the command
// memory, the aggregate's state.
func AppendSnapshot[S, C, E any](dst []byte, codec Codec[S, C, E], s S, m *CommandMemory) []byte {
	dst = append(dst, snapshotFormat)
	dst = m.append(dst)
	return codec.AppendSnapshot(dst, s)
}

// ReadSnapshot reads a stream's snapshot: the state and the command memory. What
// is wrong with it matches ErrSnapshotUnusable.
func ReadSnapshot[S, C, E any](codec Codec[S, C, E], snapshot *ports.Snapshot) (S, CommandMemory, error) {
	fail := func(why error) (S, CommandMemory, error) {
		var none S
		return none, CommandMemory{}, fmt.Errorf("%w: version %d, schema %d: %w", ErrSnapshotUnusable, snapshot.Version, snapshot.Schema, why)
	}
	data := string(snapshot.Data)
	switch {
	case snapshot.Schema != codec.SnapshotSchema():
		return fail(fmt.Errorf("this program reads schema %d", codec.SnapshotSchema()))
	case data == "":
		return fail(errors.New("it is empty"))
	case data[0] != snapshotFormat:
		return fail(fmt.Errorf("format %d, this program reads %d", data[0], snapshotFormat))
	}
	m, rest, err := readCommandMemory(data[1:])
	if err != nil {
		return fail(err)
	}
	s, err := codec.ReadSnapshot(rest)
	if err != nil {
		return fail(err)
	}
	return s, m, nil
}
