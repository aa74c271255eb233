package envelope_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/ports"
)

// storedEvent is the stored form as encoding/json reads and writes it: the
// reference of fuzz tests and benchmarks.
type storedEvent struct {
	ID            string          `json:"id"`
	Type          string          `json:"type"`
	Schema        int             `json:"schema"`
	Time          *time.Time      `json:"time,omitempty"`
	CorrelationID string          `json:"correlationid,omitempty"`
	CausationID   string          `json:"causationid,omitempty"`
	Traceparent   string          `json:"traceparent,omitempty"`
	Actor         string          `json:"actor,omitempty"`
	Data          json.RawMessage `json:"data"`
}

// decodeStored reads the stored form by encoding/json. Keys count only when they
// are written exactly so: encoding/json alone takes "ID" for "id".
func decodeStored(t *testing.T, stored string) []ports.Event {
	t.Helper()
	var elements []map[string]json.RawMessage
	require.NoError(t, json.Unmarshal([]byte(stored), &elements))
	var events []ports.Event
	for _, members := range elements {
		exact := map[string]json.RawMessage{}
		for _, key := range []string{"id", "type", "schema", "time", "correlationid", "causationid", "traceparent", "actor"} {
			if value, ok := members[key]; ok {
				exact[key] = value
			}
		}
		text, err := json.Marshal(exact)
		require.NoError(t, err)
		var e storedEvent
		require.NoError(t, json.Unmarshal(text, &e))
		e.Data = members["data"]
		events = append(events, e.event())
	}
	return events
}

// event returns what the stored form itself says of an event.
func (e *storedEvent) event() ports.Event {
	out := ports.Event{
		ID: e.ID, Type: e.Type, Schema: e.Schema, Data: string(e.Data),
		Metadata: ports.Metadata{CorrelationID: e.CorrelationID, CausationID: e.CausationID, Traceparent: e.Traceparent, Actor: e.Actor},
	}
	if e.Time != nil {
		out.Time = *e.Time
	}
	return out
}

// referenceOf returns e as encoding/json writes it.
func referenceOf(e *ports.Event) storedEvent {
	out := storedEvent{
		ID: e.ID, Type: e.Type, Schema: e.Schema, Data: json.RawMessage(e.Data),
		CorrelationID: e.CorrelationID, CausationID: e.CausationID, Traceparent: e.Traceparent, Actor: e.Actor,
	}
	if !e.Time.IsZero() {
		out.Time = &e.Time
	}
	return out
}

// wireEvent is the wire form as encoding/json reads and writes it, its values
// still as text.
type wireEvent struct {
	SpecVersion     string          `json:"specversion"`
	ID              string          `json:"id"`
	Source          string          `json:"source"`
	Type            string          `json:"type"`
	Subject         string          `json:"subject"`
	Sequence        string          `json:"sequence"`
	PartitionKey    string          `json:"partitionkey"`
	Time            *time.Time      `json:"time,omitempty"`
	DataContentType string          `json:"datacontenttype"`
	CommandID       string          `json:"commandid,omitempty"`
	Fingerprint     string          `json:"fingerprint,omitempty"`
	CorrelationID   string          `json:"correlationid,omitempty"`
	CausationID     string          `json:"causationid,omitempty"`
	Traceparent     string          `json:"traceparent,omitempty"`
	Actor           string          `json:"actor,omitempty"`
	CommitFirst     string          `json:"commitfirst"`
	CommitLast      string          `json:"commitlast"`
	CommitHash      string          `json:"commithash,omitempty"`
	Data            json.RawMessage `json:"data"`
}
