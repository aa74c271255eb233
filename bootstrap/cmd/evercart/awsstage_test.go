package main_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/dynamostore"
	"github.com/evercart/evercart/adapters/kinesisfeed"
	"github.com/evercart/evercart/adapters/lambdafn"
	"github.com/evercart/evercart/adapters/s3archive"
	"github.com/evercart/evercart/core/app"
	domain "github.com/evercart/evercart/core/cart"
	"github.com/evercart/evercart/core/es"
	"github.com/evercart/evercart/ports"
)

// stage plays the functions archive, project-carts and project-related: it feeds
// their use cases from the stream and from the queues, when it is told to.
type stage struct {
	*cloud
	views     *dynamostore.Views
	archive   *lambdafn.Consumer
	projects  map[string]*lambdafn.Consumer // by view
	positions map[string]ports.Position     // in the shards of the feed
}

func newStage(c *cloud) *stage {
	views := dynamostore.NewViews(c.clients.DynamoDB, c.prefix)
	store := dynamostore.NewEventStore(c.clients.DynamoDB, dynamostore.EventStoreOptions{Prefix: c.prefix})
	consumer := func(of app.Consumer) *lambdafn.Consumer {
		return &lambdafn.Consumer{Consumer: of, Quarantine: views, Meter: ports.NoMeter{}, Now: time.Now, Log: slog.New(slog.DiscardHandler)}
	}
	s := &stage{
		cloud: c, views: views, projects: map[string]*lambdafn.Consumer{}, positions: map[string]ports.Position{},
		archive: consumer(app.NewArchiver(s3archive.New(c.clients.S3, c.bucket(), ""), views, time.Now, ports.NoMeter{})),
	}
	for _, view := range []es.View[domain.State]{domain.CartsView{}, domain.RelatedView{}} {
		p := app.NewProjector(domain.Aggregate{}, view, store, views, views, views, app.TrackOptions{Now: time.Now})
		s.projects[p.Name()] = consumer(p)
		s.projects[p.Name()].Replay = p.HandleFor
	}
	return s
}

// feed gives the functions what is new on the feed, and returns how many records
// that was.
func (s *stage) feed() int {
	s.t.Helper()
	reader := kinesisfeed.NewReader(s.clients.Kinesis, s.prefix+"-all-events")
	shards, err := reader.Shards(s.t.Context())
	require.NoError(s.t, err)
	n := 0
	for _, shard := range shards {
		cursor := reader.Open(shard.ID, kinesisfeed.Start{After: s.positions[shard.ID]})
		for {
			page, err := cursor.Next(s.t.Context(), 100)
			require.NoError(s.t, err)
			if len(page.Records) == 0 && page.Behind == 0 {
				break
			}
			n += len(page.Records)
			s.batch(page.Records)
		}
	}
	return n
}

// batch gives the functions one batch of one shard. None may fail.
func (s *stage) batch(records []ports.Record) {
	s.t.Helper()
	if len(records) == 0 {
		return
	}
	var event events.KinesisEvent
	for _, r := range records {
		event.Records = append(event.Records, events.KinesisEventRecord{
			EventID: r.Shard + ":" + string(r.Position), EventSource: "aws:kinesis",
			Kinesis: events.KinesisRecord{
				Data: r.Data, SequenceNumber: string(r.Position), ApproximateArrivalTimestamp: events.SecondsEpochTime{Time: r.Arrival},
			},
		})
		s.positions[r.Shard] = r.Position
	}
	for _, function := range []*lambdafn.Consumer{s.archive, s.projects["carts"], s.projects["related"]} {
		assert.Empty(s.t, failed(s.t, s.t.Context(), function, event))
	}
}

// drain gives a view's function what is in its queue until ctx ends.
func (s *stage) drain(ctx context.Context, view string) {
	url, err := s.clients.SQS.GetQueueUrl(ctx, &sqs.GetQueueUrlInput{QueueName: aws.String(s.prefix + "-replay-" + view + ".fifo")})
	if err != nil {
		assert.ErrorIs(s.t, err, ctx.Err())
		return
	}
	for ctx.Err() == nil { // what a lost answer had comes again
		got, err := s.clients.SQS.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{
			QueueUrl: url.QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 1,
			MessageAttributeNames: []string{"All"}, MessageSystemAttributeNames: []types.MessageSystemAttributeName{"All"},
		})
		if err != nil || len(got.Messages) == 0 {
			continue
		}
		var event events.SQSEvent
		for _, m := range got.Messages {
			message := events.SQSMessage{
				MessageId: *m.MessageId, Body: *m.Body, Attributes: m.Attributes, EventSource: "aws:sqs",
				MessageAttributes: map[string]events.SQSMessageAttribute{},
			}
			for name, a := range m.MessageAttributes {
				message.MessageAttributes[name] = events.SQSMessageAttribute{StringValue: a.StringValue, DataType: *a.DataType}
			}
			event.Records = append(event.Records, message)
		}
		assert.Empty(s.t, failed(s.t, context.WithoutCancel(ctx), s.projects[view], event))
		for _, m := range got.Messages {
			_, _ = s.clients.SQS.DeleteMessage(ctx, &sqs.DeleteMessageInput{QueueUrl: url.QueueUrl, ReceiptHandle: m.ReceiptHandle})
		}
	}
}

// draining drains a view's queue while work is done.
func (s *stage) draining(view string, work func()) {
	ctx, cancel := context.WithCancel(s.t.Context())
	ended := make(chan struct{})
	go func() { defer close(ended); s.drain(ctx, view) }()
	work()
	cancel()
	<-ended
}

// failed invokes a function and returns what it says must come again.
func failed(t *testing.T, ctx context.Context, function *lambdafn.Consumer, event any) []string {
	t.Helper()
	payload, err := json.Marshal(event)
	if !assert.NoError(t, err) {
		return nil
	}
	answer, err := function.Handle(ctx, payload)
	assert.NoError(t, err)
	encoded, err := json.Marshal(answer)
	assert.NoError(t, err)
	var batch struct {
		BatchItemFailures []struct{ ItemIdentifier string }
	}
	assert.NoError(t, json.Unmarshal(encoded, &batch))
	var items []string
	for _, f := range batch.BatchItemFailures {
		items = append(items, f.ItemIdentifier)
	}
	return items
}
