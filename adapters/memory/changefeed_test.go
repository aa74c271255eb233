package memory_test

import (
	"testing"

	"github.com/evercart/evercart/adapters/memory"
	"github.com/evercart/evercart/ports/porttest"
)

func TestChangeFeed(t *testing.T) {
	t.Parallel()
	open := func(*testing.T) porttest.FollowedStore { return memory.NewEventStore() }
	porttest.Run(t, open, porttest.ChangeFeed())
}
