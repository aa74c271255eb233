package lambdafn

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/ports"
)

// StaleAfter is how long the record of a running replay must be unchanged before a
// schedule starts it again: longer than a function runs.
const StaleAfter = 16 * time.Minute

// Replay carries on replays: the one that a direct invocation, {"id": …}, names.
// Before its time ends, it saves and invokes itself again, also for the end of a
// rebuild, {"id": …, "after": …}. A schedule starts again replays that run by their
// records and in fact do not, starts those that rebuilds lack, and has rebuilds finished
// whose replay is done. Batches that Lambda gave up come to it from S3.
//
// Lambda may hand over an event twice, a schedule may start what an operator's
// program is at, and each of them would go on for as long as the replay does: so a
// replay is carried on under its lease, and whoever comes second leaves it.
type Replay struct {
	Replayer *app.Replayer
	Leases   ports.Leases
	// Takes reports whether replays to a target can be carried on here: whether it has
	// a queue. The others are their operator's.
	Takes func(target ports.Target) bool
	// Invoke starts the function again with payload, without waiting for its end.
	Invoke func(ctx context.Context, payload []byte) error
	// Begun returns the generations that are being built, Refill makes the record of a
	// replay into one that has none, and Finish has the function of their view do one
	// piece of the end of such a rebuild: app.Rebuilder's Begun, Refill and FinishFrom.
	Begun  func(ctx context.Context) (map[ports.Target]time.Time, error)
	Refill func(ctx context.Context, target ports.Target, begun time.Time) (ports.ReplayJob, error)
	Finish func(ctx context.Context, target ports.Target, after string) (next string, err error)
	// Margin is the time kept for saving and invoking; 0: 10 s, and never more than
	// half of what there is.
	Margin time.Duration
	// Redrive handles what S3 tells of batches that Lambda gave up, and goes on with
	// one, {"redrive": …}; nil: nobody does.
	Redrive Handler
	Log     *slog.Logger
}

// ReplayOutcome is what one invocation of function replay answers.
type ReplayOutcome struct {
	ID        string `json:"id"`
	State     string `json:"state"`
	Reason    string `json:"reason,omitempty"`
	Sent      int64  `json:"sent"`                // events so far
	Continued bool   `json:"continued"`           // by another invocation
	Elsewhere bool   `json:"elsewhere,omitempty"` // somebody else is at it, and this invocation did nothing
	Live      bool   `json:"live,omitempty"`      // queries read the generation that it built
}

// Handle carries on a replay, or looks after all of them.
func (r *Replay) Handle(ctx context.Context, payload []byte) (any, error) {
	switch got := shapeOf(payload); {
	case fromSchedule(payload):
		return r.lookAfter(ctx)
	case got == shapeS3 && r.Redrive != nil:
		return r.Redrive(ctx, payload)
	case got != shapeDirect:
		return nil, errShape(got, shapeDirect, shapeSchedule, shapeS3)
	}
	var in struct {
		ID    string `json:"id"`
		After string `json:"after"` // the end of its rebuild is what goes on, after that stream
		goingOn
	}
	if err := readQuery(payload, &in); err != nil {
		return nil, err
	}
	if in.Redrive != nil && r.Redrive != nil {
		return r.Redrive(ctx, payload)
	}
	if in.ID == "" {
		return nil, ErrMalformed.With(`the event names no replay; want {"id": …}`)
	}
	if in.After != "" {
		return r.finishOn(ctx, in.ID, in.After)
	}
	return r.carryOn(ctx, in.ID)
}

func (r *Replay) carryOn(ctx context.Context, id string) (ReplayOutcome, error) {
	job, err := r.Replayer.Jobs.ReplayJob(ctx, id)
	if err != nil {
		return ReplayOutcome{}, err
	}
	if !r.Takes(job.Target) {
		return replayOutcome(&job), fmt.Errorf("%w: replay %s goes to %s, which has no queue: evercart replay resume carries it on", ErrMalformed, id, job.Target)
	}
	work, cancel := endingBefore(ctx, r.Replayer.Now(), r.Margin)
	defer cancel()
	err = r.alone(work, id, func() (err error) {
		job, err = r.Replayer.Run(work, id)
		return err
	})
	outcome := replayOutcome(&job)
	switch {
	case errors.Is(err, ports.ErrLeaseTaken):
		outcome.Elsewhere = true
		r.Log.InfoContext(ctx, "a replay is carried on elsewhere", slog.String("replay", id))
		return outcome, nil
	case errors.Is(err, errKept):
		return outcome, err // Lambda tries again when the lease has ended by itself
	}
	if err == nil {
		r.Log.InfoContext(ctx, "a replay ended", slog.String("replay", id), slog.String("state", outcome.State), slog.Int64("sent", job.Sent))
		return outcome, nil
	}
	if work.Err() == nil || ctx.Err() != nil || job.State != ports.ReplayRunning {
		return outcome, err // Lambda tries again, and after that the schedule
	}
	if err := r.invoke(ctx, id, ""); err != nil {
		return outcome, err
	}
	outcome.Continued = true
	r.Log.InfoContext(ctx, "a replay goes on in another invocation", slog.String("replay", id), slog.Int64("sent", job.Sent))
	return outcome, nil
}

// errKept says that a lease could not be given back: whoever came now would leave the
// replay alone.
var errKept = errors.New("its lease could not be given back")

// alone does something for a replay under its lease, which is given back before another
// invocation is started to go on. Where somebody else has it, it does nothing and
// returns ports.ErrLeaseTaken.
func (r *Replay) alone(ctx context.Context, id string, do func() error) (err error) {
	lease, err := r.Leases.TryLease(ctx, app.ReplayLease(id))
	if err != nil {
		return err
	}
	defer func() { // after a panic, too: the environment lives on, and would renew it
		if fault := lease.Release(); fault != nil {
			err = errors.Join(err, fmt.Errorf("replay %s: %w: %w", id, errKept, fault))
		}
	}()
	return do()
}

func replayOutcome(job *ports.ReplayJob) ReplayOutcome {
	return ReplayOutcome{ID: job.ID, State: string(job.State), Reason: job.Reason, Sent: job.Sent}
}

// invoke starts the function again for a replay, or, after a stream, for the end of its
// rebuild.
func (r *Replay) invoke(ctx context.Context, id, after string) error {
	event := map[string]string{"id": id}
	if after != "" {
		event["after"] = after
	}
	payload, err := json.Marshal(event)
	if err != nil {
		return err
	}
	if err := r.Invoke(ctx, payload); err != nil {
		return fmt.Errorf("replay %s does not go on: %w", id, err)
	}
	return nil
}
