package otlptrace_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	sampled   = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
	unsampled = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00"
)

func requestWith(t *testing.T, traceparents ...string) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "/carts", http.NoBody)
	require.NoError(t, err)
	r.Header["Traceparent"] = traceparents
	return r
}

func TestTheSpanOfARequest(t *testing.T) {
	t.Parallel()
	t.Run("goes on from the caller's, and the request from it", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		r := requestWith(t, sampled)
		within, end := w.Request(r, "POST /carts")
		end(http.StatusCreated)
		span := w.spans(t)[0]
		assert.Equal(t, "4bf92f3577b34da6a3ce929d0e0e4736", span.Trace)
		assert.Equal(t, "00f067aa0ba902b7", span.Parent)
		assert.Equal(t, []string{"00-" + span.Trace + "-" + span.ID + "-01"}, within.Header["Traceparent"])
		assert.Equal(t, []string{sampled}, r.Header["Traceparent"], "the caller's request stays as it is")
	})
	t.Run("begins a trace where the caller's cannot be read, or are two", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		for _, given := range [][]string{nil, {"00-0-0-01"}, {sampled, sampled}} {
			_, end := w.Request(requestWith(t, given...), "POST /carts")
			end(http.StatusCreated)
		}
		spans := w.spans(t)
		require.Len(t, spans, 3)
		for _, s := range spans {
			assert.Empty(t, s.Parent)
		}
	})
	t.Run("is none where the caller does not want one", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		r := requestWith(t, unsampled)
		within, end := w.Request(r, "POST /carts")
		end(http.StatusCreated)
		assert.Equal(t, r, within)
		assert.Empty(t, w.spans(t))
	})
	t.Run("fails with the server, and not with its caller", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		for _, status := range []int{http.StatusConflict, http.StatusServiceUnavailable, 0} {
			_, end := w.Request(requestWith(t), "POST /carts")
			end(status)
		}
		spans := w.spans(t)
		require.Len(t, spans, 3)
		assert.Equal(t, []bool{false, true, true}, []bool{spans[0].Failed, spans[1].Failed, spans[2].Failed})
	})
}
