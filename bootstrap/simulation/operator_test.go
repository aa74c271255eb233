package simulation_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/evercart/evercart/adapters/kinesisfeed"
	"github.com/evercart/evercart/adapters/memory"
	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/core/cart"
	"github.com/evercart/evercart/ports"
)

// operate does what an operator does when alarms told of batches that were given up
// for good, of dead letters, or of a relay that stood still for too long.
func (w *world) operate() error {
	for len(w.failures.given)+len(w.unstarted) > 0 {
		w.failures.operate()
		w.restartDead()
		if err := w.rest("after the redrive"); err != nil {
			return err
		}
	}
	for len(w.cartsQueue.dead)+len(w.relatedQueue.dead) > 0 {
		w.cartsQueue.redrive()
		w.relatedQueue.redrive()
		if err := w.rest("after the redrive of the dead letters"); err != nil {
			return err
		}
	}
	if err := w.asOperator("redrive", w.redriveQuarantine); err != nil {
		return err
	}
	if err := w.rest("after the redrive"); err != nil {
		return err
	}
	if err := w.asOperator("retire", w.retire); err != nil {
		return err
	}
	if w.plan.injected["table's stream: trimmed before relay"] == 0 && len(w.older.carts) == 0 {
		return nil
	}
	if err := w.asOperator("backfill", func(ctx context.Context) error { return w.backfill(ctx, w.proof()) }); err != nil {
		return err
	}
	return w.rest("after the backfill")
}

// backfill publishes what the archive lacks.
func (w *world) backfill(ctx context.Context, by app.VerifyPorts) error {
	backfiller := &app.Backfiller{
		VerifyPorts: by, Category: cart.Category, Store: w.store, Source: source,
		Publisher: kinesisfeed.NewPublisher(w.stream, prefix+"-all-events", 0).WithSpread(w.spread),
	}
	report, err := backfiller.Backfill(ctx)
	w.note("backfilled %d events", report.Events)
	return err
}

// backfillBeside has an operator backfill beside all the traffic, once: what goes wrong
// is made good at the end.
func (w *world) backfillBeside() {
	w.plan.count("operator: backfill beside traffic")
	w.backfills++
	by := w.proof()
	by.Now, by.Grace = w.newInstance().now, 5*time.Minute
	w.spawn(w.root, "backfill", func(ctx context.Context) { _ = w.backfill(ctx, by) }, func() { w.backfills-- })
}

// restartDead invokes function replay with the events that Lambda gave up.
func (w *world) restartDead() {
	dead := w.unstarted
	w.unstarted = nil
	for _, payload := range dead {
		w.plan.count("operator: replay's event redriven")
		w.startAfter(payload, 0, 3)
	}
}

// redriveQuarantine sends to their consumers again what died with a function more
// than once. What cannot be read stays.
func (w *world) redriveQuarantine(ctx context.Context) error {
	i := w.newInstance()
	redriver := &app.Redriver{
		Quarantine: w.views, Store: w.store, Archive: w.archive, Source: source,
		Publisher: kinesisfeed.NewPublisher(w.stream, prefix+"-all-events", 0).WithSpread(w.spread),
		Consumers: map[string]app.Consumer{
			app.ArchiverName:          app.NewArchiver(w.archive, w.views, i.now, ports.NoMeter{}),
			app.NotifyName:            w.notifier(i),
			cart.CartsView{}.Name():   w.projector(i, cart.CartsView{}),
			cart.RelatedView{}.Name(): w.projector(i, cart.RelatedView{}),
		},
	}
	items, err := app.AllQuarantined(ctx, w.views)
	for _, item := range items {
		if bytes.HasPrefix(item.Payload, []byte("litter")) {
			continue
		}
		if item.Consumer == app.ReplayName {
			w.strange = append(w.strange, fmt.Errorf("a replay met a broken archive: %s: %s", item.ID(), item.Reason))
		}
		w.plan.count("operator: record redriven from the quarantine")
		err = errors.Join(err, redriver.Redrive(ctx, item))
	}
	return err
}

// proof is what a verification works with. At rest no event is too young to be
// archived.
func (w *world) proof() app.VerifyPorts {
	return app.VerifyPorts{
		Scanner: w.scanner, Archive: w.archive, Scratch: memory.NewScratch(),
		Now: func() time.Time { return time.Now().Add(1000 * time.Hour) },
	}
}
