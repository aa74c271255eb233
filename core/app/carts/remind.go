package carts

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"time"

	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/core/cart"
	"github.com/evercart/evercart/core/es"
	"github.com/evercart/evercart/ports"
)

// RemindAfter is how long a cart must be left alone before its shopper is
// reminded, unless configured otherwise.
const RemindAfter = 14 * 24 * time.Hour

// Reminder is the process manager that finds carts that are open, not empty and
// unchanged for a while, and has their shoppers reminded, once a change. It reads
// the view carts and sends commands: the cart itself decides. It may run twice, or
// in two places at once, without harm.
type Reminder struct {
	Commands *app.Commands[cart.State, cart.Command, cart.Event]
	Views    ports.ViewStore
	Catalog  ports.ViewCatalog
	After    time.Duration // RemindAfter where it is 0
	Now      func() time.Time
	Log      *slog.Logger
}

// remindPage is how many carts one query of the view brings.
const remindPage = 100

// Run reminds all shoppers that are due and returns how many it reminded. A cart
// that fails does not keep others from their turn; the error joins all failures.
func (r *Reminder) Run(ctx context.Context) (int, error) {
	after := r.After
	if after == 0 {
		after = RemindAfter
	}
	cutoff := r.Now().UTC().Add(-after).Truncate(time.Microsecond)
	entry, err := r.Catalog.View(ctx, cart.CartsView{}.Name())
	if err != nil || entry.Revision == 0 {
		return 0, err
	}
	target := ports.Target{Consumer: entry.Name, Generation: entry.Live}
	reminded := 0
	var failures []error
	for _, partition := range cart.DuePartitions() {
		n, err := r.partition(ctx, target, partition, cutoff)
		reminded += n
		if err != nil {
			failures = append(failures, err)
		}
	}
	return reminded, errors.Join(failures...)
}

// partition reminds the shoppers of one partition, the cart left alone longest
// first.
func (r *Reminder) partition(ctx context.Context, target ports.Target, partition string, cutoff time.Time) (reminded int, err error) {
	query := ports.RowQuery{Partition: partition, Until: cart.TimeSortEnd(cutoff), Limit: remindPage}
	var failures []error
	for {
		rows, err := r.Views.Query(ctx, target, query)
		if err != nil {
			return reminded, errors.Join(append(failures, err)...)
		}
		for _, row := range rows {
			query.After = row.Sort
			done, err := r.remind(ctx, row.Value, cutoff)
			if err != nil {
				failures = append(failures, err)
			}
			if done {
				reminded++
			}
		}
		if len(rows) < remindPage || ctx.Err() != nil {
			return reminded, errors.Join(append(failures, ctx.Err())...)
		}
	}
}

// remind has one shopper reminded, if the cart says so.
func (r *Reminder) remind(ctx context.Context, value []byte, cutoff time.Time) (bool, error) {
	c, err := cart.ReadCartSummary(value)
	if err != nil || c.Owner == app.CanarySubject { // one that did not come to its end
		return false, err
	}
	answer, err := r.Commands.Handle(ctx, &app.Request[cart.Command]{
		ID:      c.ID,
		Command: cart.RemindShopper{UnchangedSince: cutoff},
		// The same for every run until the cart changes.
		CommandID: "remind." + c.ID + "." + strconv.FormatInt(c.ChangedAt.UnixMicro(), 10),
		Caller:    es.Caller{Operator: true},
	})
	var refusal *es.Refusal
	switch {
	case errors.As(err, &refusal):
		// The view is behind: the cart was changed, closed or reminded meanwhile.
		r.Log.DebugContext(ctx, "a reminder is not due after all", slog.String("cart", c.ID), slog.String("code", refusal.Code))
		return false, nil
	case err != nil:
		return false, fmt.Errorf("remind of cart %s: %w", c.ID, err)
	}
	return answer.Recorded, nil
}
