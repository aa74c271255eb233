package replay

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/lambdafn"
	"github.com/evercart/evercart/bootstrap/deployment"
	"github.com/evercart/evercart/ports"
)

func TestReplaysToWhatHasAQueueAreCarriedOn(t *testing.T) {
	t.Parallel()
	queues := 0
	for _, f := range deployment.Functions() {
		if !f.Has(deployment.ReplayMessages) {
			continue
		}
		queues++
		consumer, err := consumerOf("shop", "arn:aws:lambda:eu-central-1:123456789012:function:shop-"+f.Name+":live")
		require.NoError(t, err)
		assert.True(t, takes(ports.Target{Consumer: consumer, Generation: 2}), f.Name)
		assert.Equal(t, "shop-"+f.Name+":live", keeperOf("shop", ports.Target{Consumer: consumer, Generation: 2}))
	}
	assert.Equal(t, 2, queues)
	for _, none := range []string{"log", "export", "archive", "notify", ""} {
		assert.False(t, takes(ports.Target{Consumer: none}), none)
	}
}

func TestAReplayGoesOnInTheVersionInForce(t *testing.T) {
	t.Parallel()
	var path, kind string
	var payload []byte
	lambda := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path, kind = r.URL.Path, r.Header.Get("X-Amz-Invocation-Type")
		payload, _ = io.ReadAll(r.Body)
		w.WriteHeader(http.StatusAccepted)
	}))
	t.Cleanup(lambda.Close)
	key := aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: "key", SecretAccessKey: "secret"}, nil
	})
	invoker := &lambdafn.Invoker{Endpoint: lambda.URL, Region: "eu-central-1", Credentials: key, Client: lambda.Client(), Now: time.Now}

	require.NoError(t, again(invoker, "shop-replay")(t.Context(), []byte(`{"id":"r1"}`)))
	assert.Equal(t, "/2015-03-31/functions/shop-replay:live/invocations", path)
	assert.Equal(t, "Event", kind)
	assert.JSONEq(t, `{"id":"r1"}`, string(payload))
}
