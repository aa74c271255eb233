package lambdafn_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/lambdafn"
	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/ports"
)

func TestAScheduledVerification(t *testing.T) {
	t.Parallel()
	run := func(t *testing.T, w *world, v lambdafn.Verify) string {
		t.Helper()
		v.Meter, v.Now, v.Log = w.meter, time.Now, w.log
		answer, err := v.Handle(t.Context(), recorded(t, "schedule-scheduler.json"))
		return inJSON(t, answer, err)
	}
	found := func(n int) lambdafn.Verify {
		report := app.VerifyReport{Streams: 3, Events: 7, Archived: 8, Waiting: 1, Count: int64(n)}
		for i := range n {
			report.Faults = append(report.Faults, app.Fault{Kind: app.FaultMissing, Stream: "cart/a", First: ports.Version(i + 1), Where: "archive", What: "it is not there"})
		}
		return lambdafn.Verify{Verify: func(context.Context) (app.VerifyReport, error) { return report, nil }}
	}
	t.Run("that finds nothing answers what it saw and counts as one", func(t *testing.T) {
		t.Parallel()
		w := newWorld()
		assert.Equal(t, `{"done":true,"streams":3,"events":7,"archived":8,"waiting":1,"faults":0}`, run(t, w, found(0)))
		assert.EqualValues(t, 1, w.meter.count(ports.MetricVerified, ""))
		assert.Zero(t, w.meter.count(ports.MetricVerifyFaults, ""))
		assert.NotContains(t, w.logged.String(), "ERROR")
	})
	t.Run("that finds faults names each in the log, and counts them", func(t *testing.T) {
		t.Parallel()
		w := newWorld()
		assert.Contains(t, run(t, w, found(2)), `"faults":2}`)
		assert.EqualValues(t, 2, w.meter.count(ports.MetricVerifyFaults, ""))
		for v := 1; v <= 2; v++ {
			assert.Contains(t, w.logged.String(), fmt.Sprintf("missing cart/a version %d in archive: it is not there", v))
		}
	})
	t.Run("names the first hundred of many", func(t *testing.T) {
		t.Parallel()
		w := newWorld()
		run(t, w, found(250))
		assert.Equal(t, 100, strings.Count(w.logged.String(), "missing cart/a"))
		assert.Contains(t, w.logged.String(), `more_faults=150`)
		assert.EqualValues(t, 250, w.meter.count(ports.MetricVerifyFaults, ""))
	})
	t.Run("that does not end within the function's time says so and does not count", func(t *testing.T) {
		t.Parallel()
		w := newWorld()
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		v := lambdafn.Verify{
			Margin: time.Hour - 20*time.Millisecond, Meter: w.meter, Log: w.log, Now: func() time.Time { return time.Now().Add(-time.Hour) },
			Verify: func(ctx context.Context) (app.VerifyReport, error) {
				<-ctx.Done()
				return app.VerifyReport{Archived: 8}, fmt.Errorf("scan: %w", ctx.Err())
			},
		}
		answer, err := v.Handle(ctx, nil)
		require.NoError(t, err, "Lambda's retries would be no faster")
		outcome, _ := answer.(lambdafn.VerifyOutcome)
		assert.False(t, outcome.Done)
		assert.Contains(t, outcome.Reason, "evercart verify --backend aws")
		assert.EqualValues(t, 8, outcome.Archived)
		assert.Contains(t, w.logged.String(), "nothing is verified")
		assert.Zero(t, w.meter.count(ports.MetricVerified, ""))
	})
	t.Run("that fails is a function error and does not count", func(t *testing.T) {
		t.Parallel()
		w := newWorld()
		v := lambdafn.Verify{
			Meter: w.meter, Log: w.log, Now: time.Now,
			Verify: func(context.Context) (app.VerifyReport, error) { return app.VerifyReport{}, errBroken },
		}
		_, err := v.Handle(t.Context(), nil)
		assert.ErrorIs(t, err, errBroken)
		assert.Zero(t, w.meter.count(ports.MetricVerified, ""))
	})
}
