package httpapi_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/httpapi"
	"github.com/evercart/evercart/core/es"
	"github.com/evercart/evercart/ports"
)

// logged makes the world write its log into the buffer that it returns.
func logged() (*bytes.Buffer, func(*httpapi.Config)) {
	var text bytes.Buffer
	return &text, func(c *httpapi.Config) {
		c.Log = slog.New(slog.NewTextHandler(&text, &slog.HandlerOptions{Level: slog.LevelInfo}))
	}
}

func TestFaults(t *testing.T) {
	t.Parallel()

	t.Run("a fault is logged once and tells the caller nothing of the inside", func(t *testing.T) {
		t.Parallel()
		text, log := logged()
		w := newWorld(t)
		w.open(failing{w.store, errors.New("secret path /var/data")}, log)
		a := w.send("POST", "/carts", "", uuidKey)
		w.refused("internal_error", http.StatusInternalServerError, a)
		assert.NotContains(t, a.body, "secret")
		assert.Equal(t, 1, strings.Count(text.String(), "secret path /var/data"))
		assert.Contains(t, text.String(), `route="POST /carts"`)
	})
	t.Run("a store that is away is worth another try", func(t *testing.T) {
		t.Parallel()
		text, log := logged()
		w := newWorld(t)
		w.open(failing{w.store, fmt.Errorf("disk full: %w", ports.ErrUnavailable)}, log)
		a := w.send("POST", "/carts", "", uuidKey)
		w.refused("try_again", http.StatusServiceUnavailable, a)
		assert.Equal(t, "1", a.header.Get("Retry-After"))
		assert.NotContains(t, a.body, "disk")
		assert.Equal(t, 1, strings.Count(text.String(), "disk full"))
	})
	t.Run("refusals are not logged", func(t *testing.T) {
		t.Parallel()
		text, log := logged()
		w := newWorld(t, log)
		w.must(http.StatusNotFound, "GET", "/carts/"+unknownID, "")
		w.must(http.StatusBadRequest, "GET", "/carts/x", "")
		w.must(http.StatusUnauthorized, "GET", "/carts", "", bearer("nobody"))
		assert.Empty(t, text.String())
	})
	t.Run("a panic is a fault, with its stack in the log only", func(t *testing.T) {
		t.Parallel()
		text, log := logged()
		w := newWorld(t, log, func(c *httpapi.Config) { c.Ready = func(context.Context) error { panic("a secret") } })
		a := w.send("GET", "/readyz", "")
		w.refused("internal_error", http.StatusInternalServerError, a)
		assert.NotContains(t, a.body, "secret")
		assert.Contains(t, text.String(), "a secret")
		assert.Contains(t, text.String(), "health.go")
		assert.EqualValues(t, 1, w.meter.requests["GET /readyz 500"])
	})
	t.Run("a panic amid an answer cuts it off", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, func(c *httpapi.Config) {
			c.Metrics = http.HandlerFunc(func(out http.ResponseWriter, _ *http.Request) {
				_, _ = out.Write([]byte("half"))
				panic("no good")
			})
		})
		assert.PanicsWithValue(t, http.ErrAbortHandler, func() {
			w.handler.ServeHTTP(httptest.NewRecorder(), newRequest(t.Context(), "GET", "/metrics", ""))
		})
		assert.EqualValues(t, 1, w.meter.requests["GET /metrics 200"])
	})
	t.Run("an aborted handler stays one", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, func(c *httpapi.Config) {
			c.Metrics = http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
		})
		assert.PanicsWithValue(t, http.ErrAbortHandler, func() {
			w.handler.ServeHTTP(httptest.NewRecorder(), newRequest(t.Context(), "GET", "/metrics", ""))
		})
	})
	t.Run("a refusal that the table does not know is a conflict", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		w.views.err = &es.Refusal{Code: "brand_new", Message: "no"}
		out := httptest.NewRecorder()
		w.handler.ServeHTTP(out, newRequest(t.Context(), "GET", "/carts", "", bearer("ada")))
		assert.Equal(t, http.StatusConflict, out.Code)
		assert.Contains(t, out.Body.String(), `"code":"brand_new"`)
	})
}

// stuck is a store that answers when its caller gives up.
type stuck struct{ ports.EventStore }

func (stuck) Load(ctx context.Context, _ ports.StreamID, _ int) (ports.Loaded, error) {
	<-ctx.Done()
	return ports.Loaded{}, ctx.Err()
}

func TestDeadlines(t *testing.T) {
	t.Parallel()

	t.Run("what takes too long is worth another try", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		w.open(stuck{w.store}, func(c *httpapi.Config) { c.Timeout = 10 * time.Millisecond })
		for _, r := range requests {
			if r.ofCart() || r.label == "POST /carts" {
				a := w.send(r.method(), r.target("/carts/"+unknownID), r.body)
				w.refused("try_again", http.StatusServiceUnavailable, a)
			}
		}
	})
	t.Run("so is a token that cannot be looked at in time", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, func(c *httpapi.Config) { c.Timeout, c.Tokens = 10*time.Millisecond, slow{} })
		w.refused("try_again", http.StatusServiceUnavailable, w.send("GET", "/carts", "", bearer("ada")))
	})
	t.Run("a request that is given up ends at once", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		w.open(stuck{w.store}, func(c *httpapi.Config) { c.Timeout = time.Minute })
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		out := httptest.NewRecorder()
		w.handler.ServeHTTP(out, newRequest(ctx, "GET", "/carts/"+unknownID, ""))
		assert.Equal(t, http.StatusServiceUnavailable, out.Code)
	})
}

// slow never answers in time.
type slow struct{}

func (slow) Verify(ctx context.Context, _ string) (string, error) {
	<-ctx.Done()
	return "", errors.New("too late")
}

func TestReadiness(t *testing.T) {
	t.Parallel()
	var ready error
	w := newWorld(t, func(c *httpapi.Config) { c.Ready = func(context.Context) error { return ready } })
	assert.Equal(t, `{"status":"ready"}`, w.must(http.StatusOK, "GET", "/readyz", "").body)
	ready = errors.New("the lease is lost")
	a := w.send("GET", "/readyz", "")
	w.refused("try_again", http.StatusServiceUnavailable, a)
	assert.NotContains(t, a.body, "lease")
	assert.Equal(t, `{"status":"ok"}`, w.must(http.StatusOK, "GET", "/healthz", "").body)
}

func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	path := w.opened("")
	server := httptest.NewServer(w.handler)
	defer server.Close()
	const writers, each = 8, 10

	var group sync.WaitGroup
	for i := range writers {
		group.Go(func() {
			for j := range each {
				body := fmt.Sprintf(`{"item":"item %d of %d"}`, j, i)
				r, err := http.NewRequestWithContext(t.Context(), "POST", server.URL+path+"/items", strings.NewReader(body))
				if !assert.NoError(t, err) {
					return
				}
				r.Header.Set("Content-Type", "application/json")
				response, err := server.Client().Do(r)
				if !assert.NoError(t, err) {
					return
				}
				assert.Equal(t, http.StatusCreated, response.StatusCode)
				assert.NoError(t, response.Body.Close())
			}
		})
	}
	group.Wait()
	lines, _ := w.must(http.StatusOK, "GET", path, "").member("lines").([]any)
	require.Len(t, lines, writers*each)
}
