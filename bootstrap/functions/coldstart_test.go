package functions_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/lambdafn/runtimetest"
)

// starts is how many cold starts of each function are measured, in turns.
const starts = 30

// coldStarts are the functions whose start has a budget, in times of a function of
// aws-lambda-go that does nothing.
var coldStarts = []struct {
	name, payload string
	budget        float64
}{
	{"add-item", `{"ShoppingCartID": "none"}`, 1.7},
	{"get-cart", `{"ShoppingCartID": "none"}`, 1.7},
	{"list-carts", `{"limit": 0}`, 2.1},
	{"relay", `{"Records": []}`, 2.1},
	{"archive", `{"Records": []}`, 2.1},
	{"project-carts", `{"Records": []}`, 2.1},
	{"notify", `{"Records": []}`, 2.1},
	{"replay", `{"Records": []}`, 2.1},
}

// noise is how much a busy machine may add to a ratio of two short processes.
const noise = 1.3

// TestColdStarts measures the time from a process's start to its first answer over
// the Runtime API. It runs alone, and again where a busy machine spoilt it. What it
// fails for is a start that no noise explains; BenchmarkColdStart has the budgets.
func TestColdStarts(t *testing.T) { //nolint:paralleltest // it measures
	built, bare, a := here(t), buildBare(t), newAWS(t)
	for _, c := range coldStarts {
		ratio := 0.0
		for range 3 {
			var mine, theirs time.Duration
			mine, theirs, ratio = coldStartRatio(t, filepath.Join(built, c.name, "bootstrap"), c.payload, bare, a)
			t.Logf("%-10s %s, bare %s: %.2f times, budget %.1f", c.name, mine.Round(10*time.Microsecond), theirs.Round(10*time.Microsecond), ratio, c.budget)
			if ratio <= c.budget {
				break
			}
		}
		assert.LessOrEqual(t, ratio, c.budget*noise, c.name)
	}
}

func BenchmarkColdStart(b *testing.B) {
	built, bare, a := here(b), buildBare(b), newAWS(b)
	for _, c := range coldStarts {
		b.Run(c.name, func(b *testing.B) {
			var ours, reference, ratios []float64
			for b.Loop() {
				mine, theirs, ratio := coldStartRatio(b, filepath.Join(built, c.name, "bootstrap"), c.payload, bare, a)
				ours, reference, ratios = append(ours, mine.Seconds()*1000), append(reference, theirs.Seconds()*1000), append(ratios, ratio)
			}
			for _, values := range [][]float64{ours, reference, ratios} {
				slices.Sort(values)
			}
			b.ReportMetric(ours[len(ours)/2], "ms/start")
			b.ReportMetric(reference[len(reference)/2], "ref-ms/start")
			b.ReportMetric(ratios[len(ratios)/2], "x-ref")
			b.ReportMetric(c.budget, "at-most")
		})
	}
}

// buildBare builds the function that does nothing.
func buildBare(tb testing.TB) string {
	tb.Helper()
	bare := filepath.Join(tb.TempDir(), "bare")
	cmd := exec.CommandContext(tb.Context(), "go", "build", "-tags", "lambda.norpc", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w", "-o", bare, "./testdata/bare")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH="+runtime.GOARCH)
	said, err := cmd.CombinedOutput()
	require.NoError(tb, err, string(said))
	return bare
}

// coldStartRatio starts both binaries in turns and returns the median of each, and
// the ratio of the two.
func coldStartRatio(tb testing.TB, binary, payload, bare string, a *aws) (mine, theirs time.Duration, ratio float64) {
	tb.Helper()
	var ours, reference []time.Duration
	for range starts {
		ours = append(ours, coldStart(tb, binary, payload, a))
		reference = append(reference, coldStart(tb, bare, `{}`, a))
	}
	slices.Sort(ours)
	slices.Sort(reference)
	mine, theirs = ours[starts/2], reference[starts/2]
	return mine, theirs, float64(mine) / float64(theirs)
}

// awaited is how long a cold start may take on a busy machine.
const awaited = 30 * time.Second

// coldStart starts a binary, has it answer payload once, perhaps by an error, and
// returns the time from the process's start to the answer.
func coldStart(t testing.TB, binary, payload string, a *aws) time.Duration {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), awaited)
	defer cancel()
	i, err := runtimetest.Start(ctx, binary, runtimetest.Options{Environment: []string{"AWS_ENDPOINT_URL=" + a.URL, "EVERCART_ARCHIVE=s3://bucket"}})
	require.NoError(t, err)
	defer i.Stop()
	_, err = i.Invoke(ctx, []byte(payload))
	took := time.Since(i.Started)
	if failed, refused := errors.AsType[*runtimetest.FunctionError](err); refused {
		require.Contains(t, []string{"fault", "malformed_request"}, failed.Type, i.Output())
		return took
	}
	require.NoError(t, err, i.Output())
	return took
}
