package cli

import (
	"context"
	"fmt"

	"github.com/evercart/evercart/bootstrap"
	"github.com/evercart/evercart/ports"
)

type viewRebuildCommand struct {
	View string `arg:"" help:"The view's name."`
}

// Help is shown by 'evercart views rebuild --help'.
func (*viewRebuildCommand) Help() string {
	return `Builds a new generation of the view from the archive, beside the one that queries read, while live
events flow into both; then brings up from the store what lags, and lets queries read the new one. It
returns when that is done. Cut short, it goes on when it is called again, or with a server. The old
generation is kept for a while (EVERCART_KEEP_GENERATIONS): 'evercart views flip NAME' goes back.`
}

// Run rebuilds the view and waits until queries read the new generation.
func (c *viewRebuildCommand) Run(ctx context.Context, out *output, config bootstrap.Config) error {
	return operateLong(ctx, out, config, func(ctx context.Context, op *bootstrap.Operator) error {
		if _, err := op.Replays.Rebuilder.Sink.Pending(ctx, ports.Target{Consumer: c.View}); err != nil {
			return err // before there is a generation that cannot be filled
		}
		done := func() {}
		generation, err := op.Replays.Rebuild(ctx, c.View, func(job ports.ReplayJob) {
			done = watch(ctx, out, op, job.ID)
		})
		done()
		if err != nil {
			if ctx.Err() != nil {
				return fmt.Errorf("the rebuild stops here; %s goes on", out.hint("views", "rebuild", c.View))
			}
			return err
		}
		return out.liveGeneration(c.View, generation)
	})
}

type viewFlipCommand struct {
	View       string `arg:"" help:"The view's name."`
	Generation int    `arg:"" optional:"" help:"The generation, as 'views list' has it; without it, the one that was live before."`
}

// Run flips.
func (c *viewFlipCommand) Run(ctx context.Context, out *output, config bootstrap.Config) error {
	if c.Generation < 0 {
		return usage(fmt.Errorf("generation %d: want 1 or more", c.Generation))
	}
	return operate(ctx, out, config, func(ctx context.Context, op *bootstrap.Operator) error {
		generation, err := op.Replays.Rebuilder.Flip(ctx, c.View, c.Generation)
		if err != nil {
			return err
		}
		return out.liveGeneration(c.View, generation)
	})
}

func (o *output) liveGeneration(view string, generation int) error {
	if o.json {
		return o.line(struct {
			View string `json:"view"`
			Live int    `json:"live"`
		}{view, generation})
	}
	_, err := fmt.Fprintf(o.stdout, "generation %d of view %s is live\n", generation, view)
	return err
}
