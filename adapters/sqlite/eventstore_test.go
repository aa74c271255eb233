package sqlite

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/porttest"
)

func TestEventStoreConformance(t *testing.T) {
	t.Parallel()
	porttest.Run(t, func(t *testing.T) ports.EventStore { return openStore(t) },
		porttest.EventStore(porttest.EventStoreFacts{MaxCommitBytes: maxCommitBytes}))
}

func TestStoreScannerConformance(t *testing.T) {
	t.Parallel()
	porttest.Run(t, func(t *testing.T) porttest.ScannedStore { return openStore(t) }, porttest.StoreScanner())
}

func TestChangeFeedConformance(t *testing.T) {
	t.Parallel()
	porttest.Run(t, func(t *testing.T) porttest.FollowedStore { return openStore(t) }, porttest.ChangeFeed())
}

// openStore returns a fresh store that the test closes.
func openStore(t testing.TB) *EventStore {
	t.Helper()
	return openStoreAt(t, filepath.Join(t.TempDir(), "events.db"))
}

// openStoreAt opens the store at path and closes it with the test.
func openStoreAt(t testing.TB, path string) *EventStore {
	t.Helper()
	s, err := OpenEventStore(t.Context(), path)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, s.Close()) })
	return s
}
