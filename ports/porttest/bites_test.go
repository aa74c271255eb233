package porttest_test

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/ports/porttest"
)

// twin is a port with one fault. B is the double that the fault is built into.
type twin[B any] struct {
	fault   string // what it does wrong, a sentence without its subject
	breakIt func(*B)
	fails   []string // the checks that must see it
}

// bites proves that the double without a fault keeps every promise, that each
// twin is seen by the checks that it names, and that each check sees some twin.
func bites[P, B any](t *testing.T, checks []porttest.Check[P], double func(breakIt func(*B)) P, twins []twin[B]) {
	t.Helper()
	t.Run("a double without a fault passes", func(t *testing.T) {
		t.Parallel()
		porttest.Run(t, func(*testing.T) P { return double(func(*B) {}) }, checks)
	})
	seen := map[string]bool{}
	for _, twin := range twins {
		for _, name := range twin.fails {
			seen[name] = true
			t.Run("a port that "+twin.fault+" fails: "+name, func(t *testing.T) {
				t.Parallel()
				i := slices.IndexFunc(checks, func(c porttest.Check[P]) bool { return c.Name == name })
				require.GreaterOrEqual(t, i, 0, "there is no such check")
				synctest.Test(t, func(t *testing.T) { // waits take no time
					ctx, cancel := context.WithTimeout(t.Context(), porttest.CheckTimeout)
					assert.Error(t, checks[i].Run(ctx, double(twin.breakIt)))
					assert.NoError(t, ctx.Err(), "the check must judge before its time is over")
					cancel()
					<-time.After(time.Minute) // what the twin left behind ends
				})
			})
		}
	}
	t.Run("each check sees some twin", func(t *testing.T) {
		t.Parallel()
		for _, c := range checks {
			assert.True(t, seen[c.Name], "no twin is named to fail %q", c.Name)
		}
	})
}
