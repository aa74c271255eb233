package stores

import (
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"go.uber.org/fx"

	"github.com/evercart/evercart/adapters/dynamostore"
	"github.com/evercart/evercart/bootstrap/functions"
	"github.com/evercart/evercart/ports"
)

// Events provides the event store.
func Events() fx.Option {
	return fx.Provide(func(b *functions.Base) ports.EventStore { return newEvents(dynamodb.NewFromConfig(b.AWS), b) })
}

// Scanner provides the scan of the whole event store, held to a rate.
func Scanner() fx.Option {
	return fx.Provide(func(b *functions.Base) ports.StoreScanner {
		return dynamostore.NewEventStore(dynamodb.NewFromConfig(b.AWS), dynamostore.EventStoreOptions{
			Prefix: b.Config.Prefix, ScanUnits: b.Config.ScanUnits, Meter: b.Meter,
		})
	})
}

// Views provides all that is kept beside events.
func Views() fx.Option {
	return fx.Provide(func(b *functions.Base) *dynamostore.Views { return newViews(dynamodb.NewFromConfig(b.AWS), b) })
}

// ViewsAndLeases provides all that is kept beside events, and leases, over one client.
func ViewsAndLeases() fx.Option {
	return fx.Provide(func(b *functions.Base) (*dynamostore.Views, ports.Leases) {
		client := dynamodb.NewFromConfig(b.AWS)
		return newViews(client, b), dynamostore.NewLeases(client, b.Config.Prefix, b.Now)
	})
}

// Both provides events and views, over one client.
func Both() fx.Option {
	return fx.Provide(func(b *functions.Base) (ports.EventStore, *dynamostore.Views) {
		client := dynamodb.NewFromConfig(b.AWS)
		return newEvents(client, b), newViews(client, b)
	})
}

func newEvents(client *dynamodb.Client, b *functions.Base) *dynamostore.EventStore {
	return dynamostore.NewEventStore(client, dynamostore.EventStoreOptions{
		Prefix: b.Config.Prefix, SnapshotEvery: b.Config.SnapshotEvery, Meter: b.Meter,
	})
}

func newViews(client *dynamodb.Client, b *functions.Base) *dynamostore.Views {
	return dynamostore.NewViews(client, b.Config.Prefix).Metered(b.Meter)
}
