package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/evercart/evercart/bootstrap"
	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/ports"
)

type quarantineCommands struct {
	List    quarantineListCommand `cmd:"" help:"List records that could not be read."`
	Redrive redriveCommand        `cmd:"" help:"Send records to their consumers again, once the fault is mended."`
}

type quarantineListCommand struct {
	Payload bool `help:"Show the payloads, too."`
}

// quarantined is one record, in JSON.
type quarantined struct {
	ID       string `json:"id"`
	Consumer string `json:"consumer"`
	Shard    string `json:"shard"`
	Position string `json:"position"`
	At       string `json:"at"`
	Reason   string `json:"reason"`
	Payload  string `json:"payload,omitempty"`
}

// Run lists all of the quarantine.
func (c *quarantineListCommand) Run(ctx context.Context, out *output, config bootstrap.Config) error {
	return look(ctx, out, config, func(ctx context.Context, op *bootstrap.Operator) error {
		items, err := app.AllQuarantined(ctx, op.Quarantine)
		if err != nil {
			return err
		}
		list := make([]quarantined, len(items))
		for i, item := range items {
			list[i] = quarantined{item.ID(), item.Consumer, item.Shard, string(item.Position), instant(item.At), item.Reason, ""}
			if c.Payload {
				list[i].Payload = string(item.Payload)
			}
		}
		return out.quarantine(list)
	})
}

func (o *output) quarantine(list []quarantined) error {
	if o.json {
		return o.line(list)
	}
	if len(list) == 0 {
		_, err := fmt.Fprintln(o.stdout, "nothing is in quarantine")
		return err
	}
	t := o.table("ID", "SINCE", "REASON")
	for _, q := range list {
		row(t, q.ID, q.At, q.Reason)
		if q.Payload != "" {
			row(t, "", "", fmt.Sprintf("%q", q.Payload))
		}
	}
	return t.Flush()
}

type redriveCommand struct {
	IDs []string `arg:"" optional:"" name:"id" help:"Which, as 'quarantine list' names them."`
	All bool     `help:"All of them."`
}

// Run redrives the records asked for. Those that still cannot be handled stay, and
// the exit code is 1.
func (c *redriveCommand) Run(ctx context.Context, out *output, config bootstrap.Config) error {
	if c.All == (len(c.IDs) > 0) {
		return usage(errors.New("name the records, or --all of them"))
	}
	return operate(ctx, out, config, func(ctx context.Context, op *bootstrap.Operator) error {
		items, err := app.AllQuarantined(ctx, op.Quarantine)
		if err != nil {
			return err
		}
		chosen, err := c.choose(items)
		if err != nil {
			return err
		}
		var failures []error
		for _, item := range chosen {
			if err := op.Redriver.Redrive(ctx, item); err != nil {
				failures = append(failures, err)
				continue
			}
			if _, err := fmt.Fprintln(out.stdout, "redriven", item.ID()); err != nil {
				return err
			}
		}
		return errors.Join(failures...)
	})
}

func (c *redriveCommand) choose(items []ports.Quarantined) ([]ports.Quarantined, error) {
	if c.All {
		return items, nil
	}
	byID := map[string]ports.Quarantined{}
	for _, item := range items {
		byID[item.ID()] = item
	}
	var chosen []ports.Quarantined
	var unknown []string
	for _, id := range c.IDs {
		item, ok := byID[id]
		if !ok {
			unknown = append(unknown, id)
			continue
		}
		chosen = append(chosen, item)
	}
	if len(unknown) > 0 {
		return nil, fmt.Errorf("not in quarantine: %s", strings.Join(unknown, ", "))
	}
	return chosen, nil
}
