package lambdafn

import (
	"context"
	"log/slog"
	"time"

	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/ports"
)

// Verify proves on a schedule that store and archive are whole. What is wrong stands
// in the log and is counted; mending it is the operator's.
//
// It begins anew with each run. An installation that it cannot walk within the
// function's time counts as not verified, which an alarm tells, and has to be
// verified by the operator's program, which has as long as it takes.
type Verify struct {
	Verify func(ctx context.Context) (app.VerifyReport, error)
	// Margin is the time kept for the answer; 0: 10 s, and never more than half of
	// what there is.
	Margin time.Duration
	Meter  ports.Meter
	Now    func() time.Time
	Log    *slog.Logger
}

// VerifyOutcome is what one run answers.
type VerifyOutcome struct {
	Done     bool   `json:"done"` // all was looked at
	Reason   string `json:"reason,omitempty"`
	Streams  int64  `json:"streams"`  // of the store
	Events   int64  `json:"events"`   // of the store
	Archived int64  `json:"archived"` // events in the archive, duplicates included
	Waiting  int64  `json:"waiting"`  // events on their way into the archive
	Faults   int64  `json:"faults"`
}

// maxLoggedFaults is how many faults stand in the log one by one.
const maxLoggedFaults = 100

// tooLarge is the reason of a run whose time was over.
const tooLarge = "the time of the function was over; verify with 'evercart verify --backend aws'"

// Handle runs one verification.
func (v *Verify) Handle(ctx context.Context, _ []byte) (any, error) {
	work, cancel := endingBefore(ctx, v.Now(), v.Margin)
	defer cancel()
	report, err := v.Verify(work)
	outcome := VerifyOutcome{
		Done: err == nil, Streams: report.Streams, Events: report.Events, Archived: report.Archived, Waiting: report.Waiting, Faults: report.Count,
	}
	switch {
	case err != nil && work.Err() != nil && ctx.Err() == nil:
		outcome.Reason = tooLarge
		v.Log.ErrorContext(ctx, "nothing is verified", slog.String("reason", outcome.Reason))
		return outcome, nil // again would be no different
	case err != nil:
		return nil, err
	}
	v.Meter.Add(ports.MetricVerified, "", 1)
	v.Meter.Add(ports.MetricVerifyFaults, "", report.Count)
	for i := range report.Faults[:min(len(report.Faults), maxLoggedFaults)] {
		v.Log.ErrorContext(ctx, "store and archive are not whole", slog.String("fault", report.Faults[i].String()))
	}
	if more := report.Count - maxLoggedFaults; more > 0 {
		v.Log.ErrorContext(ctx, "store and archive are not whole", slog.Int64("more_faults", more))
	}
	v.Log.InfoContext(ctx, "verified", slog.Int64("streams", outcome.Streams), slog.Int64("events", outcome.Events), slog.Int64("faults", outcome.Faults))
	return outcome, nil
}
