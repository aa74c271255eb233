package simulation_test

import (
	"context"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"github.com/evercart/evercart/adapters/dynamostore"
	"github.com/evercart/evercart/adapters/kinesisfeed"
	"github.com/evercart/evercart/adapters/lambdafn"
	"github.com/evercart/evercart/adapters/s3archive"
	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/core/app/carts"
	"github.com/evercart/evercart/core/cart"
	"github.com/evercart/evercart/core/es"
	"github.com/evercart/evercart/ports"
)

// source is the CloudEvents source of all events.
const source = "/evercart"

// account is what stands in the simulated account: services, functions, mappings.
type account struct {
	w        *world
	db       *dynamo
	tries    int   // of each call of DynamoDB, by its client
	changes  *feed // the table's stream
	events   *feed // Kinesis
	moving   int   // changes on their way to the table's stream
	streams  bool  // the table has its stream
	order    feedOrder
	views    *dynamostore.Views
	storage  *storage
	objects  *s3.Client
	archive  ports.Archive
	failures *failures
	receiver *receiver
	shopping *shopping
	older    *older

	store   ports.EventStore
	scanner ports.StoreScanner
	stream  *kinesis.Client

	messages                 *sqs.Client
	cartsQueue, relatedQueue *queue
	starting                 int      // invocations of replay under way
	unstarted                [][]byte // events of those that Lambda gave up: dead letters
	rebuilds, backfills      int      // under way

	fronts

	relay, archiver, carts, related, notify, remind, replay *function
	mappings                                                []*mapping
}

func newAccount(w *world) *account {
	a := &account{w: w, order: feedOrder{highest: map[ports.StreamID]ports.Version{}}, receiver: &receiver{w: w, told: map[string]int{}}}
	a.changes = newFeed(w, "table's stream", 24*time.Hour, 1+w.pick(3))
	a.events = newFeed(w, "kinesis", 168*time.Hour, 1+w.pick(4))
	a.storage = newStorage(w)
	a.objects = a.storage.client()
	a.archive = s3archive.New(a.objects, archiveBucket, "cold").WithSpread(w.spread)
	a.failures = &failures{w: w, bucket: a.storage.buckets[failuresBucket]}
	a.tables()
	db := a.client("dynamodb")
	store := dynamostore.NewEventStore(db, dynamostore.EventStoreOptions{Prefix: prefix, SnapshotEvery: 4})
	a.store, a.scanner = store, store
	a.older = &older{w: w, client: db, written: map[ports.StreamID][]string{}}
	a.views = dynamostore.NewViews(a.client("views"), prefix).WithSpread(w.spread)
	a.stream = kinesis.New(kinesis.Options{
		Region: "eu-central-1", BaseEndpoint: aws.String("http://kinesis.invalid"), Credentials: aws.AnonymousCredentials{},
		HTTPClient: &endpoint{w: w, service: "kinesis", throttle: "ProvisionedThroughputExceededException", serve: putRecords(a.events)},
	})
	a.messages = sqs.New(sqs.Options{
		Region: "eu-central-1", BaseEndpoint: aws.String("http://sqs.invalid"), Credentials: aws.AnonymousCredentials{}, Retryer: aws.NopRetryer{},
		DisableMessageChecksumValidation: true,
		HTTPClient:                       &endpoint{w: w, service: "sqs", throttle: "RequestThrottled", serve: a.queues},
	})
	a.shopping = newShopping(w)
	a.build()
	return a
}

// build makes functions and mappings.
func (a *account) build() {
	const minute = time.Minute
	lambda := func(name string, timeout time.Duration, build func(i *instance) lambdafn.Handler) *function {
		return &function{w: a.w, name: name, timeout: timeout, build: build}
	}
	a.fronts = a.newFronts()
	a.relay = lambda("relay", minute, a.newRelay)
	a.archiver = lambda("archive", minute, a.newArchiver)
	a.carts = lambda("project-carts", minute, a.newProjector(cart.CartsView{}))
	a.related = lambda("project-related", minute, a.newProjector(cart.RelatedView{}))
	a.notify = lambda("notify", minute, a.newNotify)
	a.remind = lambda("remind", 5*minute, a.newRemind)
	a.replay = lambda("replay", 15*minute, a.newReplay)

	receives := []int{2, 4, 10}[a.w.pick(3)]
	a.cartsQueue = &queue{w: a.w, function: a.carts, receives: receives, known: map[string]time.Time{}}
	a.relatedQueue = &queue{w: a.w, function: a.related, receives: receives, known: map[string]time.Time{}}
	retries := []int{-1, 4, 20}[a.w.pick(3)]
	follow := func(f *feed, fn *function, maxAge time.Duration) {
		a.mappings = append(a.mappings, &mapping{
			w: a.w, feed: f, function: fn, batch: []int{1, 5, 100}[a.w.pick(3)], window: []time.Duration{50 * time.Millisecond, time.Second, 5 * time.Second}[a.w.pick(3)],
			retries: retries, maxAge: maxAge,
		})
	}
	follow(a.changes, a.relay, 20*time.Hour)
	for _, fn := range []*function{a.archiver, a.carts, a.related, a.notify} {
		follow(a.events, fn, 160*time.Hour)
	}
}

