package bootstrap

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/fx"

	"github.com/evercart/evercart/adapters/prom"
	"github.com/evercart/evercart/bootstrap/config"
	"github.com/evercart/evercart/ports"
)

// installation is what `evercart serve` runs, but for the pipeline.
type installation struct {
	commands *CartCommands
	server   *http.Server
}

// openInstallation wires an installation as the program does, with its data in a
// folder of its own.
func openInstallation(b *testing.B, backend string) *installation {
	b.Helper()
	c, err := config.Load([]string{"EVERCART_BACKEND=" + backend, "EVERCART_DATA=" + b.TempDir()})
	require.NoError(b, err)
	var in installation
	program := fx.New(
		core(c, slog.New(slog.DiscardHandler), serving),
		fx.Provide(prom.New, func(m *prom.Meter) ports.Meter { return m }, newHandler, newServer, newStopping, newOverview, newWatch, newOperator, newTracer),
		fx.Populate(&in.commands, &in.server),
	)
	require.NoError(b, program.Start(b.Context()))
	b.Cleanup(func() { require.NoError(b, program.Stop(context.WithoutCancel(b.Context()))) })
	return &in
}

// sliceFor is how long one side works before the other has its turn.
const sliceFor = 200 * time.Millisecond

// slice lets workers work for one slice, each calling its own step again and
// again, and returns how many calls a second there were.
func slice(b *testing.B, workers int, step func(worker int) error) float64 {
	counts := make([]int, workers)
	var all sync.WaitGroup
	begin := time.Now()
	for w := range workers {
		all.Go(func() {
			for time.Since(begin) < sliceFor {
				if err := step(w); err != nil {
					b.Error(err)
					return
				}
				counts[w]++
			}
		})
	}
	all.Wait()
	elapsed := time.Since(begin)
	total := 0
	for _, n := range counts {
		total += n
	}
	return float64(total) / elapsed.Seconds()
}

// compare lets ours and the reference take turns and reports the median rates, in
// unit a second, and the median ratio of the pairs. budget 0 means none.
func compare(b *testing.B, unit string, budget float64, ours, reference func() float64) {
	const pairs = 24
	var mine, theirs, ratios []float64
	for b.Loop() {
		for range pairs {
			o, r := ours(), reference()
			mine, theirs, ratios = append(mine, o), append(theirs, r), append(ratios, o/r)
		}
	}
	b.ReportMetric(median(mine), unit+"/s")
	b.ReportMetric(median(theirs), "ref-"+unit+"/s")
	b.ReportMetric(median(ratios), "x-ref")
	if budget > 0 {
		b.ReportMetric(budget, "at-least")
	}
}

func median(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}

// benchItem names the i-th item of a cart in 20 bytes.
func benchItem(i int) string { return fmt.Sprintf("Darjeeling, flush %02d", i) }

// benchLines is how many items are put into a cart before the next one is opened.
const benchLines = 20
