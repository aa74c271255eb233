package webhook_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/webhook"
	"github.com/evercart/evercart/ports"
)

// silent starts a receiver that gives no answer until the test ends.
func silent(t *testing.T, before func(w http.ResponseWriter)) *receiver {
	t.Helper()
	over := make(chan struct{})
	r := receive(t, func(w http.ResponseWriter, request *http.Request) {
		if before != nil {
			before(w)
		}
		select {
		case <-over:
		case <-request.Context().Done():
		}
	})
	t.Cleanup(func() { close(over) })
	return r
}

func TestReceiversThatFail(t *testing.T) {
	t.Parallel()

	t.Run("no answer in time may be one later", func(t *testing.T) {
		t.Parallel()
		r := silent(t, nil)
		n := notifier(t, r.URL, func(o *webhook.Options) { o.Timeout = 50 * time.Millisecond })
		begin := time.Now()
		err := n.Notify(t.Context(), closed())
		require.ErrorIs(t, err, ports.ErrUnavailable)
		require.NotErrorIs(t, err, context.DeadlineExceeded, "the caller's context has not ended")
		require.ErrorContains(t, err, "no answer within 50ms")
		assert.Less(t, time.Since(begin), 5*time.Second)
	})
	t.Run("an answer that is a fault of the receiver says so, and nothing of time", func(t *testing.T) {
		t.Parallel()
		r := receive(t, func(w http.ResponseWriter, _ *http.Request) {
			http.Error(w, "secret of the receiver", http.StatusInternalServerError)
		})
		err := notifier(t, r.URL, nil).Notify(t.Context(), closed())
		require.ErrorIs(t, err, ports.ErrUnavailable)
		require.ErrorContains(t, err, "it answered 500 Internal Server Error")
		assert.NotContains(t, err.Error(), "time")
		assert.NotContains(t, err.Error(), "no answer")
		assert.NotContains(t, err.Error(), "secret")
	})
	t.Run("what the caller's context ends is no fault of the receiver", func(t *testing.T) {
		t.Parallel()
		r := silent(t, nil)
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		err := notifier(t, r.URL, nil).Notify(ctx, closed())
		require.ErrorIs(t, err, context.DeadlineExceeded)
		assert.NotErrorIs(t, err, ports.ErrUnavailable)
	})
	t.Run("nothing is sent under a context that has ended", func(t *testing.T) {
		t.Parallel()
		r := receive(t, nil)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		require.ErrorIs(t, notifier(t, r.URL, nil).Notify(ctx, closed()), context.Canceled)
		requests, _ := r.told()
		assert.Empty(t, requests)
	})
	t.Run("nobody there may be somebody later", func(t *testing.T) {
		t.Parallel()
		r := httptest.NewServer(http.NotFoundHandler())
		r.Close()
		assert.ErrorIs(t, notifier(t, r.URL, nil).Notify(t.Context(), closed()), ports.ErrUnavailable)
	})
	t.Run("a connection cut before the answer leaves it open whether it was taken", func(t *testing.T) {
		t.Parallel()
		r := receive(t, func(w http.ResponseWriter, _ *http.Request) {
			conn, _, err := http.NewResponseController(w).Hijack()
			assert.NoError(t, err)
			assert.NoError(t, conn.Close())
		})
		assert.ErrorIs(t, notifier(t, r.URL, nil).Notify(t.Context(), closed()), ports.ErrUnavailable)
	})
	t.Run("a certificate that nobody vouches for gets no event", func(t *testing.T) {
		t.Parallel()
		var told atomic.Int32
		r := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { told.Add(1) }))
		t.Cleanup(r.Close)
		require.ErrorIs(t, notifier(t, r.URL, nil).Notify(t.Context(), closed()), ports.ErrUnavailable)
		require.Zero(t, told.Load())
		trusting := notifier(t, r.URL, func(o *webhook.Options) { o.Transport = r.Client().Transport })
		require.NoError(t, trusting.Notify(t.Context(), closed()))
		assert.EqualValues(t, 1, told.Load())
	})
}

