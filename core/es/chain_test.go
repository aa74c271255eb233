package es_test

import (
	"crypto/sha256"
	"encoding/hex"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/evercart/evercart/core/es"
	"github.com/evercart/evercart/ports"
)

func chained() ports.Commit {
	stream := ports.StreamID{Category: "tally", ID: "a"}
	meta := ports.Metadata{CommandID: "c-1", CorrelationID: "co", CausationID: "ca", Traceparent: "tp", Actor: "i|s"}
	at := time.Date(2026, 11, 24, 8, 0, 0, 123456000, time.UTC)
	return ports.Commit{
		Stream: stream, First: 3, Last: 4, CommandID: "c-1", Fingerprint: ports.Fingerprint{1, 2, 3, 4, 5, 6, 7, 8},
		Events: []ports.Event{
			{ID: "e-3", Stream: stream, Version: 3, Type: "Counted", Schema: 1, Time: at, Data: `{"n":1}`, Metadata: meta},
			{ID: "e-4", Stream: stream, Version: 4, Type: "Counted", Schema: 1, Time: at, Data: `{"n":2}`, Metadata: meta},
		},
	}
}

// The hash of a stored commit is a contract: these values never change.
func TestTheHashChainIsTheOneThatIsStored(t *testing.T) {
	t.Parallel()
	c := chained()
	first, second := es.EventDigest(&c, 0), es.EventDigest(&c, 1)
	assert.Equal(t, "81dd3e1c853924e68c22374318663de1aabe7d0299af7d7a495319eb5832fc24", hex.EncodeToString(first[:]))

	before := ports.Hash{9}
	want := sha256.Sum256(append(append(append([]byte{}, before[:]...), first[:]...), second[:]...))
	assert.Equal(t, ports.Hash(want), es.CommitHash(before, &c), "SHA-256(hash before ‖ digests)")
}

func TestAnyChangeOfACommitChangesItsHash(t *testing.T) {
	t.Parallel()
	changes := map[string]func(c *ports.Commit){
		"event ID":             func(c *ports.Commit) { c.Events[0].ID = "e-x" },
		"category":             func(c *ports.Commit) { c.Events[0].Stream.Category = "tallx" },
		"stream ID":            func(c *ports.Commit) { c.Events[0].Stream.ID = "b" },
		"version":              func(c *ports.Commit) { c.Events[0].Version = 5 },
		"type":                 func(c *ports.Commit) { c.Events[0].Type = "Recounted" },
		"schema":               func(c *ports.Commit) { c.Events[0].Schema = 2 },
		"time":                 func(c *ports.Commit) { c.Events[0].Time = c.Events[0].Time.Add(time.Microsecond) },
		"no time":              func(c *ports.Commit) { c.Events[0].Time = time.Time{} },
		"data":                 func(c *ports.Commit) { c.Events[1].Data = `{"n":3}` },
		"command ID":           func(c *ports.Commit) { c.Events[0].CommandID = "c-2" },
		"correlation ID":       func(c *ports.Commit) { c.Events[0].CorrelationID = "" },
		"causation ID":         func(c *ports.Commit) { c.Events[0].CausationID = "cb" },
		"trace":                func(c *ports.Commit) { c.Events[0].Traceparent = "" },
		"actor":                func(c *ports.Commit) { c.Events[0].Actor = "i|t" },
		"fingerprint":          func(c *ports.Commit) { c.Fingerprint[7] = 0 },
		"first version":        func(c *ports.Commit) { c.First = 2 },
		"last version":         func(c *ports.Commit) { c.Last = 5 },
		"order of events":      func(c *ports.Commit) { c.Events[0], c.Events[1] = c.Events[1], c.Events[0] },
		"an event less":        func(c *ports.Commit) { c.Events = c.Events[:1] },
		"a byte across fields": func(c *ports.Commit) { c.Events[0].CorrelationID, c.Events[0].CausationID = "coc", "a" },
	}
	original := chained()
	want := es.CommitHash(ports.Hash{}, &original)
	for name, change := range changes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := chained()
			change(&c)
			assert.NotEqual(t, want, es.CommitHash(ports.Hash{}, &c))
		})
	}
	t.Run("hash before", func(t *testing.T) {
		t.Parallel()
		assert.NotEqual(t, want, es.CommitHash(ports.Hash{1}, &original))
	})
	t.Run("a snapshot does not count", func(t *testing.T) {
		t.Parallel()
		c := chained()
		c.Snapshot, c.SnapshotSchema = []byte("s"), 1
		assert.Equal(t, want, es.CommitHash(ports.Hash{}, &c))
	})
}

func TestHashingACommitOfOneEventAllocatesNothing(t *testing.T) { //nolint:paralleltest // counts allocations
	c := chained()
	c.Events, c.Last = c.Events[:1], 3
	assert.Zero(t, testing.AllocsPerRun(100, func() { es.CommitHash(ports.Hash{}, &c) }))
}
