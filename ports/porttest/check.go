// Package porttest holds the conformance suites of ports, one file a port. A
// check is a plain function from a fresh port to an error, so that it can also
// be run against a deliberately broken port and be seen to bite.
package porttest

import (
	"context"
	"testing"
	"time"
)

// CheckTimeout bounds one check. A check that waits for something fails with its
// context's error instead of hanging.
const CheckTimeout = 3 * time.Minute

// Check is one promise of the port P.
type Check[P any] struct {
	Name string // a sentence in the port's words
	Run  func(ctx context.Context, port P) error
}

// Run runs every check as a parallel subtest, each on a port that open makes
// for it. open closes what it opened by t.Cleanup.
func Run[P any](t *testing.T, open func(t *testing.T) P, checks []Check[P]) {
	t.Helper()
	for _, c := range checks {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), CheckTimeout)
			defer cancel()
			if err := c.Run(ctx, open(t)); err != nil {
				t.Error(err)
			}
		})
	}
}
