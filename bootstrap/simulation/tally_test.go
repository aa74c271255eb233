package simulation_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// tally sums up what many seeds led to.
type tally struct {
	seeds, commits, events, calls int
	simulated                     time.Duration
	injected                      map[string]int
}

func (t *tally) add(r *result) {
	t.seeds++
	t.commits += r.commits
	t.events += r.events
	t.calls += r.calls
	t.simulated += r.took
	if t.injected == nil {
		t.injected = map[string]int{}
	}
	for name, n := range r.injected {
		t.injected[name] += n
	}
}

// String is a table.
func (t *tally) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d seeds: %d commits, %d events, %d calls of services, %s of simulated time; faults:\n", t.seeds, t.commits, t.events, t.calls, t.simulated.Round(time.Hour))
	for _, name := range slices.Sorted(maps.Keys(t.injected)) {
		fmt.Fprintf(&b, "%8d %s\n", t.injected[name], name)
	}
	return b.String()
}
