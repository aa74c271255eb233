package bootstrap_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/otlptrace/otlptest"
	"github.com/evercart/evercart/bootstrap"
)

// stoppable runs `evercart serve` in this process. It returns its URL, what it logs,
// and what stops it.
func stoppable(t *testing.T, c bootstrap.Config) (url string, log *logged, stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	at := make(chan string, 1)
	said := writerFunc(func(p []byte) (int, error) {
		at <- strings.Fields(string(p))[3]
		return len(p), nil
	})
	log = &logged{}
	var running sync.WaitGroup
	running.Go(func() {
		code, err := bootstrap.RunUntilStopped(ctx, bootstrap.Serve(c, slog.New(slog.NewTextHandler(log, nil)), said), time.Minute)
		assert.NoError(t, err)
		assert.Zero(t, code)
	})
	stop = func() { cancel(); running.Wait() }
	t.Cleanup(stop)
	return <-at, log, stop
}

// logged is a log that is read while it is written.
type logged struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func collecting(t *testing.T) (*otlptest.Collector, string) {
	t.Helper()
	collector := &otlptest.Collector{}
	server := httptest.NewServer(collector)
	t.Cleanup(server.Close)
	return collector, server.URL
}

const (
	callersTrace = "4bf92f3577b34da6a3ce929d0e0e4736"
	callersSpan  = "00f067aa0ba902b7"
)

// ask sends a request, within the caller's trace where flags are given.
func ask(t *testing.T, method, url, body, flags string) (int, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	require.NoError(t, err)
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	if flags != "" {
		request.Header.Set("Traceparent", fmt.Sprintf("00-%s-%s-%s", callersTrace, callersSpan, flags))
	}
	answer, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	return answer.StatusCode, answer.Header.Get("Location") + string(text)
}

// opened opens a cart, waits until every consumer is done with it, and returns its path.
func opened(t *testing.T, url, flags string) string {
	t.Helper()
	status, answer := ask(t, http.MethodPost, url+"/carts", "", flags)
	require.Equal(t, http.StatusCreated, status)
	path, _, _ := strings.Cut(answer, "{")
	require.Eventually(t, func() bool {
		_, page := ask(t, http.MethodGet, url+"/metrics", "", "")
		return strings.Contains(page, `evercart_events_archived_total 1`) &&
			strings.Contains(page, `evercart_events_applied_total{consumer="carts"} 1`) &&
			strings.Contains(page, `evercart_events_applied_total{consumer="related"} 1`) &&
			strings.Contains(page, `evercart_events_applied_total{consumer="notify"} 1`)
	}, 30*time.Second, 10*time.Millisecond)
	return path
}