func (a *account) options(i *instance) app.TrackOptions {
	return app.TrackOptions{Now: i.now, Log: i.log}
}

func (a *account) consumed() ports.EventStore {
	if a.w.mutant.store != nil {
		return a.w.mutant.store(a.store)
	}
	return a.store
}

func (a *account) applied() ports.ViewStore {
	if a.w.mutant.views != nil {
		return a.w.mutant.views(a.views)
	}
	return a.views
}

// outside returns what notify works with.
func (a *account) outside() (ports.Notifier, ports.ViewStore) {
	if a.w.mutant.notifier != nil {
		return a.w.mutant.notifier(a)
	}
	return a.receiver, a.applied()
}

// unpark returns what a schedule has a consumer do.
func (a *account) unpark(target ports.Target, real func(ctx context.Context) error) func(ctx context.Context) error {
	if a.w.mutant.unpark != nil {
		return a.w.mutant.unpark(a, target)
	}
	return real
}

func (a *account) newRelay(i *instance) lambdafn.Handler {
	var publisher ports.Publisher = kinesisfeed.NewPublisher(a.stream, prefix+"-all-events", 0).WithSpread(a.w.spread)
	if a.w.mutant.publisher != nil {
		publisher = a.w.mutant.publisher(a, publisher)
	}
	relay := &lambdafn.Relay{
		Decode: decode, Publisher: publisher, Quarantine: a.views, Source: source, Meter: ports.NoMeter{}, Now: i.now, Log: i.log,
	}
	return relay.Handle
}

func decode(record *events.DynamoDBEventRecord) (ports.Commit, error) {
	return dynamostore.DecodeLambdaRecord(prefix, record)
}

func (a *account) consumer(i *instance, c app.Consumer) *lambdafn.Consumer {
	if a.w.mutant.consumer != nil {
		c = a.w.mutant.consumer(c)
	}
	return &lambdafn.Consumer{Consumer: c, Quarantine: a.views, Meter: ports.NoMeter{}, Now: i.now, Log: i.log}
}

func (a *account) newArchiver(i *instance) lambdafn.Handler {
	return a.consumer(i, app.NewArchiver(a.archive, a.views, i.now, ports.NoMeter{})).Handle
}

func (a *account) newProjector(view es.View[cart.State]) func(i *instance) lambdafn.Handler {
	return func(i *instance) lambdafn.Handler {
		projector := a.projector(i, view)
		c := a.consumer(i, projector)
		c.Replay = projector.HandleFor
		c.Finish = (&app.Rebuilder{
			Catalog: a.views, Views: a.views, Now: i.now, Log: i.log,
			Kinds: map[string]app.ViewKind{view.Name(): {Category: cart.Category, CatchUp: projector.CatchUp}},
		}).FinishFrom
		c.RetryParked = a.unpark(ports.Target{Consumer: view.Name(), Generation: 1}, projector.RetryParked)
		return c.Handle
	}
}

func (a *account) projector(i *instance, view es.View[cart.State]) *app.Projector[cart.State, cart.Command, cart.Event] {
	return app.NewProjector(cart.Aggregate{}, view, a.consumed(), a.applied(), a.views, a.views, a.options(i))
}

func (a *account) notifier(i *instance) *app.Notify {
	types := []string{cart.NameShopperReminded, cart.NameCartClosed}
	receiver, checkpoints := a.outside()
	return app.NewNotify(cart.Category, types, source, receiver, a.consumed(), checkpoints, a.views, a.views, a.options(i))
}

func (a *account) newNotify(i *instance) lambdafn.Handler {
	notify := a.notifier(i)
	c := a.consumer(i, notify)
	c.RetryParked = a.unpark(app.NotifyTarget(), notify.RetryParked)
	return c.Handle
}

func (a *account) newRemind(i *instance) lambdafn.Handler {
	commands := app.NewCommands(cart.Aggregate{}, a.store, app.CommandOptions{Now: i.now, NewID: i.ids.New, SnapshotEvery: 4})
	reminder := &carts.Reminder{Commands: commands, Views: a.views, Catalog: a.views, After: 10 * time.Minute, Now: i.now, Log: i.log}
	job := &lambdafn.Job{Run: func(ctx context.Context) (any, error) { return reminder.Run(ctx) }}
	return job.Handle
}
