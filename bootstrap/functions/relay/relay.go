// Package relay wires the function that publishes the commits of a table's stream.
package relay

import (
	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"go.uber.org/fx"

	"github.com/evercart/evercart/adapters/dynamostore"
	"github.com/evercart/evercart/adapters/kinesisfeed"
	"github.com/evercart/evercart/adapters/lambdafn"
	"github.com/evercart/evercart/bootstrap/functions"
	"github.com/evercart/evercart/bootstrap/functions/stores"
	"github.com/evercart/evercart/ports"
)

// Relay is the function relay.
func Relay() fx.Option {
	return fx.Options(stores.Views(), fx.Provide(newRelay))
}

func newRelay(b *functions.Base, views *dynamostore.Views) lambdafn.Handler {
	relay := &lambdafn.Relay{
		Decode: func(record *events.DynamoDBEventRecord) (ports.Commit, error) {
			return dynamostore.DecodeLambdaRecord(b.Config.Prefix, record)
		},
		Publisher:  kinesisfeed.NewPublisher(kinesis.NewFromConfig(b.AWS), b.Config.FeedStream(), 0), // lambdafn.Function keeps the margin
		Quarantine: views, Source: b.Config.Source, Meter: b.Meter, Now: b.Now, Log: b.Log,
	}
	return relay.Handle
}
