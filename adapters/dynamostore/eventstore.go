package dynamostore

import (
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/evercart/evercart/ports"
)

// EventStore is a ports.EventStore and ports.StoreScanner over one events table a
// category. Every read is strongly consistent. It is safe for concurrent use.
type EventStore struct {
	client *dynamodb.Client
	prefix string
	page   int32
	scan   int
	meter  ports.Meter
}

var (
	_ ports.EventStore   = (*EventStore)(nil)
	_ ports.StoreScanner = (*EventStore)(nil)
)

// EventStoreOptions are the parts of an EventStore that a program may choose.
type EventStoreOptions struct {
	// Prefix begins the names of all tables: "<prefix>-<category>-events".
	Prefix string
	// SnapshotEvery is the distance of snapshots in commits: how many items a Load
	// reads at first. 0: 8.
	SnapshotEvery int
	// ScanUnits is the most read units a second that a Scan takes, on average; a page
	// takes up to 256 at once. 0: no limit.
	ScanUnits int
	Meter     ports.Meter // takes consumed capacity; nil: none
}

// NewEventStore returns a store over client. The tables must exist.
func NewEventStore(client *dynamodb.Client, opt EventStoreOptions) *EventStore {
	s := &EventStore{client: client, prefix: opt.Prefix, page: 8, scan: opt.ScanUnits, meter: opt.Meter}
	if opt.SnapshotEvery > 0 {
		s.page = int32(min(opt.SnapshotEvery, 1000)) //nolint:gosec // at most 1 000
	}
	if s.meter == nil {
		s.meter = ports.NoMeter{}
	}
	return s
}

// EventsTable returns the name of a category's events table.
func EventsTable(prefix, category string) string { return prefix + "-" + category + "-events" }

func (s *EventStore) table(category string) *string {
	name := EventsTable(s.prefix, category)
	return &name
}
