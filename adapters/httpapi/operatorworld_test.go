package httpapi_test

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/ports"
)

const operatorToken = "token-of-the-operator"

// operator answers what a test put into it, where the operator asks for more than
// carts.
type operator struct {
	mu    sync.Mutex
	err   error
	state app.PipelineState
	jobs  map[string]ports.ReplayJob
	// feed is what streams are told; each takes all that there is.
	feed chan []app.Happened
}

func (o *operator) look(context.Context) (app.PipelineState, error) { return o.state, o.err }

func (o *operator) follow(ctx context.Context, told func([]app.Happened) error) error {
	if o.err != nil {
		return o.err
	}
	if err := told(nil); err != nil {
		return err
	}
	for {
		select {
		case happened := <-o.feed:
			if err := told(happened); err != nil {
				return err
			}
		case <-ctx.Done():
			return nil
		}
	}
}

// Pause pauses a running job.
func (o *operator) Pause(_ context.Context, id string) (ports.ReplayJob, error) {
	return o.change(id, ports.ReplayRunning, ports.ReplayPaused)
}

// Resume lets a paused job run.
func (o *operator) Resume(_ context.Context, id string) (ports.ReplayJob, error) {
	return o.change(id, ports.ReplayPaused, ports.ReplayRunning)
}

func (o *operator) change(id string, from, to ports.ReplayState) (ports.ReplayJob, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	job, ok := o.jobs[id]
	switch {
	case o.err != nil:
		return job, o.err
	case !ok:
		return job, ports.ErrNoJob
	case job.State != from:
		return job, &app.ReplayStateError{ID: id, State: job.State, Want: from}
	}
	job.State = to
	o.jobs[id] = job
	return job, nil
}

// rebuild and flip know view carts, whose generation 1 was live before.
func (o *operator) rebuild(_ context.Context, view string) (ports.ReplayJob, error) {
	switch {
	case o.err != nil:
		return ports.ReplayJob{}, o.err
	case view == "paused":
		return ports.ReplayJob{}, &app.NotReadyError{Why: "its replay is paused; resume it first"}
	case view != "carts":
		return ports.ReplayJob{}, &app.UnknownViewError{View: view, Known: []string{"carts"}}
	}
	return o.jobs["running-1"], nil
}

func (o *operator) flip(_ context.Context, view string, generation int) (int, error) {
	switch {
	case o.err != nil:
		return 0, o.err
	case view != "carts":
		return 0, &app.UnknownViewError{View: view, Known: []string{"carts"}}
	case generation > 1:
		return 0, &app.NotReadyError{Why: fmt.Sprintf("view carts has no generation %d", generation)}
	}
	return 1, nil
}

// busyOperator is an operator with something of everything to look at.
func busyOperator() *operator {
	at := time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)
	job := func(id string, state ports.ReplayState) ports.ReplayJob {
		return ports.ReplayJob{
			ID: id, Target: ports.Target{Consumer: "carts", Generation: 2}, State: state,
			Objects: 4, ObjectsDone: 1, Bytes: 4000, BytesDone: 1000, Sent: 17, Started: at, Updated: at,
		}
	}
	done := job("done-1", ports.ReplayDone)
	done.Target, done.Finished = ports.Target{Consumer: "log"}, at
	o := &operator{jobs: map[string]ports.ReplayJob{
		"running-1": job("running-1", ports.ReplayRunning), "paused-1": job("paused-1", ports.ReplayPaused), "done-1": done,
	}}
	o.state = app.PipelineState{
		At:        at,
		Relay:     &app.FollowerState{Name: "relay", Position: "7", Arrival: at, AtTip: true},
		Followers: []app.FollowerState{{Name: "carts", Position: "5", Arrival: at, Lag: 1500 * time.Millisecond}, {Name: "archive"}},
		Views: []ports.ViewEntry{{Name: "carts", Live: 1, Generations: []ports.Generation{
			{Number: 1, Created: at, Flipped: at}, {Number: 2, Created: at},
		}}},
		Parked: []app.ParkedStream{{
			Target: ports.Target{Consumer: "carts", Generation: 1}, Stream: ports.StreamID{Category: "cart", ID: unknownID},
			Parked: ports.Parked{Reason: "an unknown type", Version: 3, Held: 2, Since: at},
		}},
		ParkedCount: 1,
		Quarantined: []ports.Quarantined{{Consumer: "archive", Shard: "0", Position: "9", Reason: "no JSON", At: at}},
		Quarantine:  1,
		Replays:     []ports.ReplayJob{job("running-1", ports.ReplayRunning), done},
	}
	return o
}
