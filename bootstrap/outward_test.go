package bootstrap_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/bootstrap"
)

const webhookSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" //nolint:gosec // the example of the specification

// hook is a receiver that says no at first.
type hook struct {
	t  *testing.T
	mu sync.Mutex
	no int // answers that are 503
	// ids of all deliveries, also of those that were answered with 503
	ids  []string
	told []string // types of those taken
}

func (h *hook) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	assert.NoError(h.t, err)
	checker, err := standardwebhooks.NewWebhook(webhookSecret)
	assert.NoError(h.t, err)
	assert.NoError(h.t, checker.Verify(body, r.Header), "the signature")
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ids = append(h.ids, r.Header.Get("webhook-id"))
	if h.no > 0 {
		h.no--
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	var event struct{ Type string }
	assert.NoError(h.t, json.Unmarshal(body, &event))
	h.told = append(h.told, event.Type)
}

func (h *hook) taken() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]string{}, h.told...)
}

// serving runs `evercart serve` in this process and returns its URL.
func serving(t *testing.T, c bootstrap.Config) string {
	t.Helper()
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	url := make(chan string, 1)
	said := writerFunc(func(p []byte) (int, error) {
		url <- strings.Fields(string(p))[3]
		return len(p), nil
	})
	var running sync.WaitGroup
	running.Go(func() {
		code, err := bootstrap.RunUntilStopped(ctx, bootstrap.Serve(c, silent(), said), time.Minute)
		assert.NoError(t, err)
		assert.Zero(t, code)
	})
	t.Cleanup(func() { stop(); running.Wait() })
	return <-url
}

func post(t *testing.T, url, body string) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(body))
	require.NoError(t, err)
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	answer, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer func() { _ = answer.Body.Close() }()
	require.Less(t, answer.StatusCode, 300)
	return answer.Header.Get("Location")
}

func TestAClosedCartIsToldToAWebhook(t *testing.T) {
	t.Parallel()
	h := &hook{t: t, no: 2}
	receiver := httptest.NewServer(h)
	t.Cleanup(receiver.Close)
	url := serving(t, configured(t, "EVERCART_WEBHOOK_URL="+receiver.URL, "EVERCART_WEBHOOK_SECRETS="+webhookSecret))
	cart := post(t, url+"/carts", "")
	post(t, url+cart+"/items", `{"item":"tea"}`)
	post(t, url+cart+"/close", "")
	require.Eventually(t, func() bool { return len(h.taken()) == 1 }, 20*time.Second, 10*time.Millisecond)
	assert.Equal(t, []string{"evercart.cart.CartClosed.v2"}, h.taken())
	h.mu.Lock()
	defer h.mu.Unlock()
	require.Len(t, h.ids, 3, "two deliveries were refused")
	assert.Equal(t, []string{h.ids[0], h.ids[0]}, h.ids[1:], "the same ID each time")
}
