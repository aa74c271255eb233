package dynamostore_test

import (
	"testing"

	"github.com/evercart/evercart/adapters/dynamostore"
	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/porttest"
)

func TestEventStoreConforms(t *testing.T) {
	t.Parallel()
	facts := porttest.EventStoreFacts{MaxCommitBytes: dynamostore.MaxItemBytes}
	porttest.Run(t, func(t *testing.T) ports.EventStore { t.Helper(); return newStore(t) }, porttest.EventStore(facts))
}

func TestStoreScannerConforms(t *testing.T) {
	t.Parallel()
	porttest.Run(t, func(t *testing.T) porttest.ScannedStore { t.Helper(); return newStore(t) }, porttest.StoreScanner())
}
