package webhook_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/webhook"
	"github.com/evercart/evercart/ports"
)

const (
	// vectorSecret and oldSecret are the secrets of the samples.
	vectorSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	oldSecret    = "whsec_b2xkLW9sZC1vbGQtb2xkLW9sZC1vbGQtb2xkIQ=="
)

// closed is the sample notification.
func closed() ports.Notification {
	return ports.Notification{
		ID: "019c1e2a-8f63-7a51-b2a6-3f4f1c1f9a10", Type: "evercart.cart.CartClosed.v2", Subject: "cart/0190",
		Time: time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC), Wire: []byte(`{"id":"019c1e2a","data":{"item":"tea & <milk>"}}`),
	}
}

// receiver is a server that remembers what it was told.
type receiver struct {
	*httptest.Server
	mu       sync.Mutex
	requests []*http.Request
	bodies   []string
}

// receive starts a receiver that answers by answer; nil: with 204.
func receive(t *testing.T, answer http.HandlerFunc) *receiver {
	t.Helper()
	r := &receiver{}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		body, err := io.ReadAll(request.Body)
		assert.NoError(t, err)
		r.mu.Lock()
		r.requests, r.bodies = append(r.requests, request), append(r.bodies, string(body))
		r.mu.Unlock()
		if answer == nil {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		answer(w, request)
	}))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) told() ([]*http.Request, []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.requests, r.bodies
}

// notifier returns one that tells url, with what change makes of its options.
func notifier(t *testing.T, url string, change func(o *webhook.Options)) *webhook.Notifier {
	t.Helper()
	o := webhook.Options{URL: url, Secrets: []string{vectorSecret}, Transport: &http.Transport{}}
	if change != nil {
		change(&o)
	}
	n, err := webhook.New(o)
	require.NoError(t, err)
	return n
}

func TestNotificationsAreSigned(t *testing.T) {
	t.Parallel()

	t.Run("the published example has the published signature", func(t *testing.T) {
		t.Parallel()
		r := receive(t, nil)
		n := notifier(t, r.URL, func(o *webhook.Options) {
			o.Now = func() time.Time { return time.Unix(1614265330, 999_999_999) }
		})
		require.NoError(t, n.Notify(t.Context(), ports.Notification{
			ID: "msg_p5jXN8AQM9LWM0D4loKWxJek", Wire: []byte(`{"test": 2432232314}`),
		}))
		requests, _ := r.told()
		require.Len(t, requests, 1)
		assert.Equal(t, "msg_p5jXN8AQM9LWM0D4loKWxJek", requests[0].Header.Get("webhook-id"))
		assert.Equal(t, "1614265330", requests[0].Header.Get("webhook-timestamp"))
		assert.Equal(t, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", requests[0].Header.Get("webhook-signature"))
	})
	t.Run("the event is the body, as it is on the wire, and its ID the webhook's", func(t *testing.T) {
		t.Parallel()
		r := receive(t, nil)
		require.NoError(t, notifier(t, r.URL+"/hooks?for=carts", nil).Notify(t.Context(), closed()))
		requests, bodies := r.told()
		require.Len(t, requests, 1)
		assert.Equal(t, http.MethodPost, requests[0].Method)
		assert.Equal(t, "/hooks?for=carts", requests[0].URL.String())
		assert.Equal(t, "application/cloudevents+json; charset=UTF-8", requests[0].Header.Get("Content-Type"))
		assert.Equal(t, closed().ID, requests[0].Header.Get("webhook-id"))
		assert.Equal(t, string(closed().Wire), bodies[0])
	})
	t.Run("the signature is the HMAC of ID, time and body", func(t *testing.T) {
		t.Parallel()
		r := receive(t, nil)
		require.NoError(t, notifier(t, r.URL, nil).Notify(t.Context(), closed()))
		requests, bodies := r.told()
		require.Len(t, requests, 1)
		header := requests[0].Header
		key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(vectorSecret, "whsec_"))
		require.NoError(t, err)
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(header.Get("webhook-id") + "." + header.Get("webhook-timestamp") + "." + bodies[0]))
		assert.Equal(t, "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)), header.Get("webhook-signature"))
	})
	t.Run("while a secret is changed, holders of the old and of the new one can check", func(t *testing.T) {
		t.Parallel()
		r := receive(t, nil)
		n := notifier(t, r.URL, func(o *webhook.Options) { o.Secrets = []string{vectorSecret, oldSecret} })
		require.NoError(t, n.Notify(t.Context(), closed()))
		requests, bodies := r.told()
		require.Len(t, requests, 1)
		for _, secret := range []string{vectorSecret, oldSecret} {
			w, err := standardwebhooks.NewWebhook(secret)
			require.NoError(t, err)
			require.NoError(t, w.Verify([]byte(bodies[0]), requests[0].Header))
			assert.Error(t, w.Verify([]byte(bodies[0]+" "), requests[0].Header))
		}
	})
	t.Run("a second attempt has the same ID and a time of its own", func(t *testing.T) {
		t.Parallel()
		r := receive(t, nil)
		at := time.Unix(1_700_000_000, 0)
		n := notifier(t, r.URL, func(o *webhook.Options) {
			o.Now = func() time.Time { at = at.Add(time.Minute); return at }
		})
		require.NoError(t, n.Notify(t.Context(), closed()))
		require.NoError(t, n.Notify(t.Context(), closed()))
		requests, _ := r.told()
		require.Len(t, requests, 2)
		assert.Equal(t, requests[0].Header.Get("webhook-id"), requests[1].Header.Get("webhook-id"))
		assert.Equal(t, "1700000060", requests[0].Header.Get("webhook-timestamp"))
		assert.Equal(t, "1700000120", requests[1].Header.Get("webhook-timestamp"))
	})
	t.Run("an ID that would make the signature ambiguous is never sent", func(t *testing.T) {
		t.Parallel()
		r := receive(t, nil)
		n := notifier(t, r.URL, nil)
		for _, id := range []string{"", "a.b", "a b", "a\nb", "ä", "a\x7f", strings.Repeat("a", 256)} {
			note := closed()
			note.ID = id
			err := n.Notify(t.Context(), note)
			require.Error(t, err, "%q", id)
			assert.NotErrorIs(t, err, ports.ErrUnavailable, "%q", id)
		}
		requests, _ := r.told()
		assert.Empty(t, requests)
	})
}

