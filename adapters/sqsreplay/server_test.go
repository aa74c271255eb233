package sqsreplay_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/awslocal"
	"github.com/evercart/evercart/adapters/sqsreplay"
	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/porttest"
)

// miniStack is the server that all tests of this package share. It ends with the
// test process.
var miniStack = sync.OnceValues(func() (*awslocal.Server, error) {
	return awslocal.StartMiniStack(context.Background(), os.Getenv("EVERCART_TEST_AWS"), 0)
})

// onMiniStack returns a client of it.
func onMiniStack(t testing.TB) *sqs.Client {
	t.Helper()
	if os.Getenv("EVERCART_TEST_AWS") == "" {
		t.Skip("EVERCART_TEST_AWS does not name the folder of AWS's local servers; make test installs them")
	}
	server, err := miniStack()
	require.NoError(t, err)
	return sqs.New(sqs.Options{Region: "us-east-1", BaseEndpoint: &server.URL, Credentials: anyone{}, RetryMaxAttempts: 1})
}

var prefixes atomic.Int64

// newSink returns a sink to queues of its own, by consumer.
func newSink(t *testing.T, client *sqs.Client, consumers ...string) (s *sqsreplay.Sink, queues map[string]string) {
	t.Helper()
	s, queues = sqsreplay.New(client, fmt.Sprintf("shop%d", prefixes.Add(1)), 0), map[string]string{}
	for _, consumer := range consumers {
		made, err := client.CreateQueue(t.Context(), &sqs.CreateQueueInput{
			QueueName: aws.String(s.QueueName(consumer)), Attributes: map[string]string{"FifoQueue": "true"},
		})
		require.NoError(t, err)
		queues[consumer] = *made.QueueUrl
	}
	return s, queues
}

// receive receives at most ten messages, as Lambda's mapping does.
func receive(ctx context.Context, client *sqs.Client, queue string) ([]types.Message, error) {
	got, err := client.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{
		QueueUrl: &queue, MaxNumberOfMessages: 10, MessageAttributeNames: []string{"All"}, WaitTimeSeconds: 1,
		MessageSystemAttributeNames: []types.MessageSystemAttributeName{types.MessageSystemAttributeNameAll},
	})
	if err != nil {
		return nil, err
	}
	return got.Messages, nil
}

// serve plays Lambda's part for one queue until ctx ends: it hands what it receives
// to handle, and deletes it, or gives it back where that fails. A call that fails is
// made again, at most ten times, and what it may have received comes again, as on AWS.
func serve(ctx context.Context, t *testing.T, client *sqs.Client, queue string, handle porttest.SinkHandler) {
	for failures := 0; ctx.Err() == nil; {
		messages, err := receive(ctx, client, queue)
		if err != nil && ctx.Err() == nil {
			if failures++; failures == 10 {
				t.Error(err)
				return
			}
			t.Log("what was received comes again: ", err)
		}
		handled := handleAll(ctx, t, messages, handle)
		for _, m := range messages {
			if handled {
				_, err = client.DeleteMessage(ctx, &sqs.DeleteMessageInput{QueueUrl: &queue, ReceiptHandle: m.ReceiptHandle})
			} else {
				_, err = client.ChangeMessageVisibility(ctx, &sqs.ChangeMessageVisibilityInput{QueueUrl: &queue, ReceiptHandle: m.ReceiptHandle})
			}
			if err != nil && ctx.Err() == nil {
				t.Log("what was handled comes again: ", err)
			}
		}
	}
}

// handleAll hands messages to handle, by target, and returns whether it took all.
func handleAll(ctx context.Context, t *testing.T, messages []types.Message, handle porttest.SinkHandler) bool {
	byTarget := map[string][]ports.Record{}
	for _, m := range messages {
		name := aws.ToString(m.MessageAttributes["target"].StringValue)
		byTarget[name] = append(byTarget[name], ports.Record{
			Shard: "replay", Position: ports.Position(m.Attributes["SequenceNumber"]),
			Data: []byte(aws.ToString(m.Body)), Replay: aws.ToString(m.MessageAttributes["replay"].StringValue),
		})
	}
	handled := true
	for name, records := range byTarget {
		var target ports.Target
		consumer, generation, _ := strings.Cut(name, ".")
		if _, err := fmt.Sscan(generation, &target.Generation); err != nil {
			t.Errorf("a message is for %q, which names no target: %v", name, err)
			return false
		}
		target.Consumer = consumer
		handled = handle(ctx, target, records) == nil && handled
	}
	return handled
}

