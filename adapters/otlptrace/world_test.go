package otlptrace_test

import (
	"bytes"
	"log/slog"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/otlptrace"
	"github.com/evercart/evercart/adapters/otlptrace/otlptest"
	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/envelope"
	"github.com/evercart/evercart/ports/porttest"
)

// world is a tracer, its collector and its log.
type world struct {
	*otlptrace.Tracer
	collector otlptest.Collector
	log       bytes.Buffer
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{}
	server := httptest.NewServer(&w.collector)
	t.Cleanup(server.Close)
	tracer, err := otlptrace.New(t.Context(), otlptrace.Options{
		URL: server.URL + "/v1/traces", Version: "1.2.3", Log: slog.New(slog.NewTextHandler(&w.log, nil)),
	})
	require.NoError(t, err)
	t.Cleanup(func() { tracer.Close(t.Context()) })
	w.Tracer = tracer
	return w
}

// spans returns all spans that ended.
func (w *world) spans(t *testing.T) []otlptest.Span {
	t.Helper()
	require.NoError(t, w.Flush(t.Context()))
	return w.collector.Spans()
}

// wires returns the wire forms of a commit's events, with a traceparent.
func wires(t *testing.T, traceparent string) [][]byte {
	t.Helper()
	commit := porttest.Commit(ports.NewHead(porttest.Stream(1), 0, ports.Hash{}, time.Time{}), "command", 3)
	var out [][]byte
	for _, p := range commit.Published("/evercart") {
		p.Traceparent = traceparent
		wire, err := envelope.AppendWire(nil, &p)
		require.NoError(t, err)
		out = append(out, wire)
	}
	return out
}
