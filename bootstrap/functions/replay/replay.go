// Package replay wires the function that carries on replays and hands batches that
// Lambda gave up to their functions again.
package replay

import (
	"context"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"go.uber.org/fx"

	"github.com/evercart/evercart/adapters/dynamostore"
	"github.com/evercart/evercart/adapters/lambdafn"
	"github.com/evercart/evercart/adapters/sqsreplay"
	"github.com/evercart/evercart/bootstrap/functions"
	"github.com/evercart/evercart/bootstrap/functions/archive"
	"github.com/evercart/evercart/bootstrap/functions/stores"
	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/core/cart"
	"github.com/evercart/evercart/ports"
)

// alias is what follows a function's name where its version in force is meant: by the
// name alone, a replay would go on in the newest version, also where an operator went
// back to an older one.
const alias = ":live"

// Replay is the function replay.
func Replay() fx.Option {
	return fx.Options(stores.ViewsAndLeases(), archive.S3(), fx.Provide(newHandler))
}

func newHandler(b *functions.Base, views *dynamostore.Views, leases ports.Leases, archive ports.Archive, objects *s3.Client) lambdafn.Handler {
	invoker := &lambdafn.Invoker{
		Endpoint: b.Environment.Endpoint("Lambda"), Region: b.AWS.Region, Credentials: b.AWS.Credentials, Client: &http.Client{}, Now: b.Now,
	}
	kind := app.ViewKind{Category: cart.Category}
	rebuilder := &app.Rebuilder{
		Catalog: views, Jobs: views, Now: b.Now, Kinds: map[string]app.ViewKind{cart.CartsView{}.Name(): kind, cart.RelatedView{}.Name(): kind},
	}
	replay := &lambdafn.Replay{
		Replayer: &app.Replayer{
			Archive: archive, Jobs: views, Sink: sqsreplay.New(sqs.NewFromConfig(b.AWS), b.Config.Prefix, sqsreplay.EnoughPending),
			Quarantine: views, Now: b.Now, Log: b.Log,
		},
		Leases: leases, Takes: takes,
		Redrive: newRedrive(b, invoker, objects, views).Handle,
		Invoke:  again(invoker, b.Name),
		Begun:   rebuilder.Begun, Refill: rebuilder.Refill,
		Finish: lambdafn.FinishBy(func(ctx context.Context, target ports.Target, payload []byte) ([]byte, error) {
			return invoker.Call(ctx, keeperOf(b.Config.Prefix, target), payload)
		}),
		Log: b.Log,
	}
	return replay.Handle
}

// takes reports whether a target has a queue: views do. Handlers without state are
// their operator's program's own.
func takes(target ports.Target) bool {
	return target.Consumer == cart.CartsView{}.Name() || target.Consumer == cart.RelatedView{}.Name()
}

// keeperOf names the function that keeps the view of a target.
func keeperOf(prefix string, target ports.Target) string {
	return prefix + "-project-" + target.Consumer + alias
}

// again returns what starts the function of that name once more.
func again(invoker *lambdafn.Invoker, name string) func(ctx context.Context, payload []byte) error {
	return func(ctx context.Context, payload []byte) error { return invoker.Start(ctx, name+alias, payload) }
}
