package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/evercart/evercart/bootstrap"
	"github.com/evercart/evercart/ports"
)

type viewCommands struct {
	List    viewListCommand    `cmd:"" help:"List the views: generations, lag and parked streams."`
	Rebuild viewRebuildCommand `cmd:"" help:"Build a view anew from the archive beside the live one, and flip to it."`
	Flip    viewFlipCommand    `cmd:"" help:"Let queries read another generation of a view: back, and forth again."`
	Retire  viewRetireCommand  `cmd:"" help:"Stop feeding old generations of views, and delete their rows."`
	Unpark  viewUnparkCommand  `cmd:"" help:"Let a parked stream of a view go on, from the store."`
}

type viewListCommand struct{}

// viewLine is one generation of a view.
type viewLine struct {
	View       string   `json:"view"`
	Generation int      `json:"generation"`
	Live       bool     `json:"live"`
	Created    string   `json:"created"`
	Flipped    string   `json:"flipped,omitempty"`     // when it last became live; never, while it is built
	LagSeconds *float64 `json:"lag_seconds,omitempty"` // none where it is not known; on AWS CloudWatch has it
	Parked     []parked `json:"parked"`
}

type parked struct {
	Stream    string `json:"stream"`
	Version   int64  `json:"version"`
	Transient bool   `json:"transient"`
	Held      int64  `json:"held"`
	Since     string `json:"since"`
	Reason    string `json:"reason"`
}

// Run lists every generation of every view.
func (*viewListCommand) Run(ctx context.Context, out *output, config bootstrap.Config) error {
	return look(ctx, out, config, func(ctx context.Context, op *bootstrap.Operator) error {
		entries, err := op.Catalog.Views(ctx)
		if err != nil {
			return err
		}
		lines := []viewLine{}
		for _, entry := range entries {
			lag, err := lag(ctx, op, entry.Name)
			if err != nil {
				return err
			}
			for _, g := range entry.Generations {
				line := viewLine{
					View: entry.Name, Generation: g.Number, Live: g.Number == entry.Live,
					Created: instant(g.Created), Flipped: instant(g.Flipped), LagSeconds: lag,
				}
				if line.Parked, err = allParked(ctx, op, ports.Target{Consumer: entry.Name, Generation: g.Number}); err != nil {
					return err
				}
				lines = append(lines, line)
			}
		}
		return out.views(lines)
	})
}

// lag returns the age in seconds of the oldest record that the view has not seen: 0
// at the tip, nil where that is not known: Lambda keeps the positions, or the feed is
// another one than that which the view has read.
func lag(ctx context.Context, op *bootstrap.Operator, view string) (*float64, error) {
	if op.Feed == nil {
		return nil, nil
	}
	seconds := 0.0
	bookmark, err := op.Positions.Position(ctx, view)
	if err != nil {
		return nil, err
	}
	tip, err := op.Feed.Tip(ctx)
	if err != nil || tip.Position == bookmark.Position {
		return &seconds, err
	}
	next, err := op.Feed.Fetch(ctx, bookmark.Position, 1)
	if errors.Is(err, ports.ErrForeignPosition) {
		return nil, nil
	}
	if err == nil && len(next) > 0 {
		seconds = max(0, op.Now().Sub(next[0].Arrival).Seconds())
	}
	return &seconds, err
}

func allParked(ctx context.Context, op *bootstrap.Operator, target ports.Target) ([]parked, error) {
	const page = 1000
	all := []parked{}
	for after := ""; ; {
		some, err := op.Views.Parked(ctx, target, after, page)
		if err != nil {
			return nil, err
		}
		for i := range some {
			p := some[i].Parked
			after = some[i].Stream.String()
			all = append(all, parked{after, int64(p.Version), p.Transient, p.Held, instant(p.Since), p.Reason})
		}
		if len(some) < page {
			return all, nil
		}
	}
}

// views prints the views and, for people, the parked streams below them.
func (o *output) views(lines []viewLine) error {
	if o.json {
		return o.line(lines)
	}
	if len(lines) == 0 {
		_, err := fmt.Fprintf(o.stdout, "no views yet: %s builds them\n", o.hint("serve"))
		return err
	}
	t := o.table("VIEW", "GENERATION", "LIVE", "LAG", "PARKED", "CREATED", "FLIPPED")
	for _, l := range lines {
		live := "no"
		switch {
		case l.Live:
			live = "yes"
		case l.Flipped == "":
			live = "being built"
		}
		lag := "-"
		if l.LagSeconds != nil {
			lag = fmt.Sprintf("%.1f s", *l.LagSeconds)
		}
		row(t, l.View, fmt.Sprint(l.Generation), live, lag, fmt.Sprint(len(l.Parked)), l.Created, l.Flipped)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	for _, l := range lines {
		for _, p := range l.Parked {
			_, err := fmt.Fprintf(o.stdout, "\n%s generation %d: %s is parked at version %d since %s, %d events held\n  %s\n",
				l.View, l.Generation, p.Stream, p.Version, p.Since, p.Held, p.Reason)
			if err != nil {
				return err
			}
		}
	}
	return nil
}

type viewUnparkCommand struct {
	View string `arg:"" help:"The view's name."`
	ID   string `arg:"" help:"The stream's ID: a cart's, for one."`
}

// Run unparks the stream in every generation in which it is parked.
func (c *viewUnparkCommand) Run(ctx context.Context, out *output, config bootstrap.Config) error {
	id, err := streamID(c.ID)
	if err != nil {
		return err
	}
	return operate(ctx, out, config, func(ctx context.Context, op *bootstrap.Operator) error {
		return bootstrap.Unpark(ctx, op, c.View, id)
	})
}
