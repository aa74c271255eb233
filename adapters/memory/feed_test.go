package memory_test

import (
	"testing"
	"time"

	"github.com/evercart/evercart/adapters/memory"
	"github.com/evercart/evercart/ports/porttest"
)

func TestFeed(t *testing.T) {
	t.Parallel()
	open := func(*testing.T) porttest.ReadableFeed { return memory.NewFeed(time.Now) }
	porttest.Run(t, open, porttest.Feed())
}
