package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/evercart/evercart/bootstrap"
	"github.com/evercart/evercart/core/app"
)

type verifyCommand struct {
	Grace     time.Duration `help:"How old an event must be to be missing in the archive, where nothing says how far the relay has come (on AWS)." default:"1m" placeholder:"TIME"`
	Repair    bool          `help:"Publish afterwards what the archive lacks, as 'evercart backfill' does."`
	NoArchive bool          `name:"no-archive" help:"Look at the store only."`
}

// Help is shown by 'evercart verify --help'.
func (*verifyCommand) Help() string {
	return `Walks every stream of the store (versions without hole or overlap, the hash chain, snapshots) and
compares every event with the archive. It prints faults by kind, ten of each (--json has all), and
exits 1 if there is one; with --repair, if one is left. It only reads, and may run beside a server. What
the pipeline has not reached yet is not missing.

  hole, overlap     versions of a stream are missing, or there twice
  hash              a commit, or the one before it, was changed
  snapshot          a snapshot is not what its events lead to
  unreadable        a commit, an archive object or a line of it cannot be read
  missing           a stored event is not in the archive; a backfill mends that
  unknown           an archived event is not in the store
  forked, altered   store and archive disagree about an event's identity, or its content`
}

// Run verifies, and repairs where it was asked to.
func (c *verifyCommand) Run(ctx context.Context, out *output, config bootstrap.Config) error {
	switch {
	case c.Grace < 0:
		return usage(fmt.Errorf("--grace %s: want 0s or more", c.Grace))
	case c.Repair && c.NoArchive:
		return usage(errors.New("--repair and --no-archive do not go together"))
	}
	run := lookLong
	if c.Repair {
		run = operateLong
	}
	return run(ctx, out, config, func(ctx context.Context, op *bootstrap.Operator) error {
		checks := op.Checks
		checks.Grace = c.Grace
		if c.NoArchive {
			checks.Archive = nil
		}
		report, err := verify(ctx, out, checks)
		if err != nil {
			return err
		}
		answer := verified{report: &report, archive: !c.NoArchive}
		if c.Repair {
			backfilled, err := backfill(ctx, out, op, c.Grace)
			if err != nil {
				return err
			}
			answer.repair = &backfilled
		}
		if err := out.verified(&answer); err != nil {
			return err
		}
		if !answer.ok() {
			return &silentExit{code: exitFailed}
		}
		return nil
	})
}

func verify(ctx context.Context, out *output, checks app.VerifyPorts) (app.VerifyReport, error) {
	show, done := out.steps("verifying")
	defer done()
	checks.Progress = show
	return bootstrap.NewVerifier(checks).Verify(ctx)
}

// steps shows each phase of long work as a progress of its own; done ends the last.
func (o *output) steps(title string) (show func(app.Step), done func()) {
	var p *progress
	phase := ""
	done = func() {
		if p != nil {
			p.Done()
		}
	}
	return func(s app.Step) {
		if s.Phase != phase {
			done()
			phase, p = s.Phase, startProgress(o, title+": "+s.Phase, s.Unit, s.Total)
		}
		p.SetTotal(s.Total)
		p.Set(s.Done)
	}, done
}

// verified is what there is to say after a verification.
type verified struct {
	report  *app.VerifyReport
	archive bool                // it was compared
	repair  *app.BackfillReport // nil: none was asked for
}

// ok reports whether nothing is wrong, or nothing any more.
func (v *verified) ok() bool {
	mended := int64(0)
	if v.repair != nil && v.repair.FailedCount == 0 {
		mended = v.report.Missing
	}
	return v.report.Count == mended
}

// foundFault is one fault, in JSON.
type foundFault struct {
	Kind   app.FaultKind `json:"kind"`
	Stream string        `json:"stream,omitempty"`
	First  int64         `json:"first,omitempty"`
	Last   int64         `json:"last,omitempty"`
	Where  string        `json:"where"`
	What   string        `json:"what"`
}

func faultList(faults []app.Fault) []foundFault {
	list := make([]foundFault, len(faults))
	for i, f := range faults {
		list[i] = foundFault{f.Kind, f.Stream, int64(f.First), int64(f.Last), f.Where, f.What}
	}
	return list
}

// verified prints a verification: a fault a line, and what was looked at.
func (o *output) verified(v *verified) error {
	r := v.report
	if o.json {
		return o.line(struct {
			OK        bool            `json:"ok"`
			Streams   int64           `json:"streams"`
			Commits   int64           `json:"commits"`
			Events    int64           `json:"events"`
			Snapshots int64           `json:"snapshots"`
			Objects   int64           `json:"archive_objects"`
			Archived  int64           `json:"archived_events"`
			Twice     int64           `json:"archived_twice"`
			Waiting   int64           `json:"waiting"`
			Count     int64           `json:"fault_count"`
			Faults    []foundFault    `json:"faults"`
			Repair    *backfillAnswer `json:"repair,omitempty"`
		}{v.ok(), r.Streams, r.Commits, r.Events, r.Snapshots, r.Objects, r.Archived, r.Twice, r.Waiting, r.Count, faultList(r.Faults), answerOf(v.repair)})
	}
	var b strings.Builder
	b.WriteString(faultText(r.Faults))
	if more := r.Count - int64(len(r.Faults)); more > 0 {
		fmt.Fprintf(&b, "and %s more\n", plural(more, "fault"))
	}
	fmt.Fprintf(&b, "store: %s, %s, %s, %s\n", plural(r.Streams, "stream"), plural(r.Commits, "commit"), plural(r.Events, "event"), plural(r.Snapshots, "snapshot"))
	if v.archive {
		fmt.Fprintf(&b, "archive: %s, %s", plural(r.Objects, "object"), plural(r.Archived, "event"))
		if r.Twice > 0 {
			fmt.Fprintf(&b, ", %d came twice", r.Twice)
		}
		b.WriteByte('\n')
	}
	if r.Waiting > 0 {
		fmt.Fprintf(&b, "%s on the way into the archive\n", plural(r.Waiting, "event"))
	}
	if v.repair != nil {
		b.WriteString(backfillText(v.repair))
	}
	switch {
	case r.Count == 0:
		fmt.Fprintln(&b, "nothing is wrong")
	case v.ok():
		fmt.Fprintf(&b, "%s, mended\n", plural(r.Count, "fault"))
	default:
		fmt.Fprintln(&b, plural(r.Count, "fault"))
	}
	_, err := fmt.Fprint(o.stdout, b.String())
	return err
}

// plural counts things: "1 event", "2 events".
func plural(n int64, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
