package simulation_test

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/evercart/evercart/adapters/dynamostore"
	"github.com/evercart/evercart/adapters/lambdafn"
	"github.com/evercart/evercart/adapters/sqsreplay"
	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/core/cart"
	"github.com/evercart/evercart/core/es"
	"github.com/evercart/evercart/ports"
)

func (a *account) newReplay(i *instance) lambdafn.Handler {
	kind := app.ViewKind{Category: cart.Category}
	rebuilder := &app.Rebuilder{
		Catalog: a.views, Jobs: a.views, Now: i.now, Kinds: map[string]app.ViewKind{cart.CartsView{}.Name(): kind, cart.RelatedView{}.Name(): kind},
	}
	replay := &lambdafn.Replay{
		Replayer: &app.Replayer{
			Archive: a.archive, Jobs: a.views, Sink: a.sink(), Quarantine: a.views, Now: i.now, Log: i.log,
			Batch: []int{1, 7, 1000}[a.w.pick(3)], SaveEvery: time.Millisecond,
		},
		Leases: dynamostore.NewLeases(a.client("views"), prefix, i.now), Takes: func(ports.Target) bool { return true },
		Invoke: a.start, Redrive: a.newRedrive(i).Handle, Log: i.log,
		Begun: rebuilder.Begun, Refill: rebuilder.Refill,
		Finish: lambdafn.FinishBy(func(ctx context.Context, target ports.Target, payload []byte) ([]byte, error) {
			return a.call(ctx, "function:"+prefix+"-project-"+target.Consumer+":live", payload)
		}),
	}
	return replay.Handle
}

func (a *account) sink() *sqsreplay.Sink {
	return sqsreplay.New(a.messages, prefix, 40).WithSpread(a.w.spread)
}

// start invokes the function replay without waiting: Lambda tries it three times.
func (a *account) start(ctx context.Context, payload []byte) error {
	return ask(ctx, a.w, "lambda", fmt.Sprintf("start replay %s", payload), func() error {
		a.startAfter(payload, 0, 3)
		return nil
	})
}

func (a *account) startAfter(payload []byte, after time.Duration, tries int) {
	a.starting++
	a.w.at(after, func() {
		a.replay.invoke(payload, func(_ []byte, err error) {
			a.starting--
			switch {
			case err == nil:
			case tries > 1:
				a.startAfter(payload, time.Minute, tries-1)
			default:
				a.unstarted = append(a.unstarted, payload)
			}
		})
	})
}

// rebuild has an operator build a new generation of a view and flip over to it. The
// operator goes on where a fault stops the work.
func (w *world) rebuild(view es.View[cart.State]) {
	w.plan.count("operator: rebuild of " + view.Name())
	w.rebuilds++
	i := w.newInstance()
	rebuilder := &app.Rebuilder{
		Archive: w.archive, Catalog: w.views, Views: w.views, Sink: w.sink(), Jobs: w.views, Now: i.now, Log: i.log,
		Kinds: map[string]app.ViewKind{view.Name(): {Category: cart.Category, CatchUp: w.projector(i, view).CatchUp}},
	}
	w.spawn(w.root, "rebuild", func(ctx context.Context) {
		for w.rebuildOnce(ctx, rebuilder, view.Name()) != nil && ctx.Err() == nil {
			pause(ctx, 10*time.Second)
		}
	}, func() { w.rebuilds-- })
}

// rebuildOnce is one try.
func (w *world) rebuildOnce(ctx context.Context, b *app.Rebuilder, view string) error {
	job, err := b.Begin(ctx, view)
	if err != nil {
		return err
	}
	payload, err := json.Marshal(map[string]string{"id": job.ID})
	if err != nil {
		return err
	}
	if job.State == ports.ReplayRunning {
		if err := w.start(ctx, payload); err != nil {
			return err
		}
	}
	for ctx.Err() == nil {
		job, err := b.Jobs.ReplayJob(ctx, job.ID)
		switch {
		case err != nil:
			return err
		case job.State == ports.ReplayDone:
			return b.Finish(ctx, job.Target)
		case job.State == ports.ReplayFailed:
			return fmt.Errorf("the replay failed: %s", job.Reason)
		}
		pause(ctx, 20*time.Second)
	}
	return ctx.Err()
}

func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
