package envelope_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/ports"
)

// source is the CloudEvents source of the tests' events.
const source = "/evercart"

var stream = ports.StreamID{Category: "cart", ID: "0198b0f4-7a10-7c3e-8d41-2f6a9c1e5b70"}

// ours is a commit of two events in the form that Evercart writes.
func ours() ports.Commit {
	meta := ports.Metadata{
		CommandID:     "key-1",
		CorrelationID: "visit \"7\"",
		CausationID:   "0198b0f4-7a10-7c3e-8d41-000000000000",
		Traceparent:   "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
		Actor:         "https://id.example|jürgen",
	}
	return ports.Commit{
		Stream: stream, First: 7, Last: 8, CommandID: "key-1",
		Fingerprint: ports.Fingerprint{0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef},
		Hash:        ports.Hash{0: 0xfe, 31: 0x10},
		Events: []ports.Event{
			{
				ID: "0198b0f4-7a11-7000-8000-000000000001", Stream: stream, Version: 7, Type: "ItemAdded", Schema: 2,
				Time: time.Date(2026, 2, 28, 23, 59, 59, 999_999_000, time.UTC),
				Data: `{"item":"tea <&> \"milk\" é😀","quantity":2,"unit_price":{"amount":499,"currency":"EUR"}}`, Metadata: meta,
			},
			{
				ID: "0198b0f4-7a11-7000-8000-000000000002", Stream: stream, Version: 8, Type: "CartClosed", Schema: 2,
				Time: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), Data: `{}`, Metadata: ports.Metadata{CommandID: "key-1"},
			},
		},
	}
}

// older is a commit in the form of one event an item: no time, command or hash.
func older() ports.Commit {
	id := ports.StreamID{Category: "cart", ID: "8f0c2f86-8a9b-4d6a-9d56-0c9f3f6d2a11"}
	return ports.Commit{
		Stream: id, First: 2, Last: 2,
		Events: []ports.Event{{
			ID: "51de6c1e-95a4-4a8e-8d0e-2c6f0b3a7f42", Stream: id, Version: 2, Type: "ItemAdded", Schema: 1,
			Data: `{"item_name":"Apple","shopping_cart_uuid":"8f0c2f86-8a9b-4d6a-9d56-0c9f3f6d2a11"}`,
		}},
	}
}

func TestTheExamplesAreValid(t *testing.T) {
	t.Parallel()
	for _, c := range []ports.Commit{ours(), older()} {
		require.NoError(t, c.Validate())
	}
}

// bare is c without events, as the item around the stored form describes it.
func bare(c ports.Commit) ports.Commit {
	c.Events = nil
	return c
}

// deepData is an event's data that nests depth deep.
func deepData(depth int) string {
	return strings.Repeat(`{"a":`, depth-1) + "{}" + strings.Repeat("}", depth-1)
}
