package es

import (
	"time"

	"github.com/evercart/evercart/ports"
)

// Decider is the pure heart of an aggregate: S its state, C its commands, E its
// events. All methods are total, know no clock, no random source and no I/O, and
// may be called by many goroutines.
type Decider[S, C, E any] interface {
	// Initial returns the state of an aggregate that has no events.
	Initial() S
	// Decide returns the events that c leads to in state s: none where nothing is to
	// be recorded, or a *Refusal. It changes nothing.
	Decide(s S, c C) ([]E, error)
	// Evolve returns the state after e, which was recorded at that time (zero: the
	// older form, which has none). It never refuses. Like append, it may reuse the
	// memory of s: the caller uses the result only, and clones s before if it still
	// needs it.
	Evolve(s S, e E, at time.Time) S
	// Clone returns a state that shares no changeable memory with s.
	Clone(s S) S
}

// Codec turns an aggregate's words into bytes and back. Names and forms are
// contracts: golden files keep every stored form readable.
type Codec[S, C, E any] interface {
	// Encode returns the event's stored name, the schema that this code writes, and
	// the payload: one compact JSON object.
	Encode(e E) (eventType string, schema int, data string)
	// Decode reads a stored event of any schema ever written, upcast to what this
	// code knows. An unknown type or a newer schema is a *ports.FormatError, a
	// payload that cannot be read a *ports.CorruptError.
	Decode(e *ports.Event) (E, error)
	// Apply is Decode, then Evolve, in one step; it exists so that a fold need not
	// allocate an event. After an error s is still to be used as it was.
	Apply(s S, e *ports.Event) (S, error)
	// SnapshotSchema numbers the form and the meaning of snapshots, from 1. It
	// changes whenever Evolve or the snapshot's form does.
	SnapshotSchema() int
	// AppendSnapshot appends the state in the form of SnapshotSchema.
	AppendSnapshot(dst []byte, s S) []byte
	// ReadSnapshot reads what AppendSnapshot wrote. The state may share memory with
	// data, which nobody changes any more.
	ReadSnapshot(data string) (S, error)
	// CommandName returns the command's name: "AddItem".
	CommandName(c C) string
	// AppendCanonical appends all that makes c this command and not another: its
	// name and every field, each with its length in front. A retry gives the same
	// bytes. Fields that the edge makes anew for each try (times) are left out.
	AppendCanonical(dst []byte, c C) []byte
}

// Guard says who may see and change an aggregate.
type Guard[S, C any] interface {
	// Admits reports whether caller may see and change an aggregate in state s. The
	// use cases ask it before anything else; a caller that is not admitted is
	// answered as for an aggregate that does not exist, by NotFound.
	Admits(s S, caller Caller) bool
	// NotFound returns the refusal for an aggregate that does not exist.
	NotFound() *Refusal
}

// Aggregate is all that Evercart must know of one kind of aggregate. A new one
// is a package that implements it.
type Aggregate[S, C, E any] interface {
	Decider[S, C, E]
	Codec[S, C, E]
	Guard[S, C]
	// Category returns the stream category: "cart".
	Category() string
}

// Caller is who asks.
type Caller struct {
	// Subject is the authenticated subject, "issuer|subject"; empty for anonymous.
	Subject string
	// Operator is true for those whom the installation itself trusts: the CLI and
	// direct Lambda invocation. They see everything.
	Operator bool
}
