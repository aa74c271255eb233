package cli

import (
	"context"
	"fmt"

	"github.com/evercart/evercart/bootstrap"
)

type viewRetireCommand struct{}

// Help is shown by 'evercart views retire --help'.
func (viewRetireCommand) Help() string {
	return `Stops feeding the generations that are older than the live one, once that has been live for
EVERCART_KEEP_GENERATIONS, and deletes their rows: until then, 'evercart views flip NAME' goes back. A server
that runs the pipeline does so by itself. On AWS nothing does: there it is a step after each rebuild.`
}

// retired is what --json prints of a generation.
type retired struct {
	View       string `json:"view"`
	Generation int    `json:"generation"`
}

// Run retires, and deletes what rows are left of generations that were retired before.
func (*viewRetireCommand) Run(ctx context.Context, out *output, config bootstrap.Config) error {
	return operateLong(ctx, out, config, func(ctx context.Context, op *bootstrap.Operator) error {
		targets, err := op.Replays.Rebuilder.Retire(ctx, config.KeepGenerations)
		lines := []retired{}
		for _, target := range targets {
			lines = append(lines, retired{target.Consumer, target.Generation})
		}
		if err == nil {
			err = op.Replays.Rebuilder.Sweep(ctx)
		}
		if err != nil {
			return err
		}
		return out.retired(lines)
	})
}

func (o *output) retired(lines []retired) error {
	if o.json {
		return o.line(lines)
	}
	for _, l := range lines {
		if _, err := fmt.Fprintf(o.stdout, "generation %d of view %s is retired\n", l.Generation, l.View); err != nil {
			return err
		}
	}
	if len(lines) > 0 {
		return nil
	}
	_, err := fmt.Fprintln(o.stdout, "no generation is to be retired")
	return err
}
