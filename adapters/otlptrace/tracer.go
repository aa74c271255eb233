package otlptrace

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// Options say where traces go.
type Options struct {
	// URL is where spans are posted to, whole: "http://127.0.0.1:4318/v1/traces".
	URL string
	// Version is this program's, which each span's resource names.
	Version string
	Log     *slog.Logger // says when spans begin to be lost, and when they are no longer
}

// Tracer makes spans, and sends them from the background: nobody waits for the
// collector, and what it does not take in time is dropped. A nil *Tracer traces
// nothing, and decorates nothing. It is safe for concurrent use.
type Tracer struct {
	provider *sdktrace.TracerProvider
	spans    trace.Tracer
}

// retryFor is how long one batch of spans is tried again while the collector is busy.
const retryFor = 10 * time.Second

// New returns a tracer. Beside Options it obeys the variables that the SDK reads: of
// the exporter's headers, timeout, compression and certificates, of the sampler, of
// batches, and OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES.
func New(ctx context.Context, o Options) (*Tracer, error) {
	exporter, err := otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL(o.URL), otlptracehttp.WithRetry(otlptracehttp.RetryConfig{
		Enabled: true, InitialInterval: time.Second, MaxInterval: retryFor / 2, MaxElapsedTime: retryFor,
	}))
	if err != nil {
		return nil, fmt.Errorf("traces: %w", err)
	}
	origin, err := resource.New(ctx,
		resource.WithAttributes(attribute.String("service.name", "evercart"), attribute.String("service.version", o.Version)),
		resource.WithTelemetrySDK(), resource.WithFromEnv())
	if err != nil {
		return nil, fmt.Errorf("traces: %w", err)
	}
	return newTracer(sdktrace.NewBatchSpanProcessor(&quietExporter{SpanExporter: exporter, log: o.Log}), origin), nil
}

func newTracer(processor sdktrace.SpanProcessor, origin *resource.Resource) *Tracer {
	provider := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(processor), sdktrace.WithResource(origin))
	return &Tracer{provider: provider, spans: provider.Tracer("github.com/evercart/evercart")}
}

// Close sends what is left, for as long as ctx allows, and ends the tracer. What is
// lost by it the log has.
func (t *Tracer) Close(ctx context.Context) {
	_ = t.provider.Shutdown(ctx) // its error is the exporter's, or that ctx ended
}
