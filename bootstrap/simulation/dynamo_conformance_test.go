package simulation_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/dynamostore"
	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/porttest"
)

// calm decides what is best for everybody.
func calm() whims {
	return whims{
		now: time.Now, cut: func(n int) int { return n }, leave: func() bool { return false },
		collide: func() string { return "" }, lag: func() time.Duration { return 0 }, order: rand.Perm,
	}
}

// moody decides, now and then, what makes adapters ask once more.
func moody() whims {
	w := calm()
	w.cut = func(n int) int { return 1 + rand.IntN(n) }
	w.leave = func() bool { return rand.IntN(3) == 0 }
	w.collide = func() string {
		if rand.IntN(50) > 0 { // adapters try a few times only
			return ""
		}
		return collisions()[rand.IntN(len(collisions()))]
	}
	return w
}

// openDesk returns a DynamoDB of its own that has the tables of the suites.
func openDesk(t *testing.T, w whims) *desk {
	t.Helper()
	d := &desk{dynamo: newDynamo(w)}
	client := dynamoClient(d, aws.NopRetryer{})
	require.NoError(t, dynamostore.CreateViewsTable(t.Context(), client, prefix))
	for _, category := range porttest.Categories() {
		require.NoError(t, dynamostore.CreateEventsTable(t.Context(), client, prefix, category))
	}
	t.Cleanup(func() { assert.Empty(t, d.faults, "requests that DynamoDB would not take") })
	return d
}

func TestOurAdaptersConformOnTheSimulatedDynamoDB(t *testing.T) {
	t.Parallel()
	for name, w := range map[string]func() whims{"calm": calm, "moody": moody} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			suites(t, w)
		})
	}
}

func suites(t *testing.T, w func() whims) {
	t.Helper()
	store := func(t *testing.T) *dynamostore.EventStore {
		t.Helper()
		return dynamostore.NewEventStore(dynamoClient(openDesk(t, w()), aws.NopRetryer{}), dynamostore.EventStoreOptions{Prefix: prefix})
	}
	views := func(t *testing.T) *dynamostore.Views {
		t.Helper()
		return dynamostore.NewViews(dynamoClient(openDesk(t, w()), aws.NopRetryer{}), prefix)
	}
	leases := func(t *testing.T) ports.Leases {
		t.Helper()
		return dynamostore.NewLeases(dynamoClient(openDesk(t, w()), aws.NopRetryer{}), prefix, time.Now)
	}
	facts := porttest.EventStoreFacts{MaxCommitBytes: dynamostore.MaxItemBytes}
	suite(t, "EventStore", func(t *testing.T) ports.EventStore { t.Helper(); return store(t) }, porttest.EventStore(facts))
	suite(t, "StoreScanner", func(t *testing.T) porttest.ScannedStore { t.Helper(); return store(t) }, porttest.StoreScanner())
	suite(t, "ViewStore", func(t *testing.T) ports.ViewStore { t.Helper(); return views(t) }, porttest.ViewStore())
	suite(t, "ViewCatalog", func(t *testing.T) ports.ViewCatalog { t.Helper(); return views(t) }, porttest.ViewCatalog())
	suite(t, "Positions", func(t *testing.T) ports.Positions { t.Helper(); return views(t) }, porttest.Positions())
	suite(t, "Quarantine", func(t *testing.T) ports.Quarantine { t.Helper(); return views(t) }, porttest.Quarantine())
	suite(t, "ReplayJobs", func(t *testing.T) ports.ReplayJobs { t.Helper(); return views(t) }, porttest.ReplayJobs())
	suite(t, "Effects", func(t *testing.T) ports.Effects { t.Helper(); return views(t) }, porttest.Effects())
	suite(t, "Leases", leases, porttest.Leases())
}

func suite[P any](t *testing.T, name string, open func(t *testing.T) P, checks []porttest.Check[P]) {
	t.Helper()
	t.Run(name, func(t *testing.T) {
		t.Parallel()
		porttest.Run(t, open, checks)
	})
}

// collisions are the reasons for which DynamoDB cancels a transaction that may
// succeed at its next try.
func collisions() []string {
	return []string{"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"}
}
