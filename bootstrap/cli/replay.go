package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/evercart/evercart/bootstrap"
	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/core/cart"
	"github.com/evercart/evercart/ports"
)

type replayCommands struct {
	Start  replayStartCommand  `cmd:"" help:"Send archived events to a handler again, or say what that would take."`
	Status replayStatusCommand `cmd:"" help:"Show replays, or one."`
	Pause  replayPauseCommand  `cmd:"" help:"Let a running replay stop where it is."`
	Resume replayResumeCommand `cmd:"" help:"Let a paused, failed or abandoned replay go on."`
}

type replayStartCommand struct {
	Target string   `arg:"" help:"Where the events go: log or export; with --dry-run, a view, too."`
	From   string   `help:"Only what was archived from this hour on." placeholder:"TIME"`
	To     string   `help:"Only what was archived before this hour." placeholder:"TIME"`
	Stream string   `help:"Only this stream, such as cart/0190a5e0-7a2b-7c3d-8e4f-5a6b7c8d9e0f." placeholder:"STREAM"`
	Type   []string `help:"Only events of this type, such as ItemAdded; may be repeated." placeholder:"TYPE"`
	Rate   int      `help:"The most events a second; 0: as fast as it goes." placeholder:"N"`
	Out    string   `help:"The file that export writes." placeholder:"FILE"`
	DryRun bool     `name:"dry-run" help:"Send nothing: count, size and price it, as it would be on AWS."`
	Prices string   `help:"With --dry-run: a JSON file with prices that stand for the list prices." placeholder:"FILE"`
	Detach bool     `help:"Leave the work to the server, and return at once."`
}

// exportTarget is the target that a command line alone has: a file.
const exportTarget = "export"

// Help is shown by 'evercart replay start --help'.
func (*replayStartCommand) Help() string {
	return `Reads the archive, leaves out what came twice and what is not asked for, and sends the rest to
the target, each stream in order. Ctrl-C stops it where it is; 'evercart replay resume ID' goes on.

  log      prints each event as a line of JSON; where a server carries it out, it logs them
  export   writes each event as a line of JSON into the file of --out, exactly once

Times are whole hours, such as 2026-11-24T08:00:00Z, or days, such as 2026-11-24. To replay into a
view, rebuild it: 'evercart views rebuild NAME'.`
}

// Run starts a replay and carries it out, or leaves it to the server.
func (c *replayStartCommand) Run(ctx context.Context, out *output, config bootstrap.Config) error {
	filter, err := c.filter()
	if err != nil {
		return usage(err)
	}
	if err := c.check(); err != nil {
		return usage(err)
	}
	if err := detachable(c.Detach, &config); err != nil {
		return err
	}
	run := operateLong
	if c.DryRun {
		run = lookLong
	}
	return run(ctx, out, config, func(ctx context.Context, op *bootstrap.Operator) error {
		view := isView(op, c.Target)
		switch {
		case !view && c.Target != exportTarget && !op.Sink.Knows(ports.Target{Consumer: c.Target}):
			return usage(fmt.Errorf("there is no replay target %q; there are %s, %s", c.Target, bootstrap.ReplayToLog, exportTarget))
		case c.DryRun:
			return c.plan(ctx, out, op, filter, view)
		case view:
			return fmt.Errorf("%s is a view: %s replays into a new generation of it", c.Target, out.hint("views", "rebuild", c.Target))
		}
		return c.start(ctx, out, op, filter)
	})
}

// start makes the replay's record, once an export has its file, and carries it out.
func (c *replayStartCommand) start(ctx context.Context, out *output, op *bootstrap.Operator, filter ports.ReplayFilter) (err error) {
	var file *export
	if c.Target == exportTarget {
		if file, err = createExport(c.Out); errors.Is(err, fs.ErrExist) {
			return fmt.Errorf("%s is there already; %s with the replay's ID goes on with an export", c.Out, out.hint("replay", "resume", "--out", c.Out))
		}
		if err != nil {
			return err
		}
	}
	request := app.ReplayRequest{ID: bootstrap.NewReplayID(op.Now), Target: c.Target, Filter: filter, Rate: c.Rate}
	if c.Detach {
		job, err := op.Replays.Replayer.Start(ctx, request)
		if err != nil {
			return err
		}
		return out.replay(&job)
	}
	return carryReplay(ctx, out, op, foreground{id: request.ID, target: c.Target, file: file, begin: func(ctx context.Context) error {
		_, err := op.Replays.Replayer.Start(ctx, request)
		return err
	}})
}

// check refuses flags that do not go together.
func (c *replayStartCommand) check() error {
	switch {
	case c.DryRun && c.Detach:
		return errors.New("--dry-run and --detach do not go together")
	case c.Prices != "" && !c.DryRun:
		return errors.New("--prices goes with --dry-run")
	case c.Rate < 0:
		return fmt.Errorf("--rate %d: want 0 or more", c.Rate)
	case c.Out != "" && c.Target != exportTarget:
		return fmt.Errorf("--out goes with %s", exportTarget)
	case c.Target == exportTarget && c.Out == "" && !c.DryRun:
		return fmt.Errorf("%s needs --out", exportTarget)
	case c.Target == exportTarget && c.Detach:
		return fmt.Errorf("%s is written by this command only: not with --detach", exportTarget)
	}
	return nil
}

// filter reads the flags that narrow the replay.
func (c *replayStartCommand) filter() (f ports.ReplayFilter, err error) {
	f.Types = c.Type
	for _, name := range c.Type {
		if !slices.Contains(cart.EventNames(), name) {
			return f, fmt.Errorf("--type %s: there is no such event; there are %s", name, strings.Join(cart.EventNames(), ", "))
		}
	}
	if f.From, err = hour("--from", c.From); err != nil {
		return f, err
	}
	if f.To, err = hour("--to", c.To); err != nil {
		return f, err
	}
	if !f.From.IsZero() && !f.To.IsZero() && !f.From.Before(f.To) {
		return f, errors.New("--from must be before --to")
	}
	if c.Stream != "" {
		stream, err := ports.ParseStreamID(c.Stream)
		if err != nil {
			return f, fmt.Errorf("--stream: %w", err)
		}
		f.Stream = stream.String()
	}
	return f, nil
}

// hour reads a day or a whole hour: the archive is cut by hours.
func hour(flag, text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		t, err = time.Parse(time.RFC3339, text)
	}
	if err != nil || !t.Equal(t.Truncate(time.Hour)) {
		return t, fmt.Errorf("%s %q: want a whole hour, such as 2026-11-24T08:00:00Z, or a day", flag, text)
	}
	return t.UTC(), nil
}

// detachable refuses to leave a replay to a server where none takes it up.
func detachable(detach bool, config *bootstrap.Config) error {
	if detach && config.Backend == bootstrap.BackendAWS {
		return usage(errors.New("--detach leaves the work to a server, and on AWS there is none: without it, this command does it"))
	}
	return nil
}

// isView reports whether a target is a view.
func isView(op *bootstrap.Operator, target string) bool {
	return slices.ContainsFunc(op.Projectors, func(p bootstrap.Projector) bool { return p.Name() == target })
}
