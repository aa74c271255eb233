package simulation_test

import (
	"maps"
	"os"
	"slices"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// run runs one seed in a bubble of its own.
func run(t *testing.T, seed uint64, m mutant, lines func(string)) (r result) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { r = simulate(t.Context(), seed, m, synctest.Wait, lines) })
	return r
}

// number returns a number of the environment.
func number(t *testing.T, name string, otherwise uint64) uint64 {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.ParseUint(text, 10, 64)
	require.NoError(t, err, name)
	return n
}

// TestEverythingPromisedHoldsInEverySeed runs EVERCART_TEST_SEEDS seeds.
func TestEverythingPromisedHoldsInEverySeed(t *testing.T) {
	t.Parallel()
	const at = 4                              // at the same time
	n := number(t, "EVERCART_TEST_SEEDS", 80) // a minute of two cores under the race detector
	began := time.Now()
	var mu sync.Mutex
	var sum tally
	t.Run("seeds", func(t *testing.T) {
		for first := range uint64(at) {
			t.Run(strconv.FormatUint(first, 10), func(t *testing.T) {
				t.Parallel()
				for seed := first; seed < n && !t.Failed(); seed += at { // one is enough to work on
					r := run(t, seed, mutant{}, nil)
					assert.NoError(t, r.fault, "seed %d; replay it: EVERCART_TEST_SEED=%d go test -v -run TestOneSeed ./bootstrap/simulation", seed, seed)
					mu.Lock()
					sum.add(&r)
					mu.Unlock()
				}
			})
		}
	})
	t.Logf("%s in %s", &sum, time.Since(began).Round(time.Second))
}

// TestOneSeed replays the seed EVERCART_TEST_SEED, line by line with -v.
func TestOneSeed(t *testing.T) {
	t.Parallel()
	seed := number(t, "EVERCART_TEST_SEED", 0)
	r := run(t, seed, mutant{}, func(line string) { t.Log(line) })
	assert.NoError(t, r.fault)
	for _, name := range slices.Sorted(maps.Keys(r.injected)) {
		t.Logf("%6d %s", r.injected[name], name)
	}
}

func TestASeedHasOneResult(t *testing.T) {
	t.Parallel()
	for seed := range uint64(3) {
		var first, second []string
		a := run(t, seed, mutant{}, func(line string) { first = append(first, line) })
		b := run(t, seed, mutant{}, func(line string) { second = append(second, line) })
		if !assert.Equal(t, a.trace, b.trace, "seed %d", seed) {
			for i := range min(len(first), len(second)) {
				require.Equal(t, first[i], second[i], "line %d of seed %d", i, seed)
			}
		}
	}
}

func TestSeedsDiffer(t *testing.T) {
	t.Parallel()
	traces := map[string]bool{}
	for seed := range uint64(4) {
		r := run(t, seed, mutant{}, nil)
		traces[r.trace] = true
	}
	assert.Len(t, traces, 4)
}
