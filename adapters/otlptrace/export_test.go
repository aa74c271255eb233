package otlptrace

import "context"

// Flush sends what is finished.
func (t *Tracer) Flush(ctx context.Context) error { return t.provider.ForceFlush(ctx) }
