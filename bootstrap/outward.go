package bootstrap

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/evercart/evercart/adapters/lognotify"
	"github.com/evercart/evercart/adapters/webhook"
	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/core/app/carts"
	"github.com/evercart/evercart/core/cart"
	"github.com/evercart/evercart/ports"
)

// newNotifier tells the outside world by a topic of AWS, by a webhook, or by the log
// where neither is configured.
func newNotifier(c Config, now Clock, log *slog.Logger, cloud Cloud) (ports.Notifier, error) {
	if cloud.Notifier != nil {
		return cloud.Notifier, nil
	}
	if c.WebhookURL == "" {
		return lognotify.New(log.Handler(), now), nil
	}
	notifier, err := webhook.New(webhook.Options{URL: c.WebhookURL, Secrets: c.WebhookSecrets, Now: now})
	if err != nil {
		return nil, fmt.Errorf("EVERCART_WEBHOOK_URL and EVERCART_WEBHOOK_SECRETS: %w", err)
	}
	return notifier, nil
}

// newNotify returns the consumer that tells of reminders and closed carts.
func newNotify(
	c Config, now Clock, log *slog.Logger, meter ports.Meter, notifier ports.Notifier, store ports.EventStore,
	views ports.ViewStore, effects ports.Effects, quarantine ports.Quarantine,
) *app.Notify {
	types := []string{cart.NameShopperReminded, cart.NameCartClosed}
	return app.NewNotify(cart.Category, types, c.Source, notifier, store, views, effects, quarantine, trackOptions(c, now, log, meter))
}

func newReminder(c Config, now Clock, log *slog.Logger, commands *CartCommands, views ports.ViewStore, catalog ports.ViewCatalog) *carts.Reminder {
	return &carts.Reminder{Commands: commands, Views: views, Catalog: catalog, After: c.RemindAfter, Now: now, Log: log}
}

// remind looks for carts that are due until ctx ends.
func (p *Pipeline) remind(ctx context.Context) {
	for ctx.Err() == nil {
		n, err := p.reminder.Run(ctx)
		if n > 0 {
			p.log.Info("shoppers reminded", slog.Int("carts", n))
		}
		if err != nil && ctx.Err() == nil {
			p.log.Warn("some shoppers could not be reminded and are another time", slog.Any("error", err))
		}
		wait(ctx, p.remindEvery)
	}
}
