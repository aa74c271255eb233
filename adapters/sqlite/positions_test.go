package sqlite_test

import (
	"testing"

	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/porttest"
)

func TestPositionsConformance(t *testing.T) {
	t.Parallel()
	porttest.Run(t, func(t *testing.T) ports.Positions { return newViews(t) }, porttest.Positions())
}
