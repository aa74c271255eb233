package carts

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/core/cart"
	"github.com/evercart/evercart/core/es"
	"github.com/evercart/evercart/ports"
)

// Canary proves that an installation works from end to end: it opens, fills and
// closes a cart of its own and waits until the view carts and the archive show it.
// The cart is app.CanarySubject's, holds one item of a name of its own, and is of no
// consequence to other carts, to shoppers and to the outside world.
type Canary struct {
	Commands *app.Commands[cart.State, cart.Command, cart.Event]
	Views    Views
	Archive  ports.Archive
	NewID    func() string // a UUID nobody has
	Now      func() time.Time
	Every    time.Duration // between two looks; 0: a second
	Meter    ports.Meter
}

// CanaryReport is what a canary saw.
type CanaryReport struct {
	Cart string
	// View and Archive are how long after the close each showed the cart; 0: it did
	// not yet.
	View, Archive time.Duration
}

const canaryItem = "canary"

// Run sends one canary out. It waits as long as ctx allows; an error says what was
// not seen until then, or what failed.
func (c *Canary) Run(ctx context.Context) (CanaryReport, error) {
	report := CanaryReport{Cart: c.NewID()}
	watch := newArchiveWatch(c.Archive, report.Cart, c.Now().Add(-time.Minute))
	if err := watch.skip(ctx); err != nil { // what is there already holds nothing of it
		return report, err
	}
	last, err := c.shop(ctx, report.Cart)
	if err != nil {
		return report, fmt.Errorf("canary cart %s: %w", report.Cart, err)
	}
	closed := c.Now()
	for {
		err := errors.Join(
			c.look("view", closed, &report.View, func() (bool, error) { return c.listed(ctx, report.Cart, last) }),
			c.look("archive", closed, &report.Archive, func() (bool, error) { return watch.holds(ctx, last) }),
		)
		if err == nil && report.View > 0 && report.Archive > 0 {
			break
		}
		if err == nil {
			err = c.pause(ctx)
		}
		if err != nil {
			return report, unseen(&report, err)
		}
	}
	c.Meter.Add(ports.MetricCanaryPassed, "", 1)
	return report, nil
}

// shop carries out the commands and returns the cart's last version.
func (c *Canary) shop(ctx context.Context, id string) (last ports.Version, err error) {
	for _, step := range []struct {
		key     string
		command cart.Command
	}{
		{"open", cart.OpenCart{Owner: app.CanarySubject}},
		{"add", cart.AddItem{Item: canaryItem, Quantity: 1}},
		{"close", cart.CloseCart{}},
	} {
		answer, err := c.Commands.Handle(ctx, &app.Request[cart.Command]{
			ID: id, Command: step.command, CommandID: "canary." + id + "." + step.key, Caller: es.Caller{Subject: app.CanarySubject},
		})
		if err != nil {
			return 0, err
		}
		last = answer.Version
	}
	return last, nil
}

// look sets after to the time since the close, and measures it, once shown says so.
func (c *Canary) look(where string, closed time.Time, after *time.Duration, shown func() (bool, error)) error {
	if *after > 0 {
		return nil
	}
	ok, err := shown()
	if err != nil || !ok {
		return err
	}
	*after = max(c.Now().Sub(closed), time.Nanosecond) // clocks are coarse
	c.Meter.Observe(ports.MetricCanarySeconds, where, after.Seconds())
	return nil
}

// listed reports whether the view shows the cart as it is in the end.
func (c *Canary) listed(ctx context.Context, id string, last ports.Version) (bool, error) {
	const newest = 20 // more than can be on their way at once
	page, err := c.Views.List(ctx, Query{Owner: app.CanarySubject, Status: cart.StatusClosed.String(), Limit: newest})
	for _, listed := range page.Carts {
		if listed.ID == id && ports.Version(listed.Version) == last {
			return true, nil
		}
	}
	return false, err
}

// unseen says where the cart was not seen.
func unseen(report *CanaryReport, err error) error {
	var where []string
	if report.View == 0 {
		where = append(where, "the view carts")
	}
	if report.Archive == 0 {
		where = append(where, "the archive")
	}
	return fmt.Errorf("canary cart %s is not in %s: %w", report.Cart, strings.Join(where, ", nor in "), err)
}

func (c *Canary) pause(ctx context.Context) error {
	every := c.Every
	if every == 0 {
		every = time.Second
	}
	timer := time.NewTimer(every)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
