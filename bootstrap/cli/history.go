package cli

import (
	"context"
	"errors"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/evercart/evercart/bootstrap"
	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/core/es"
	"github.com/evercart/evercart/ports"
)

type historyCommand struct {
	ID     string `arg:"" help:"The cart's ID."`
	After  int64  `help:"Only events after this version." placeholder:"N"`
	Follow bool   `help:"Go on with new events as they come, until Ctrl-C."`
}

// followEvery is how often a followed history is looked at.
const followEvery = 300 * time.Millisecond

// Run shows all events after a version, page by page, and then perhaps new ones.
func (c *historyCommand) Run(ctx context.Context, out *output, config bootstrap.Config) error {
	id, err := cartID(c.ID)
	if err != nil {
		return err
	}
	if c.After < 0 {
		return usage(fmt.Errorf("--after %d: want 0 or more", c.After))
	}
	return lookLong(ctx, out, config, func(ctx context.Context, op *bootstrap.Operator) error {
		h := &historyView{out: out, op: op, id: id, after: ports.Version(c.After), timeout: config.Timeout}
		h.table = out.table("VERSION", "TIME", "EVENT", "DATA")
		if err := h.show(ctx); err != nil || !c.Follow {
			return err
		}
		return h.follow(ctx)
	})
}

// historyView is a history as far as it is shown.
type historyView struct {
	out     *output
	op      *bootstrap.Operator
	id      string
	after   ports.Version
	timeout time.Duration
	table   *tabwriter.Writer
}

// show prints what there is after the last event shown.
func (h *historyView) show(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, h.timeout)
	defer cancel()
	for {
		events, next, err := h.op.Queries.History(ctx, operator(), h.id, h.after, app.MaxHistory)
		if err != nil {
			return err
		}
		for i := range events {
			if err := h.out.event(h.table, &events[i]); err != nil {
				return err
			}
			h.after = events[i].Version
		}
		if next == 0 {
			return h.table.Flush()
		}
	}
}

// follow prints new events until ctx ends, which is no error.
func (h *historyView) follow(ctx context.Context) error {
	ticker := time.NewTicker(followEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
		err := h.show(ctx)
		var again *app.TryAgainError
		var refusal *es.Refusal
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.As(err, &again): // the store is busy: the next look tries again
		case errors.As(err, &refusal), err != nil:
			return err
		}
	}
}
