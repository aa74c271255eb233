package otlptrace

import (
	"bytes"
	"context"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/envelope"
)

// eventSpans are the spans of a batch's events, by index; those of events that belong
// to no sampled trace are missing.
type eventSpans map[int]trace.Span

// begin begins a span below the span of the request that recorded the event. wire is
// the event's wire form; one that cannot be read has none.
func (t *Tracer) begin(spans eventSpans, i int, name string, kind trace.SpanKind, wire []byte) {
	if !bytes.Contains(wire, []byte(`"traceparent"`)) {
		return
	}
	event, err := envelope.ParseWire(string(wire))
	if err != nil || event.Traceparent == "" {
		return
	}
	ctx := continued(context.Background(), event.Traceparent)
	if !trace.SpanContextFromContext(ctx).IsSampled() {
		return
	}
	_, spans[i] = t.spans.Start(ctx, name, trace.WithSpanKind(kind), trace.WithAttributes(
		attribute.String("evercart.event.id", event.ID),
		attribute.String("evercart.event.type", event.Type),
		attribute.Int64("evercart.event.version", int64(event.Version)),
	))
}

// fail notes that the event at an index comes again.
func (s eventSpans) fail(i int, fault error) {
	if span := s[i]; span != nil {
		span.SetStatus(codes.Error, classOf(fault))
	}
}

func (s eventSpans) end() {
	for _, span := range s {
		span.End()
	}
}

// Handling begins a span for each record that a consumer is about to handle and that
// belongs to a trace; those of a replay do not. failed notes one that must come again,
// and end ends the spans.
func (t *Tracer) Handling(consumer string, records []ports.Record) (failed func(i int, fault error), end func()) {
	spans := eventSpans{}
	for i := range records {
		if records[i].Replay == "" {
			t.begin(spans, i, "handle "+consumer, trace.SpanKindConsumer, records[i].Data)
		}
	}
	return spans.fail, spans.end
}
