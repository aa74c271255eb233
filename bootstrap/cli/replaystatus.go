package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/evercart/evercart/bootstrap"
	"github.com/evercart/evercart/ports"
)

type replayStatusCommand struct {
	ID    string `arg:"" optional:"" help:"The replay; without it, the newest ones are listed."`
	Limit int    `help:"The most replays listed, 1 to 1000." default:"20" placeholder:"N"`
}

// Run shows one replay, or lists the newest.
func (c *replayStatusCommand) Run(ctx context.Context, out *output, config bootstrap.Config) error {
	if c.Limit < 1 || c.Limit > 1000 {
		return usage(fmt.Errorf("--limit %d: want 1 to 1000", c.Limit))
	}
	return look(ctx, out, config, func(ctx context.Context, op *bootstrap.Operator) error {
		if c.ID == "" {
			jobs, err := op.Jobs.ListReplayJobs(ctx, "", c.Limit)
			if err != nil {
				return err
			}
			return out.replays(jobs)
		}
		job, err := op.Jobs.ReplayJob(ctx, c.ID)
		if err != nil {
			return out.ofReplay(c.ID, err)
		}
		return out.replay(&job)
	})
}

type replayPauseCommand struct {
	ID string `arg:"" help:"The replay."`
}

// Run pauses a replay, whoever carries it out: within a second or so it stops.
func (c *replayPauseCommand) Run(ctx context.Context, out *output, config bootstrap.Config) error {
	return operate(ctx, out, config, func(ctx context.Context, op *bootstrap.Operator) error {
		job, err := op.Replays.Replayer.Pause(ctx, c.ID)
		if err != nil {
			return out.ofReplay(c.ID, err)
		}
		return out.replay(&job)
	})
}

type replayResumeCommand struct {
	ID     string `arg:"" help:"The replay."`
	Out    string `help:"The file that an export goes on in." placeholder:"FILE"`
	Detach bool   `help:"Leave the work to the server, and return at once."`
}

// Run resumes a replay and carries it out, or leaves it to the server.
func (c *replayResumeCommand) Run(ctx context.Context, out *output, config bootstrap.Config) error {
	if err := detachable(c.Detach, &config); err != nil {
		return err
	}
	return operateLong(ctx, out, config, func(ctx context.Context, op *bootstrap.Operator) error {
		job, err := op.Jobs.ReplayJob(ctx, c.ID)
		if err != nil {
			return out.ofReplay(c.ID, err)
		}
		switch isExport := job.Target.Consumer == exportTarget; {
		case isExport && (c.Out == "" || c.Detach):
			return usage(errors.New("an export goes on with --out FILE, and not with --detach"))
		case !isExport && c.Out != "":
			return usage(fmt.Errorf("--out goes with %s; this replay goes to %s", exportTarget, job.Target.Consumer))
		}
		var file *export
		if job.Target.Consumer == exportTarget {
			if file, err = openExport(c.Out); err != nil {
				return out.ofReplay(c.ID, err)
			}
		}
		resume := func(ctx context.Context) (err error) {
			if job.State != ports.ReplayDone { // else there is nothing left to do
				job, err = op.Replays.Replayer.Resume(ctx, c.ID)
			}
			return err
		}
		if !c.Detach {
			return carryReplay(ctx, out, op, foreground{id: c.ID, target: job.Target.Consumer, file: file, begin: resume})
		}
		if err := resume(ctx); err != nil {
			return err
		}
		return out.replay(&job)
	})
}

// ofReplay says of which replay a fault tells; of one that is not there, where to look.
func (o *output) ofReplay(id string, err error) error {
	if errors.Is(err, ports.ErrNoJob) {
		return fmt.Errorf("there is no replay %q; %s lists them", id, o.hint("replay", "status"))
	}
	return fmt.Errorf("replay %s: %w", id, err)
}

