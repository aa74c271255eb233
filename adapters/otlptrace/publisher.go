package otlptrace

import (
	"context"
	"errors"

	"go.opentelemetry.io/otel/trace"

	"github.com/evercart/evercart/ports"
)

// Publisher returns publisher with a span for each event that it publishes and that
// belongs to a trace.
func (t *Tracer) Publisher(publisher ports.Publisher) ports.Publisher {
	if t == nil {
		return publisher
	}
	return &tracedPublisher{publisher: publisher, tracer: t}
}

type tracedPublisher struct {
	publisher ports.Publisher
	tracer    *Tracer
}

// Publish implements ports.Publisher.
func (p *tracedPublisher) Publish(ctx context.Context, records []ports.Outgoing) error {
	spans := eventSpans{}
	defer spans.end()
	for i := range records {
		p.tracer.begin(spans, i, "publish", trace.SpanKindProducer, records[i].Data)
	}
	err := p.publisher.Publish(ctx, records)
	if unpublished, ok := errors.AsType[*ports.UnpublishedError](err); ok {
		for _, i := range unpublished.Indexes {
			spans.fail(i, err)
		}
	} else if err != nil {
		for i := range spans {
			spans.fail(i, err)
		}
	}
	return err
}