func TestTracesLeadFromARequestToItsViews(t *testing.T) {
	t.Parallel()
	t.Run("in one trace, which is the caller's", func(t *testing.T) {
		t.Parallel()
		collector, at := collecting(t)
		url, log, stop := stoppable(t, configured(t, "OTEL_EXPORTER_OTLP_ENDPOINT="+at))
		path := opened(t, url, "01")
		stop()
		assert.Equal(t, []string{"POST /v1/traces"}, slices.Compact(collector.Posts()))
		assert.NotContains(t, log.String(), "level=WARN")

		spans := map[string]otlptest.Span{}
		for _, s := range collector.Spans() {
			require.NotContains(t, spans, s.Name, "one POST leads to each step once")
			spans[s.Name] = s
			assert.Equal(t, callersTrace, s.Trace, s.Name)
			assert.False(t, s.Failed, s.Name)
			assert.Equal(t, "evercart", s.Attributes["service.name"])
			assert.NotContains(t, fmt.Sprint(s), strings.TrimPrefix(path, "/carts/"), "whoever knows a cart's ID may use it")
		}
		request := spans["POST /carts"]
		assert.Equal(t, callersSpan, request.Parent)
		assert.Equal(t, "201", request.Attributes["http.response.status_code"])
		command := spans["OpenCart"]
		assert.Equal(t, request.ID, command.Parent)
		assert.Equal(t, "recorded", command.Attributes["evercart.outcome"])
		for _, name := range []string{"load", "append"} {
			assert.Equal(t, command.ID, spans[name].Parent, name)
		}
		for _, name := range []string{"publish", "handle archive", "handle carts", "handle related", "handle notify"} {
			assert.Equal(t, request.ID, spans[name].Parent, name)
			assert.Equal(t, "CartOpened", spans[name].Attributes["evercart.event.type"], name)
			assert.Equal(t, "1", spans[name].Attributes["evercart.event.version"], name)
			assert.NotEmpty(t, spans[name].Attributes["evercart.event.id"], name)
		}
		assert.Len(t, spans, 9)
	})
	t.Run("in a trace that begins here where the caller has none", func(t *testing.T) {
		t.Parallel()
		collector, at := collecting(t)
		url, _, stop := stoppable(t, configured(t, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT="+at+"/here"))
		path := opened(t, url, "")
		_, events := ask(t, http.MethodGet, url+path+"/events", "", "")
		stop()
		assert.Equal(t, []string{"POST /here"}, slices.Compact(collector.Posts()))
		for _, s := range collector.Spans() {
			if s.Name == "POST /carts" {
				assert.Empty(t, s.Parent)
				assert.Contains(t, events, `"traceparent":"00-`+s.Trace+"-"+s.ID+`-01"`, "events name the span of their request")
				return
			}
		}
		t.Error("no span of the request came")
	})
	t.Run("that say what became of a command, and of a request that failed", func(t *testing.T) {
		t.Parallel()
		collector, at := collecting(t)
		url, _, stop := stoppable(t, configured(t, "OTEL_EXPORTER_OTLP_ENDPOINT="+at))
		path := opened(t, url, "01")
		for _, body := range []string{`{"item":"tea"}`, `{"item":"tea"}`} {
			ask(t, http.MethodPost, url+path+"/items", body, "01")
		}
		ask(t, http.MethodPatch, url+path+"/items", `{"item":"tea","quantity":1}`, "01")
		ask(t, http.MethodGet, url+"/healthz", "", "01")
		ask(t, http.MethodGet, url+"/nowhere", "", "01")
		stop()
		var outcomes []string
		for _, s := range collector.Spans() {
			if s.Attributes["evercart.outcome"] != "" {
				outcomes = append(outcomes, s.Name+": "+s.Attributes["evercart.outcome"])
			}
			assert.NotContains(t, s.Name, "healthz", "what asks for health is not traced")
			assert.NotContains(t, s.Name, "nowhere")
		}
		assert.Equal(t, []string{"OpenCart: recorded", "AddItem: recorded", "AddItem: item_already_added", "ChangeItemQuantity: nothing to do"}, outcomes)
	})
	t.Run("but not for a request that its caller does not sample", func(t *testing.T) {
		t.Parallel()
		collector, at := collecting(t)
		url, _, stop := stoppable(t, configured(t, "OTEL_EXPORTER_OTLP_ENDPOINT="+at))
		path := opened(t, url, "00")
		_, events := ask(t, http.MethodGet, url+path+"/events", "", "00")
		stop()
		assert.Empty(t, collector.Spans())
		assert.Contains(t, events, callersTrace+"-"+callersSpan+"-00", "it goes on as it came")
	})
	t.Run("only where a collector is configured, and not switched off", func(t *testing.T) {
		t.Parallel()
		collector, at := collecting(t)
		for _, variables := range [][]string{nil, {"OTEL_EXPORTER_OTLP_ENDPOINT=" + at, "OTEL_SDK_DISABLED=true"}} {
			url, _, stop := stoppable(t, configured(t, variables...))
			path := opened(t, url, "01")
			_, events := ask(t, http.MethodGet, url+path+"/events", "", "01")
			stop()
			assert.Empty(t, collector.Posts())
			assert.Contains(t, events, callersTrace+"-"+callersSpan+"-01", "it goes on as it came")
		}
	})
	t.Run("and a collector that is away costs no request, and is said once", func(t *testing.T) {
		t.Parallel()
		gone := httptest.NewServer(http.NotFoundHandler())
		gone.Close()
		url, log, stop := stoppable(t, configured(t, "OTEL_EXPORTER_OTLP_ENDPOINT="+gone.URL))
		path := opened(t, url, "01")
		for i := range 40 {
			status, _ := ask(t, http.MethodPost, url+path+"/items", fmt.Sprintf(`{"item":"tea %d"}`, i), "")
			require.Equal(t, http.StatusCreated, status)
		}
		stop()
		assert.Equal(t, 1, strings.Count(log.String(), "traces do not reach their collector"), log.String())
	})
}

func TestACollectorThatCannotBeIsToldAtTheStart(t *testing.T) {
	t.Parallel()
	for _, fault := range []string{"OTEL_EXPORTER_OTLP_ENDPOINT=collector:4318", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=ftp://user:pass@collector"} {
		name, value, _ := strings.Cut(fault, "=")
		_, err := bootstrap.RunUntilStopped(t.Context(), bootstrap.Serve(configured(t, fault), silent(), io.Discard), time.Minute)
		require.ErrorContains(t, err, name)
		assert.NotContains(t, err.Error(), value)
	}
}
