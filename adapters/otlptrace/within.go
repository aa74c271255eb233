package otlptrace

import (
	"context"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
)

// Within begins a span below the one that ctx has; none where ctx has none. end ends
// it with what came of it, in a word (empty: nothing to say), and with the fault that
// ended it. What was refused, or was in conflict, is no fault.
func (t *Tracer) Within(ctx context.Context, name string) (within context.Context, end func(outcome string, fault error)) {
	if t == nil || !trace.SpanFromContext(ctx).IsRecording() {
		return ctx, func(string, error) {}
	}
	ctx, span := t.spans.Start(ctx, name)
	return ctx, func(outcome string, fault error) {
		if outcome != "" {
			span.SetAttributes(attribute.String("evercart.outcome", outcome))
		}
		if fault != nil {
			span.SetStatus(codes.Error, classOf(fault))
		}
		span.End()
	}
}
