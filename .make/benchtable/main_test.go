package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	append64 = "BenchmarkAppend64Writers-2   \t       1\t3035465805 ns/op\t         0.3000 at-least\t     40367 commits/s\t    105655 ref-commits/s\t         0.3867 x-ref\n"
	fold     = "BenchmarkFold1000-2 \t 1\t 9 ns/op\t 0.1000 at-most\t 240 ns/event\t 3100 ref-ns/event\t 0.0774 x-ref\n"
)

func TestTheTableOfBudgets(t *testing.T) {
	t.Parallel()
	t.Run("has ours, the reference, the ratio and the budget of each", func(t *testing.T) {
		t.Parallel()
		var out bytes.Buffer
		require.NoError(t, run(strings.NewReader("goos: linux\n"+append64+fold+"BenchmarkSkip-2 100 7 ns/op\nPASS\n"), &out))
		text := strings.Join(strings.Fields(out.String()), " ")
		assert.Contains(t, text, "goos: linux", "what came is passed on")
		assert.Contains(t, text, "Append64Writers 4.037e+04 1.057e+05 commits/s 0.387 ≥ 0.30 ok")
		assert.Contains(t, text, "Fold1000 240 3100 ns/event 0.077 ≤ 0.10 ok")
		assert.NotContains(t, out.String()[strings.Index(out.String(), "WORK"):], "Skip", "no budget, no row")
	})
	t.Run("fails where a budget does not hold, in its direction", func(t *testing.T) {
		t.Parallel()
		for _, line := range []string{strings.Replace(append64, "0.3867 x-ref", "0.2999 x-ref", 1), strings.Replace(fold, "0.0774 x-ref", "0.1001 x-ref", 1)} {
			var out bytes.Buffer
			require.ErrorContains(t, run(strings.NewReader(append64+fold+line), &out), "1 of 3 budgets do not hold")
			assert.Equal(t, 1, strings.Count(out.String(), "NOT HELD"))
		}
	})
	t.Run("fails where a benchmark failed, and where none had a budget", func(t *testing.T) {
		t.Parallel()
		require.ErrorContains(t, run(strings.NewReader(append64+"--- FAIL: BenchmarkFold1000\n"), &bytes.Buffer{}), "failed")
		require.ErrorContains(t, run(strings.NewReader("PASS\n"), &bytes.Buffer{}), "no benchmark had a budget")
	})
}