func TestAnswersThatDoNotEnd(t *testing.T) {
	t.Parallel()

	t.Run("an answer is read only as far as its connection is worth", func(t *testing.T) {
		t.Parallel()
		var wrote atomic.Int64
		r := receive(t, func(w http.ResponseWriter, request *http.Request) {
			chunk := make([]byte, 64<<10)
			for request.Context().Err() == nil {
				n, err := w.Write(chunk)
				wrote.Add(int64(n))
				if err != nil {
					return
				}
			}
		})
		require.NoError(t, notifier(t, r.URL, nil).Notify(t.Context(), closed()))
		assert.Less(t, wrote.Load(), int64(64<<20))
	})
	t.Run("a status without an end of its body counts", func(t *testing.T) {
		t.Parallel()
		r := silent(t, func(w http.ResponseWriter) {
			w.WriteHeader(http.StatusOK)
			assert.NoError(t, http.NewResponseController(w).Flush())
		})
		n := notifier(t, r.URL, func(o *webhook.Options) { o.Timeout = 100 * time.Millisecond })
		assert.NoError(t, n.Notify(t.Context(), closed()))
	})
	t.Run("answers that end leave the connection for the next notification", func(t *testing.T) {
		t.Parallel()
		r := receive(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("thank you")) })
		n := notifier(t, r.URL, nil)
		for range 3 {
			require.NoError(t, n.Notify(t.Context(), closed()))
		}
		requests, _ := r.told()
		require.Len(t, requests, 3)
		for _, request := range requests {
			assert.Equal(t, requests[0].RemoteAddr, request.RemoteAddr)
		}
	})
}

// failing is a transport that fails as it says.
type failing struct{ err error }

func (f failing) RoundTrip(*http.Request) (*http.Response, error) { return nil, f.err }

func TestNoErrorTellsASecret(t *testing.T) {
	t.Parallel()
	secrets := []string{"s3cr3t", "hidden-path", "hidden-query", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}
	url := "http://user:s3cr3t@127.0.0.1:1/hidden-path?token=hidden-query"
	keep := func(t *testing.T, err error) {
		t.Helper()
		require.Error(t, err)
		for _, secret := range secrets {
			assert.NotContains(t, err.Error(), secret)
		}
	}

	t.Run("of a connection", func(t *testing.T) {
		t.Parallel()
		keep(t, notifier(t, url, nil).Notify(t.Context(), closed()))
		broken := notifier(t, url, func(o *webhook.Options) { o.Transport = failing{errors.New("broken")} })
		err := broken.Notify(t.Context(), closed())
		keep(t, err)
		assert.ErrorContains(t, err, "http://127.0.0.1:1")
	})
	t.Run("of an answer", func(t *testing.T) {
		t.Parallel()
		r := receive(t, func(w http.ResponseWriter, request *http.Request) {
			user, password, _ := request.BasicAuth()
			http.Error(w, request.URL.String()+user+password, http.StatusForbidden)
		})
		keep(t, notifier(t, "http://user:s3cr3t@"+r.Listener.Addr().String()+"/hidden-path?token=hidden-query", nil).Notify(t.Context(), closed()))
		requests, _ := r.told()
		require.Len(t, requests, 1)
		_, password, _ := requests[0].BasicAuth()
		assert.Equal(t, "s3cr3t", password)
	})
	t.Run("of options", func(t *testing.T) {
		t.Parallel()
		for name, o := range map[string]webhook.Options{
			"a URL that cannot be read":  {URL: "http://user:s3cr3t@host:port/\x00hidden-path", Secrets: []string{vectorSecret}},
			"a URL of another scheme":    {URL: "ftp://user:s3cr3t@host/hidden-path?hidden-query", Secrets: []string{vectorSecret}},
			"a URL without a host":       {URL: "http:///hidden-path?hidden-query", Secrets: []string{vectorSecret}},
			"a secret without a prefix":  {URL: url, Secrets: []string{"MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}},
			"a secret that is no base64": {URL: url, Secrets: []string{vectorSecret, vectorSecret + "?"}},
			"a secret that is short":     {URL: url, Secrets: []string{"whsec_czNjcjN0"}},
			"a secret that is long":      {URL: url, Secrets: []string{vectorSecret + vectorSecret[6:] + vectorSecret[6:]}},
			"no secret":                  {URL: url},
			"a negative timeout":         {URL: url, Secrets: []string{vectorSecret}, Timeout: -1},
		} {
			_, err := webhook.New(o)
			require.Error(t, err, name)
			keep(t, err)
			assert.NotContains(t, err.Error(), "czNjcjN0", name)
		}
	})
}
