package memory_test

import (
	"testing"

	"github.com/evercart/evercart/adapters/memory"
	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/porttest"
)

func TestPositions(t *testing.T) {
	t.Parallel()
	open := func(*testing.T) ports.Positions { return memory.NewPositions() }
	porttest.Run(t, open, porttest.Positions())
}
