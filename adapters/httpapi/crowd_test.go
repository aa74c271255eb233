package httpapi_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/httpapi"
	"github.com/evercart/evercart/ports"
)

// gated is a store whose loads wait at a gate, and say that they do.
type gated struct {
	ports.EventStore

	arrived chan struct{}
	gate    chan struct{}
}

func (g *gated) Load(ctx context.Context, stream ports.StreamID, schema int) (ports.Loaded, error) {
	g.arrived <- struct{}{}
	select {
	case <-g.gate:
		return g.EventStore.Load(ctx, stream, schema)
	case <-ctx.Done():
		return ports.Loaded{}, ctx.Err()
	}
}

func TestARushOfRequests(t *testing.T) {
	t.Parallel()
	const most = 3
	w := newWorld(t)
	path := w.opened("")
	g := &gated{EventStore: w.store, arrived: make(chan struct{}), gate: make(chan struct{})}
	w.open(g, func(c *httpapi.Config) { c.MaxRequests, c.Timeout = most, 20*time.Second })

	inside := make(chan int, most)
	for range most {
		go func() {
			recorder := httptest.NewRecorder()
			w.handler.ServeHTTP(recorder, newRequest(t.Context(), "GET", path, ""))
			inside <- recorder.Code
		}()
	}
	for range most {
		<-g.arrived
	}
	for _, request := range []struct{ method, target, body string }{
		{"GET", path, ""}, {"POST", path + "/items", `{"item":"tea"}`}, {"POST", "/carts", ""},
	} {
		a := w.send(request.method, request.target, request.body, "Idempotency-Key: 0190a000-0000-7000-8000-00000000f00d")
		assert.Equal(t, http.StatusServiceUnavailable, a.status, "%s is one too many", request.target)
		assert.Equal(t, "try_again", a.code())
		assert.Equal(t, "1", a.header.Get("Retry-After"))
	}
	assert.Equal(t, http.StatusOK, w.send("GET", "/healthz", "").status, "who asks after the server's health is told")

	close(g.gate)
	for range most {
		require.Equal(t, http.StatusOK, <-inside, "who was inside is answered")
	}
	go func() { <-g.arrived }()
	assert.Equal(t, http.StatusOK, w.send("GET", path, "").status, "there is room again")
}
