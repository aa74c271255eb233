package otlptrace

import (
	"net/http"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
)

// Request begins the span of an HTTP request for a route, "POST /carts". It returns
// the request to go on with: its context has the span and its Traceparent header
// names it, unless the span is not sampled. end ends the span with the status that
// was answered; 0: none was.
func (t *Tracer) Request(r *http.Request, route string) (within *http.Request, end func(status int)) {
	ctx := r.Context()
	if given := r.Header.Values(traceparentKey); len(given) == 1 {
		ctx = continued(ctx, given[0])
	}
	ctx, span := t.spans.Start(ctx, route, trace.WithSpanKind(trace.SpanKindServer), trace.WithAttributes(
		attribute.String("http.request.method", r.Method), attribute.String("http.route", route)))
	if !span.IsRecording() {
		return r, func(int) { span.End() }
	}
	within = r.WithContext(ctx)
	within.Header = r.Header.Clone()
	within.Header.Set(traceparentKey, traceparentOf(span))
	return within, func(status int) {
		if status != 0 {
			span.SetAttributes(attribute.Int("http.response.status_code", status))
		}
		if status == 0 || status >= http.StatusInternalServerError {
			span.SetStatus(codes.Error, "")
		}
		span.End()
	}
}
