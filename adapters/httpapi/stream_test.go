package httpapi_test

import (
	"bufio"
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/httpapi"
	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/ports"
)

// streaming is a server whose operator is told what a test sends.
type streaming struct {
	t        *testing.T
	server   *httptest.Server
	feed     chan []app.Happened
	stopping chan struct{}
}

func newStreaming(t *testing.T) *streaming {
	t.Helper()
	s := &streaming{t: t, feed: make(chan []app.Happened), stopping: make(chan struct{})}
	w := newWorld(t)
	w.operator.feed = s.feed
	w.open(w.store, func(c *httpapi.Config) { c.Operator.StreamFor, c.Operator.Stopping = time.Hour, s.stopping })
	s.server = httptest.NewServer(w.handler)
	t.Cleanup(s.server.Close)
	return s
}

// listen begins a stream and returns its lines, after the first two, which say that
// it has begun.
func (s *streaming) listen(ctx context.Context) (lines func() string, status int) {
	s.t.Helper()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.server.URL+"/operator/stream", nil)
	require.NoError(s.t, err)
	r.Header.Set("Authorization", "Bearer "+operatorToken)
	answer, err := http.DefaultClient.Do(r)
	require.NoError(s.t, err)
	s.t.Cleanup(func() { _ = answer.Body.Close() })
	body := bufio.NewReader(answer.Body)
	lines = func() string {
		line, err := body.ReadString('\n')
		if err != nil {
			return "ended"
		}
		return strings.TrimSpace(line)
	}
	if answer.StatusCode == http.StatusOK {
		require.Equal(s.t, []string{"retry: 1000", ""}, []string{lines(), lines()})
	}
	return lines, answer.StatusCode
}

func happened(id string, v ports.Version) app.Happened {
	return app.Happened{Stream: ports.StreamID{Category: "cart", ID: id}, Version: v, Type: "ItemAdded"}
}

func TestAStream(t *testing.T) {
	t.Parallel()
	t.Run("tells of each cart once a batch, while it happens", func(t *testing.T) {
		t.Parallel()
		s := newStreaming(t)
		lines, _ := s.listen(t.Context())
		s.feed <- []app.Happened{happened("a", 1), happened("b", 7), happened("a", 2)}
		assert.Equal(t, "event: changed", lines())
		assert.Equal(t, `data: [{"id":"b","version":7,"type":"ItemAdded"},{"id":"a","version":2,"type":"ItemAdded"}]`, lines())
		assert.Empty(t, lines())
		s.feed <- []app.Happened{{}}
		assert.Equal(t, []string{"event: changed", `data: [{"id":"","version":0,"type":""}]`}, []string{lines(), lines()})
	})
	t.Run("ends when the server is to end", func(t *testing.T) {
		t.Parallel()
		s := newStreaming(t)
		lines, _ := s.listen(t.Context())
		close(s.stopping)
		assert.Equal(t, "ended", lines())
	})
	t.Run("has room for some, and again when one has gone", func(t *testing.T) {
		t.Parallel()
		s := newStreaming(t)
		ctx, leave := context.WithCancel(t.Context())
		s.listen(ctx)
		for range httpapi.MaxStreams - 1 {
			_, status := s.listen(t.Context())
			require.Equal(t, http.StatusOK, status)
		}
		_, status := s.listen(t.Context())
		assert.Equal(t, http.StatusServiceUnavailable, status)
		leave()
		require.Eventually(t, func() bool {
			_, status := s.listen(t.Context())
			return status == http.StatusOK
		}, 30*time.Second, 20*time.Millisecond)
	})
	t.Run("answers HEAD and goes", func(t *testing.T) {
		t.Parallel()
		a := newWorld(t).send("HEAD", "/operator/stream", "", bearer(operatorToken))
		assert.Equal(t, http.StatusOK, a.status)
		assert.Equal(t, "text/event-stream", a.header.Get("Content-Type"))
		assert.Empty(t, a.body)
	})
}
