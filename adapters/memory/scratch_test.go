package memory_test

import (
	"testing"

	"github.com/evercart/evercart/adapters/memory"
	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/porttest"
)

func TestScratch(t *testing.T) {
	t.Parallel()
	porttest.Run(t, func(*testing.T) ports.Scratch { return memory.NewScratch() }, porttest.Scratch())
}