func TestSinkConforms(t *testing.T) {
	t.Parallel()
	porttest.Run(t, func(t *testing.T) porttest.SinkTo {
		client := onMiniStack(t)
		s, queues := newSink(t, client, "carts", "related")
		return func(handle porttest.SinkHandler) ports.ReplaySink {
			ctx, cancel := context.WithCancel(context.Background())
			var servers sync.WaitGroup
			for _, queue := range queues {
				servers.Go(func() { serve(ctx, t, client, queue, handle) })
			}
			t.Cleanup(servers.Wait)
			t.Cleanup(cancel)
			return s
		}
	}, porttest.ReplaySink())
}

func TestOnAServer(t *testing.T) {
	t.Parallel()

	t.Run("an event that is delivered again is not in the queue twice, one of another replay is", func(t *testing.T) {
		t.Parallel()
		s, _ := newSink(t, onMiniStack(t), "carts")
		records := recordsOf(t, 3, 4)
		for range 2 {
			require.NoError(t, s.Deliver(t.Context(), carts, records))
		}
		pending, err := s.Pending(t.Context(), carts)
		require.NoError(t, err)
		assert.Equal(t, int64(12), pending)
		for i := range records {
			records[i].Replay = "r2"
		}
		require.NoError(t, s.Deliver(t.Context(), carts, records))
		pending, err = s.Pending(t.Context(), carts)
		require.NoError(t, err)
		assert.Equal(t, int64(24), pending)
	})
	t.Run("messages that a handler has in hand are pending until it is done with them", func(t *testing.T) {
		t.Parallel()
		client := onMiniStack(t)
		s, queues := newSink(t, client, "carts")
		require.NoError(t, s.Deliver(t.Context(), carts, recordsOf(t, 4, 1)))
		messages, err := receive(t.Context(), client, queues["carts"])
		require.NoError(t, err)
		require.NotEmpty(t, messages)
		pending, err := s.Pending(t.Context(), carts)
		require.NoError(t, err)
		assert.Equal(t, int64(4), pending)
		for _, m := range messages {
			_, err := client.DeleteMessage(t.Context(), &sqs.DeleteMessageInput{QueueUrl: aws.String(queues["carts"]), ReceiptHandle: m.ReceiptHandle})
			require.NoError(t, err)
		}
		pending, err = s.Pending(t.Context(), carts)
		require.NoError(t, err)
		assert.Equal(t, int64(4-len(messages)), pending)
	})
	t.Run("the largest message is taken", func(t *testing.T) {
		t.Parallel()
		s, _ := newSink(t, onMiniStack(t), "carts")
		empty := len(recordOf(t, "r1", porttest.Stream(1), 1, `{"x":""}`).Data)
		attributes := len("replay") + len("target") + 2*len("String") + len("r1") + len("carts.2")
		largest := strings.Repeat("x", sqsreplay.MaxMessageBytes-empty-attributes)
		require.NoError(t, s.Deliver(t.Context(), carts, []ports.Record{recordOf(t, "r1", porttest.Stream(1), 1, `{"x":"`+largest+`"}`)}))
		err := s.Deliver(t.Context(), carts, []ports.Record{recordOf(t, "r1", porttest.Stream(1), 1, `{"x":"`+largest+`x"}`)})
		var tooLarge *ports.TooLargeError
		assert.ErrorAs(t, err, &tooLarge)
	})
	t.Run("what SQS refuses of valid JSON is taken all the same", func(t *testing.T) {
		t.Parallel()
		s, _ := newSink(t, onMiniStack(t), "carts")
		assert.NoError(t, s.Deliver(t.Context(), carts, []ports.Record{recordOf(t, "r1", porttest.Stream(1), 1, "{\"x\":\"\uffff\ufffe\u007f\"}")}))
	})
	t.Run("a queue that is not there is named, for good", func(t *testing.T) {
		t.Parallel()
		s, _ := newSink(t, onMiniStack(t))
		_, err := s.Pending(t.Context(), carts)
		require.Error(t, err)
		assert.NotErrorIs(t, err, ports.ErrUnavailable)
		assert.ErrorContains(t, err, "queue "+s.QueueName("carts"))
		var missing *types.QueueDoesNotExist
		assert.ErrorAs(t, err, &missing)
		assert.Error(t, s.Deliver(t.Context(), carts, recordsOf(t, 1, 1)))
	})
	t.Run("a server that is gone is ErrUnavailable", func(t *testing.T) {
		t.Parallel()
		s := sqsreplay.New(sqs.New(sqs.Options{
			Region: "us-east-1", BaseEndpoint: aws.String("http://127.0.0.1:1"), Credentials: anyone{}, RetryMaxAttempts: 1,
		}), "shop", 0)
		s.Unhurried(unhurried)
		assert.ErrorIs(t, s.Deliver(t.Context(), carts, recordsOf(t, 1, 1)), ports.ErrUnavailable)
		_, err := s.Pending(t.Context(), carts)
		assert.ErrorIs(t, err, ports.ErrUnavailable)
	})
}
