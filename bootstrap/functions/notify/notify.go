// Package notify wires the function that tells the outside world of reminders and
// closed carts: by a topic of SNS, by a webhook, or, where neither is configured,
// by the log.
package notify

import (
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/sns"
	"go.uber.org/fx"

	"github.com/evercart/evercart/adapters/dynamostore"
	"github.com/evercart/evercart/adapters/lambdafn"
	"github.com/evercart/evercart/adapters/lognotify"
	"github.com/evercart/evercart/adapters/snsnotify"
	"github.com/evercart/evercart/adapters/webhook"
	"github.com/evercart/evercart/bootstrap/functions"
	"github.com/evercart/evercart/bootstrap/functions/stores"
	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/core/cart"
	"github.com/evercart/evercart/ports"
)

// Notify is the function notify. On a schedule it tries parked streams again.
func Notify() fx.Option {
	return fx.Options(stores.Both(), fx.Provide(newHandler))
}

func newNotifier(b *functions.Base) (ports.Notifier, error) {
	c := &b.Config
	switch {
	case c.NotifyTopic != "":
		return snsnotify.New(sns.NewFromConfig(b.AWS), c.NotifyTopic), nil
	case c.WebhookURL != "":
		notifier, err := webhook.New(webhook.Options{URL: c.WebhookURL, Secrets: c.WebhookSecrets, Now: b.Now})
		if err != nil {
			return nil, fmt.Errorf("EVERCART_WEBHOOK_URL and EVERCART_WEBHOOK_SECRETS: %w", err)
		}
		return notifier, nil
	}
	return lognotify.New(b.Log.Handler(), b.Now), nil
}

func newHandler(b *functions.Base, store ports.EventStore, views *dynamostore.Views) (lambdafn.Handler, error) {
	notifier, err := newNotifier(b)
	if err != nil {
		return nil, err
	}
	types := []string{cart.NameShopperReminded, cart.NameCartClosed}
	notify := app.NewNotify(cart.Category, types, b.Config.Source, notifier, store, views, views, views, b.TrackOptions())
	consumer := &lambdafn.Consumer{
		Consumer: notify, RetryParked: notify.RetryParked, Quarantine: views, Meter: b.Meter, Now: b.Now, Log: b.Log,
	}
	return consumer.Handle, nil
}
