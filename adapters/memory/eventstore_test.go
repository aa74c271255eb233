package memory_test

import (
	"testing"

	"github.com/evercart/evercart/adapters/memory"
	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/porttest"
)

func TestEventStore(t *testing.T) {
	t.Parallel()
	open := func(*testing.T) ports.EventStore { return memory.NewEventStore() }
	porttest.Run(t, open, porttest.EventStore(porttest.EventStoreFacts{}))
}

func TestStoreScanner(t *testing.T) {
	t.Parallel()
	open := func(*testing.T) porttest.ScannedStore { return memory.NewEventStore() }
	porttest.Run(t, open, porttest.StoreScanner())
}
