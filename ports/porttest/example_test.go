package porttest_test

import (
	"context"
	"fmt"

	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/porttest"
)

// forgetful is an adapter that keeps no position.
type forgetful struct{}

func (forgetful) Position(context.Context, string) (ports.Bookmark, error) {
	return ports.Bookmark{}, nil
}

func (forgetful) SavePosition(context.Context, string, ports.Bookmark) error { return nil }

// A suite is a list of checks, each a function from a fresh port to an error. An
// adapter's test runs all of them by porttest.Run; here two of them meet an adapter
// that is wrong.
func ExampleCheck() {
	for _, check := range porttest.Positions()[:2] {
		fmt.Printf("%s: %v\n", check.Name, check.Run(context.Background(), forgetful{}) == nil)
	}
	// Output:
	// a follower that saved nothing is at the zero bookmark: true
	// a saved bookmark comes back, and replaces the one before, also backwards: false
}
