package ports

import "time"

// Event is one recorded fact about one aggregate, in the form that stores and
// feeds handle: its payload is bytes. It is never changed once stored.
type Event struct {
	// ID is unique for good: a UUIDv7 for events that Evercart made, whatever older
	// stores hold for older ones. Never empty.
	ID string
	// Stream is the aggregate that the event is about.
	Stream StreamID
	// Version is the event's place in its stream, from 1.
	Version Version
	// Type is the event's stored name, past tense: "ItemAdded". It matches
	// [A-Z][A-Za-z0-9]{0,63}.
	Type string
	// Schema numbers the form of Data for this Type, from 1.
	Schema int
	// Time is when it was recorded: UTC, whole microseconds, never before the
	// event's predecessor. Zero for events in the older form, which have no time;
	// they count as before any instant.
	Time time.Time
	// Data is the payload: one compact JSON object, valid UTF-8, not HTML-escaped.
	// It is kept byte for byte from writing to replay. A string, because nobody may
	// change it.
	Data string
	Metadata
}

// Metadata says why and by whom an event was recorded. Every field may be empty.
type Metadata struct {
	CommandID     string // the command that recorded the event; 1–255 printable ASCII characters
	CorrelationID string // what the command belongs to, as the caller named it; at most 128 characters
	CausationID   string // the event ID or command ID that led to the command; at most 255 characters
	Traceparent   string // the W3C trace context of the command
	Actor         string // the subject who asked, "issuer|subject"; at most 256 characters
}

// Published is an event as the feed and the archive carry it: together with what
// its commit says, so that commits can be rebuilt from published events alone.
type Published struct {
	Event
	CommitFirst Version     // version of the commit's first event
	CommitLast  Version     // version of the commit's last event
	Fingerprint Fingerprint // of the command; zero for the older form
	CommitHash  Hash        // of the commit; zero for the older form
	Source      string      // the CloudEvents source, such as "/evercart"; not part of the commit
}
