package cli

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/evercart/evercart/bootstrap"
	"github.com/evercart/evercart/core/app"
)

type backfillCommand struct {
	Grace time.Duration `help:"How old an event must be to be missing in the archive, where nothing says how far the relay has come (on AWS)." default:"1m" placeholder:"TIME"`
}

// Help is shown by 'evercart backfill --help'.
func (*backfillCommand) Help() string {
	return `Publishes to the feed, from the store, every event that the archive lacks: after an outage of the
relay that was too long, or where archive objects were lost. Consumers skip what they have seen. It may
run beside a server; without one, the events wait on the feed for the next. Cut short, run it again.`
}

// Run publishes what is missing.
func (c *backfillCommand) Run(ctx context.Context, out *output, config bootstrap.Config) error {
	if c.Grace < 0 {
		return usage(fmt.Errorf("--grace %s: want 0s or more", c.Grace))
	}
	return operateLong(ctx, out, config, func(ctx context.Context, op *bootstrap.Operator) error {
		report, err := backfill(ctx, out, op, c.Grace)
		if err != nil {
			return err
		}
		if out.json {
			err = out.line(answerOf(&report))
		} else {
			_, err = fmt.Fprint(out.stdout, backfillText(&report))
		}
		if err == nil && report.FailedCount > 0 {
			err = &silentExit{code: exitFailed}
		}
		return err
	})
}

func backfill(ctx context.Context, out *output, op *bootstrap.Operator, grace time.Duration) (app.BackfillReport, error) {
	if there := op.Cloud.FeedThere; there != nil {
		if err := there(ctx); err != nil {
			return app.BackfillReport{}, err
		}
	}
	show, done := out.steps("backfilling")
	defer done()
	b := *op.Backfiller
	b.Grace, b.Progress = grace, show
	var all app.BackfillReport
	for _, b.Category = range bootstrap.Categories() {
		report, err := b.Backfill(ctx)
		all.Events += report.Events
		all.Streams += report.Streams
		all.Waiting += report.Waiting
		all.Failed = append(all.Failed, report.Failed...)
		all.FailedCount += report.FailedCount
		if err != nil {
			return all, err
		}
	}
	return all, nil
}

// backfillAnswer is what a backfill did, in JSON.
type backfillAnswer struct {
	Events      int64        `json:"events"`
	Streams     int64        `json:"streams"`
	Waiting     int64        `json:"waiting"`
	FailedCount int64        `json:"failed_count"`
	Failed      []foundFault `json:"failed"`
}

func answerOf(r *app.BackfillReport) *backfillAnswer {
	if r == nil {
		return nil
	}
	return &backfillAnswer{r.Events, r.Streams, r.Waiting, r.FailedCount, faultList(r.Failed)}
}

func backfillText(r *app.BackfillReport) string {
	var b strings.Builder
	for _, f := range r.Failed {
		fmt.Fprintln(&b, f)
	}
	if more := r.FailedCount - int64(len(r.Failed)); more > 0 {
		fmt.Fprintf(&b, "and %d more\n", more)
	}
	if r.Waiting > 0 {
		fmt.Fprintf(&b, "%s left to the pipeline, which has not reached them\n", plural(r.Waiting, "event"))
	}
	fmt.Fprintf(&b, "published %s of %s\n", plural(r.Events, "event"), plural(r.Streams, "stream"))
	return b.String()
}
