package bootstrap

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"go.uber.org/fx"

	"github.com/evercart/evercart/adapters/httpapi"
	"github.com/evercart/evercart/adapters/otlptrace"
	"github.com/evercart/evercart/bootstrap/config"
	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/core/cart"
	"github.com/evercart/evercart/core/es"
	"github.com/evercart/evercart/ports"
)

// tracing traces requests, commands, the store, the relay and all consumers, where a
// collector is configured: by decorators, of which no use case knows.
func tracing() fx.Option {
	return fx.Options(
		fx.Provide(newTracer),
		fx.Decorate(func(t *otlptrace.Tracer, store ports.EventStore, publisher ports.Publisher) (ports.EventStore, ports.Publisher) {
			return t.EventStore(store), t.Publisher(publisher)
		}),
	)
}

// lastTraces is how long a stop waits for the collector to take the last traces.
const lastTraces = 2 * time.Second

// newTracer returns nil, which traces nothing, where no collector is configured.
func newTracer(lc fx.Lifecycle, c Config, log *slog.Logger) (*otlptrace.Tracer, error) {
	url, err := c.TracesURL()
	if url == "" {
		return nil, err //nolint:nilnil // a nil Tracer is one that traces nothing
	}
	tracer, err := otlptrace.New(context.Background(), otlptrace.Options{URL: url, Version: config.Version().Version, Log: log})
	if err != nil {
		return nil, fmt.Errorf("OTEL_EXPORTER_OTLP_ENDPOINT: %w", err)
	}
	lc.Append(fx.StopHook(func(ctx context.Context) {
		ctx, cancel := context.WithTimeout(ctx, lastTraces)
		defer cancel()
		tracer.Close(ctx)
	}))
	return tracer, nil
}

// traceRequests returns what the API traces its requests with; nil: nothing.
func traceRequests(t *otlptrace.Tracer) func(*http.Request, string) (*http.Request, func(int)) {
	if t == nil {
		return nil
	}
	return t.Request
}

// tracedCommands carries out commands, each in a span that says what came of it.
type tracedCommands struct {
	commands httpapi.Commands
	tracer   *otlptrace.Tracer
}

// Handle implements httpapi.Commands.
func (t tracedCommands) Handle(ctx context.Context, req *app.Request[cart.Command]) (app.Answer[cart.State], error) {
	ctx, end := t.tracer.Within(ctx, cart.Aggregate{}.CommandName(req.Command))
	answer, err := t.commands.Handle(ctx, req)
	refusal, refused := errors.AsType[*es.Refusal](err)
	switch {
	case refused:
		end(refusal.Code, nil)
	case err != nil:
		end("", err)
	case answer.Replayed:
		end("replayed", nil)
	case answer.Recorded:
		end("recorded", nil)
	default:
		end("nothing to do", nil)
	}
	return answer, err
}

// traced returns consumer with a span for each record that it handles and that
// belongs to a trace.
func traced(t *otlptrace.Tracer, consumer app.Consumer) app.Consumer {
	if t == nil {
		return consumer
	}
	return tracedConsumer{consumer, t}
}

type tracedConsumer struct {
	app.Consumer
	tracer *otlptrace.Tracer
}

// Handle implements app.Consumer.
func (c tracedConsumer) Handle(ctx context.Context, records []ports.Record) []app.Failure {
	failed, end := c.tracer.Handling(c.Name(), records)
	defer end()
	failures := c.Consumer.Handle(ctx, records)
	for _, f := range failures {
		failed(f.Index, f.Err)
	}
	return failures
}