// replayLine is one replay, in JSON.
type replayLine struct {
	ID          string   `json:"id"`
	Target      string   `json:"target"`
	Generation  int      `json:"generation,omitempty"`
	State       string   `json:"state"`
	Reason      string   `json:"reason,omitempty"`
	From        string   `json:"from,omitempty"`
	To          string   `json:"to,omitempty"`
	Stream      string   `json:"stream,omitempty"`
	Category    string   `json:"category,omitempty"`
	Types       []string `json:"types,omitempty"`
	Rate        int      `json:"rate,omitempty"`
	Objects     int64    `json:"objects"`
	ObjectsDone int64    `json:"objects_done"`
	Bytes       int64    `json:"bytes"`
	BytesDone   int64    `json:"bytes_done"`
	Read        int64    `json:"read"`
	Duplicates  int64    `json:"duplicates"`
	Filtered    int64    `json:"filtered"`
	Sent        int64    `json:"sent"`
	Unreadable  int64    `json:"unreadable"`
	Started     string   `json:"started"`
	Updated     string   `json:"updated"`
	Finished    string   `json:"finished,omitempty"`
}

func replayLineOf(j *ports.ReplayJob) replayLine {
	f := &j.Filter
	return replayLine{
		j.ID, j.Target.Consumer, j.Target.Generation, string(j.State), j.Reason,
		instant(f.From), instant(f.To), f.Stream, f.Category, f.Types, j.Rate,
		j.Objects, j.ObjectsDone, j.Bytes, j.BytesDone, j.Read, j.Duplicates, j.Filtered, j.Sent, j.Unreadable,
		instant(j.Started), instant(j.Updated), instant(j.Finished),
	}
}

// replays prints a list of replays.
func (o *output) replays(jobs []ports.ReplayJob) error {
	if o.json {
		lines := make([]replayLine, len(jobs))
		for i := range jobs {
			lines[i] = replayLineOf(&jobs[i])
		}
		return o.line(lines)
	}
	if len(jobs) == 0 {
		_, err := fmt.Fprintln(o.stdout, "no replays yet")
		return err
	}
	t := o.table("REPLAY", "TARGET", "STATE", "DONE", "SENT", "UPDATED")
	for i := range jobs {
		j := &jobs[i]
		row(t, j.ID, targetName(j.Target), string(j.State), percent(j), fmt.Sprint(j.Sent), instant(j.Updated))
	}
	return t.Flush()
}

// replay prints one replay.
func (o *output) replay(j *ports.ReplayJob) error {
	if j.ID == "" {
		return nil
	}
	if o.json {
		return o.line(replayLineOf(j))
	}
	t := o.table("replay", j.ID)
	row(t, "target", targetName(j.Target))
	row(t, "state", strings.TrimSpace(fmt.Sprintf("%s, %s done %s", j.State, percent(j), j.Reason)))
	for _, fact := range [][2]string{
		{"from", instant(j.Filter.From)},
		{"to", instant(j.Filter.To)},
		{"stream", j.Filter.Stream},
		{"category", j.Filter.Category},
		{"types", strings.Join(j.Filter.Types, ", ")},
	} {
		if fact[1] != "" {
			row(t, fact[0], fact[1])
		}
	}
	if j.Rate > 0 {
		row(t, "rate", fmt.Sprintf("%d events/s at most", j.Rate))
	}
	row(t, "read", fmt.Sprintf("%s, from %d of %s", plural(j.Read, "event"), j.ObjectsDone, plural(j.Objects, "object")))
	row(t, "sent", fmt.Sprintf("%d; %d came twice, %d are left out", j.Sent, j.Duplicates, j.Filtered))
	if j.Unreadable > 0 {
		row(t, "unreadable", fmt.Sprintf("%d; %s names them", j.Unreadable, o.hint("quarantine", "list")))
	}
	row(t, "started", instant(j.Started))
	took := j.Updated.Sub(j.Started).Round(time.Millisecond).String()
	if j.State != ports.ReplayDone {
		took += " so far"
	}
	row(t, "took", took)
	return t.Flush()
}

func targetName(t ports.Target) string {
	if t.Generation == 0 {
		return t.Consumer
	}
	return fmt.Sprintf("%s generation %d", t.Consumer, t.Generation)
}

// percent says how much of its objects' bytes a replay has done.
func percent(j *ports.ReplayJob) string {
	if j.State == ports.ReplayDone || j.Bytes == 0 {
		return "100 %"
	}
	return fmt.Sprintf("%d %%", min(100, j.BytesDone*100/j.Bytes))
}
