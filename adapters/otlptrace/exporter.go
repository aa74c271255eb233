package otlptrace

import (
	"context"
	"log/slog"
	"sync/atomic"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// quietExporter says once that spans are lost, and once that they are no longer. The
// SDK would say each time, on standard error.
type quietExporter struct {
	sdktrace.SpanExporter
	log    *slog.Logger
	losing atomic.Bool
}

// ExportSpans sends spans, or drops them; it never fails.
func (q *quietExporter) ExportSpans(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	err := q.SpanExporter.ExportSpans(ctx, spans)
	switch lost := err != nil; {
	case lost == q.losing.Swap(lost):
	case lost:
		q.log.WarnContext(ctx, "traces do not reach their collector and are dropped until they do", slog.Any("error", err))
	default:
		q.log.InfoContext(ctx, "traces reach their collector again")
	}
	return nil
}
