//go:build !race

package app_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// The race detector allocates, too, so that it does not run this test; and
// AllocsPerRun counts the whole process's allocations, so that it is not parallel.
func TestACommandAllocatesAtMostTwelveTimes(t *testing.T) { //nolint:paralleltest // counts allocations
	const each = 8 // commands a run: with one snapshot
	parts := ownParts()
	parts.form = nil
	s := newShop(t, parts)
	i := 0
	allocs := testing.AllocsPerRun(shopRounds/each, func() {
		for range each {
			s.request.Command = shopCommands[i%len(shopCommands)]
			i++
			s.send(t)
		}
	}) / each
	t.Log("allocations a command:", allocs)
	assert.LessOrEqual(t, allocs, 12.0, "in memory, hash chain, fingerprint and snapshots included")
}