func TestAnswers(t *testing.T) {
	t.Parallel()
	for status := 200; status <= 599; status++ {
		t.Run(strconv.Itoa(status), func(t *testing.T) {
			t.Parallel()
			r := receive(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) })
			err := notifier(t, r.URL, nil).Notify(t.Context(), closed())
			if status <= 299 {
				assert.NoError(t, err, "it is taken over")
				return
			}
			require.Error(t, err)
			require.ErrorContains(t, err, strconv.Itoa(status))
			require.ErrorContains(t, err, closed().ID)
			switch {
			case status <= 399, status >= 500, status == 408, status == 409, status == 425, status == 429:
				assert.ErrorIs(t, err, ports.ErrUnavailable)
			default:
				assert.NotErrorIs(t, err, ports.ErrUnavailable)
			}
		})
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	t.Parallel()
	elsewhere := receive(t, nil)
	for _, status := range []int{301, 302, 303, 307, 308} {
		r := receive(t, func(w http.ResponseWriter, request *http.Request) {
			http.Redirect(w, request, elsewhere.URL, status)
		})
		err := notifier(t, r.URL, nil).Notify(t.Context(), closed())
		require.ErrorIs(t, err, ports.ErrUnavailable, "%d", status)
		requests, _ := r.told()
		assert.Len(t, requests, 1, "%d", status)
	}
	requests, _ := elsewhere.told()
	assert.Empty(t, requests)
}

func TestManyAtOnceShareOneNotifier(t *testing.T) {
	t.Parallel()
	r := receive(t, nil)
	n := notifier(t, r.URL, nil)
	var tellers sync.WaitGroup
	for range 32 {
		tellers.Go(func() { assert.NoError(t, n.Notify(t.Context(), closed())) })
	}
	tellers.Wait()
	requests, _ := r.told()
	assert.Len(t, requests, 32)
}
