package bootstrap

import (
	"context"
	"log/slog"
	"os"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"go.uber.org/fx"

	"github.com/evercart/evercart/adapters/dynamostore"
	"github.com/evercart/evercart/adapters/filescratch"
	"github.com/evercart/evercart/adapters/kinesisfeed"
	"github.com/evercart/evercart/adapters/s3archive"
	"github.com/evercart/evercart/adapters/snsnotify"
	"github.com/evercart/evercart/adapters/sqsreplay"
	"github.com/evercart/evercart/ports"
)

// Cloud is what an installation on AWS has and one machine lacks.
type Cloud struct {
	// Queues takes replays to views, which their functions fill; nil: views are filled
	// in this process.
	Queues ports.ReplaySink
	// Notifier tells the outside world; nil: as on one machine.
	Notifier ports.Notifier
	// FeedThere returns an error if the feed cannot be reached; nil: it always can.
	FeedThere func(ctx context.Context) error
}

// openAWS opens what Terraform deploys. Relay, archiver and projectors are
// functions, which AWS drives: it has neither change feed nor feed reader.
func openAWS(lc fx.Lifecycle, c Config, now Clock, meter ports.Meter, _ access) (Backend, error) {
	ctx, cancel := context.WithTimeout(context.Background(), openTimeout)
	defer cancel()
	config, err := loadAWS(ctx)
	if err != nil {
		return Backend{}, err
	}
	bucket, prefix, err := s3archive.ParseLocation(c.Archive)
	if err != nil {
		return Backend{}, err
	}
	db := dynamodb.NewFromConfig(config)
	lc.Append(fx.StartHook(func(ctx context.Context) error { return tablesThere(ctx, db, config.Region, c.Prefix) }))
	store := dynamostore.EventStoreOptions{Prefix: c.Prefix, SnapshotEvery: c.SnapshotEvery, Meter: meter}
	scanner := store
	scanner.ScanUnits = c.ScanUnits
	views := dynamostore.NewViews(db, c.Prefix).Metered(meter)
	stream := kinesis.NewFromConfig(config)
	backend := Backend{
		Store: dynamostore.NewEventStore(db, store), Scanner: dynamostore.NewEventStore(db, scanner),
		Publisher: kinesisfeed.NewPublisher(stream, c.FeedStream(), 0),
		Positions: views, Views: views, Catalog: views, Quarantine: views, Jobs: views, Effects: views,
		Scratch: filescratch.New(os.TempDir()),
		Archive: s3archive.New(newS3(config), bucket, prefix),
		Leases:  dynamostore.NewLeases(db, c.Prefix, now),
		Cloud: Cloud{
			Queues: sqsreplay.New(sqs.NewFromConfig(config), c.Prefix, sqsreplay.EnoughPending),
			FeedThere: func(ctx context.Context) error {
				_, err := kinesisfeed.NewReader(stream, c.FeedStream()).Shards(ctx)
				return err
			},
		},
	}
	if c.NotifyTopic != "" {
		backend.Cloud.Notifier = snsnotify.New(sns.NewFromConfig(config), c.NotifyTopic)
	}
	return backend, nil
}

// leavePipeline says, when the store was found, who runs the pipeline where this
// process does not.
func leavePipeline(lc fx.Lifecycle, c Config, log *slog.Logger, _ ports.EventStore) {
	lc.Append(fx.StartHook(func() {
		log.Info("relay, archive, views and notifications are the work of functions on AWS; this process serves HTTP only", slog.String("prefix", c.Prefix))
	}))
}
