package dynamostore_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/dynamostore"
	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/porttest"
)

// at returns a store and views of a server at url, which the SDK asks once.
func at(url string) (*dynamostore.EventStore, *dynamostore.Views) {
	client := dynamodb.New(dynamodb.Options{
		Region: "eu-central-1", Credentials: anyone{}, BaseEndpoint: &url, Retryer: aws.NopRetryer{},
		DisableValidateResponseChecksum: true,
	})
	return dynamostore.NewEventStore(client, dynamostore.EventStoreOptions{Prefix: "shop"}), dynamostore.NewViews(client, "shop")
}

// everything does one of each kind of call, and returns their errors by name.
func everything(ctx context.Context, store *dynamostore.EventStore, views *dynamostore.Views) map[string]error {
	head := ports.NewHead(porttest.Stream(1), 0, ports.Hash{}, time.Time{})
	errs := map[string]error{}
	_, errs["append"] = store.Append(ctx, head, porttest.Commit(head, "c", 1))
	_, errs["load"] = store.Load(ctx, head.Stream(), 1)
	_, errs["load at"] = store.LoadAt(ctx, head.Stream(), 3, 1)
	_, _, errs["since"] = store.Since(ctx, head)
	for _, err := range store.Read(ctx, head.Stream(), 2, 3) {
		errs["read"] = err
	}
	for _, err := range store.Scan(ctx, "cart") {
		errs["scan"] = err
	}
	change := ports.ViewChange{Checkpoint: ports.Checkpoint{Stream: head.Stream()}}
	errs["apply"] = views.Apply(ctx, goldenTarget, []ports.ViewChange{change})[0]
	change.Put = []ports.Row{{RowKey: ports.RowKey{Partition: "p"}}}
	errs["apply with rows"] = views.Apply(ctx, goldenTarget, []ports.ViewChange{change})[0]
	_, errs["checkpoints"] = views.Checkpoints(ctx, goldenTarget, []ports.StreamID{head.Stream()})
	_, errs["list of checkpoints"] = views.ListCheckpoints(ctx, goldenTarget, "", 10)
	_, errs["parked"] = views.Parked(ctx, goldenTarget, "", 10)
	_, errs["query"] = views.Query(ctx, goldenTarget, ports.RowQuery{Partition: "p", Limit: 1})
	_, errs["rows"] = views.Rows(ctx, goldenTarget, []ports.RowKey{{Partition: "p"}})
	errs["drop"] = views.Drop(ctx, goldenTarget)
	_, errs["view"] = views.View(ctx, "carts")
	_, errs["views"] = views.Views(ctx)
	errs["save view"] = views.SaveView(ctx, ports.ViewEntry{Name: "carts"})
	_, errs["position"] = views.Position(ctx, "archive")
	errs["save position"] = views.SavePosition(ctx, "archive", ports.Bookmark{})
	errs["quarantine"] = views.PutQuarantined(ctx, ports.Quarantined{Consumer: "a"})
	_, errs["quarantined"] = views.ListQuarantined(ctx, "", 1)
	errs["take out of quarantine"] = views.RemoveQuarantined(ctx, "a")
	_, errs["save replay"] = views.SaveReplayJob(ctx, ports.ReplayJob{ID: "r"})
	_, errs["replay"] = views.ReplayJob(ctx, "r")
	_, errs["replays"] = views.ListReplayJobs(ctx, "", 1)
	_, _, errs["effects"] = views.EffectsFrom(ctx, "notify")
	errs["set effects"] = views.SetEffectsFrom(ctx, "notify", time.Time{}, false)
	return errs
}

const calls = 27

func TestFaultsBelowDynamoDB(t *testing.T) {
	t.Parallel()
	answering := func(t *testing.T, answer http.HandlerFunc) string {
		t.Helper()
		server := httptest.NewServer(answer)
		t.Cleanup(server.Close)
		return server.URL
	}
	for name, c := range map[string]struct {
		url    func(t *testing.T) string
		passes bool
	}{
		"nobody listens": {func(t *testing.T) string {
			t.Helper()
			listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
			require.NoError(t, err)
			require.NoError(t, listener.Close())
			return "http://" + listener.Addr().String()
		}, true},
		"the connection breaks before the answer": {func(t *testing.T) string {
			t.Helper()
			return answering(t, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
		}, true},
		"the connection breaks within the answer": {func(t *testing.T) string {
			t.Helper()
			return answering(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Length", "1000")
				_, _ = io.WriteString(w, `{"Items":[`)
			})
		}, true},
		"a balancer answers 503 in HTML": {func(t *testing.T) string {
			t.Helper()
			return answering(t, func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(http.StatusServiceUnavailable)
				_, _ = io.WriteString(w, "<html>")
			})
		}, true},
		"the credentials are refused": {func(t *testing.T) string {
			t.Helper()
			return answering(t, func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(http.StatusBadRequest)
				_, _ = io.WriteString(w, `{"__type":"com.amazon.coral.service#UnrecognizedClientException"}`)
			})
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store, views := at(c.url(t))
			errs := everything(t.Context(), store, views)
			require.Len(t, errs, calls)
			for call, err := range errs {
				assert.Error(t, err, call)
				assert.Equal(t, c.passes, errors.Is(err, ports.ErrUnavailable), "%s: %v", call, err)
				assert.NotErrorIs(t, err, ports.ErrCheckpointMoved, call)
			}
		})
	}
	t.Run("no answer comes until the deadline", func(t *testing.T) {
		t.Parallel()
		over := make(chan struct{})
		url := answering(t, func(http.ResponseWriter, *http.Request) { <-over })
		defer close(over)
		store, views := at(url)
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		defer cancel()
		for call, err := range everything(ctx, store, views) {
			assert.ErrorIs(t, err, ports.ErrUnavailable, call)
			assert.ErrorIs(t, err, context.DeadlineExceeded, call)
		}
	})
	t.Run("the caller gives up", func(t *testing.T) {
		t.Parallel()
		store, views := at("http://127.0.0.1:1")
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		for call, err := range everything(ctx, store, views) {
			assert.ErrorIs(t, err, context.Canceled, call)
		}
	})
}
