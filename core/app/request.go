package app

import (
	"github.com/evercart/evercart/core/es"
	"github.com/evercart/evercart/ports"
)

// Request is one command with all that the edge knows of it.
type Request[C any] struct {
	// ID is the aggregate's ID, valid as ports.StreamID.ID.
	ID      string
	Command C
	// CommandID tells a retry from a new command: 1–255 printable ASCII characters,
	// never empty. The edge makes one where the caller gave none.
	CommandID string
	// IfMatch holds the versions of which the stream must be at one; nil: any.
	// AnyVersion stands for every stream that has events.
	IfMatch []ports.Version
	Caller  es.Caller
	// CorrelationID, CausationID and Traceparent go into the events' metadata.
	CorrelationID string
	CausationID   string
	Traceparent   string
}

// AnyVersion in an IfMatch matches every stream that has events (If-Match: *).
const AnyVersion ports.Version = -1

func (r *Request[C]) metadata() ports.Metadata {
	return ports.Metadata{
		CommandID:     r.CommandID,
		CorrelationID: r.CorrelationID,
		CausationID:   r.CausationID,
		Traceparent:   r.Traceparent,
		Actor:         r.Caller.Subject,
	}
}

func matches(want []ports.Version, have ports.Version) bool {
	if want == nil {
		return true
	}
	for _, v := range want {
		if v == have || (v == AnyVersion && have > 0) {
			return true
		}
	}
	return false
}

// Answer is an aggregate as of some version.
type Answer[S any] struct {
	// State is shared: nobody changes it.
	State   S
	Version ports.Version
	// Recorded is true if this call stored a commit, false for a no-op, a replay and
	// a query.
	Recorded bool
	// Replayed is true if the command had been recorded before, so that this is the
	// answer that it had then.
	Replayed bool
}
