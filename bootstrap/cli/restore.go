package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/evercart/evercart/bootstrap"
	"github.com/evercart/evercart/core/app"
)

type restoreCommand struct {
	From   string `help:"The archive: the folder that holds 'events', or s3://BUCKET/PREFIX." required:"" placeholder:"PLACE"`
	Resume bool   `help:"Go on with a restore that was cut short, or fill up a store that was taken back to an earlier point."`
}

// Help is shown by 'evercart restore --help'.
func (*restoreCommand) Help() string {
	return `Fills an empty store from an archive, commit by commit as they were recorded, and copies the archive.
First it reads and checks all of it; an archive that is not whole is refused, and nothing is written.
Stop every server on the data folder before.

  evercart restore --from /backup/archive --data ./data
  evercart restore --from s3://bucket/prefix --data ./data

Views are built anew afterwards; on AWS, from what the relay's function publishes of the restored
store. Outward handlers tell nobody of what was restored.`
}

// Run restores.
func (c *restoreCommand) Run(ctx context.Context, out *output, config bootstrap.Config) error {
	source, own, err := bootstrap.OpenRestoreSource(ctx, config, c.From)
	if err != nil {
		return err
	}
	return operateNew(ctx, out, config, func(ctx context.Context, op *bootstrap.Operator) error {
		return bootstrap.HoldPipeline(ctx, op, func(ctx context.Context) error {
			restorer := *op.Restorer
			if own {
				restorer.Archive = nil
			}
			show, done := out.steps("restoring")
			restorer.Progress = show
			report, err := restorer.Restore(ctx, source, c.Resume)
			done()
			if err != nil {
				return out.unrestored(err)
			}
			return out.restored(&report)
		})
	})
}

// unrestored says why nothing, or not all, was restored.
func (o *output) unrestored(err error) error {
	var refused *app.UnrestorableError
	var full *app.NotEmptyError
	var unbuilt *bootstrap.ViewNotBuiltError
	switch {
	case errors.As(err, &full):
		return fmt.Errorf("%w; choose another place to fill, or --resume a restore that was cut short, which also fills up a store that was taken back to an earlier point", err)
	case errors.As(err, &unbuilt):
		return fmt.Errorf("%w; %s goes on", err, o.hint("views", "rebuild", unbuilt.View))
	case errors.As(err, &refused) && o.json:
		err = o.line(struct {
			OK     bool         `json:"ok"`
			Count  int64        `json:"fault_count"`
			Faults []foundFault `json:"faults"`
		}{false, refused.Count, faultList(refused.Faults)})
		return errors.Join(err, &silentExit{code: exitFailed})
	case errors.As(err, &refused):
		for _, f := range refused.Faults {
			fmt.Fprintln(o.stdout, f)
		}
		return fmt.Errorf("the archive is not whole (%s): nothing was restored", plural(refused.Count, "fault"))
	default:
		return err
	}
}

// restored says what was done, and what is left to do.
func (o *output) restored(r *app.RestoreReport) error {
	if o.json {
		return o.line(struct {
			OK          bool   `json:"ok"`
			Objects     int64  `json:"archive_objects"`
			Archived    int64  `json:"archived_events"`
			Streams     int64  `json:"streams"`
			Commits     int64  `json:"commits"`
			Appended    int64  `json:"appended_commits"`
			Events      int64  `json:"appended_events"`
			EffectsFrom string `json:"effects_from,omitempty"`
		}{true, r.Objects, r.Events, r.Streams, r.Commits, r.Appended, r.AppendedEvents, instant(r.EffectsFrom)})
	}
	var b strings.Builder
	fmt.Fprintf(&b, "read %s of %s\n", plural(r.Events, "event"), plural(r.Objects, "archive object"))
	fmt.Fprintf(&b, "restored %s of %s, %s\n", plural(r.Appended, "commit"), plural(r.Streams, "stream"), plural(r.AppendedEvents, "event"))
	if skipped := r.Commits - r.Appended; skipped > 0 {
		fmt.Fprintf(&b, "%s were there already\n", plural(skipped, "commit"))
	}
	if !r.EffectsFrom.IsZero() {
		fmt.Fprintf(&b, "outward handlers tell of events from %s on only (effects_from)\n", instant(r.EffectsFrom))
	}
	_, err := fmt.Fprint(o.stdout, b.String())
	return err
}
