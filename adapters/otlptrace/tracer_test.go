package otlptrace_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/otlptrace"
)

func TestACollectorThatTakesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	request := func() {
		_, end := w.Request(&http.Request{Method: http.MethodGet, Header: http.Header{}}, "GET /carts/{id}")
		end(http.StatusOK)
		require.NoError(t, w.Flush(t.Context()), "nobody is told but the log")
	}
	w.collector.Refuse(http.StatusBadRequest)
	request()
	request()
	assert.Equal(t, 1, strings.Count(w.log.String(), "level=WARN"), "it is said once: %s", &w.log)
	assert.Len(t, w.collector.Posts(), 2, "and tried on")

	w.collector.Refuse(0)
	request()
	request()
	assert.Equal(t, 1, strings.Count(w.log.String(), "traces reach their collector again"))
	assert.Len(t, w.collector.Spans(), 2, "what came meanwhile is lost")

	w.collector.Refuse(http.StatusForbidden)
	request()
	assert.Equal(t, 2, strings.Count(w.log.String(), "level=WARN"), "and said again when it happens again")
}

func TestWhatEverySpanSaysOfThisProgram(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, end := w.Request(&http.Request{Method: http.MethodGet, Header: http.Header{}}, "GET /carts")
	end(http.StatusOK)
	spans := w.spans(t)
	require.Len(t, spans, 1)
	assert.Equal(t, "evercart", spans[0].Attributes["service.name"])
	assert.Equal(t, "1.2.3", spans[0].Attributes["service.version"])
	assert.Equal(t, "GET /carts", spans[0].Attributes["http.route"])
}

func TestNoTracerTracesNothing(t *testing.T) {
	t.Parallel()
	var none *otlptrace.Tracer
	ctx, end := none.Within(t.Context(), "AddItem")
	end("recorded", nil)
	assert.Equal(t, t.Context(), ctx)
	assert.Nil(t, none.EventStore(nil))
	assert.Nil(t, none.Publisher(nil))
}
