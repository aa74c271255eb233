package otlptrace

import (
	"context"
	"errors"
	"iter"

	"github.com/evercart/evercart/ports"
)

// EventStore returns store with a span for each call within a trace.
func (t *Tracer) EventStore(store ports.EventStore) ports.EventStore {
	if t == nil {
		return store
	}
	return &eventStore{store: store, tracer: t}
}

type eventStore struct {
	store  ports.EventStore
	tracer *Tracer
}

// Append implements ports.EventStore.
func (s *eventStore) Append(ctx context.Context, head ports.Head, commit ports.Commit) (ports.Head, error) {
	ctx, end := s.tracer.Within(ctx, "append")
	next, err := s.store.Append(ctx, head, commit)
	if _, ok := errors.AsType[*ports.ConflictError](err); ok {
		end("conflict", nil)
	} else {
		end("", err)
	}
	return next, err
}

// Load implements ports.EventStore.
func (s *eventStore) Load(ctx context.Context, stream ports.StreamID, snapshotSchema int) (ports.Loaded, error) {
	ctx, end := s.tracer.Within(ctx, "load")
	loaded, err := s.store.Load(ctx, stream, snapshotSchema)
	end("", err)
	return loaded, err
}

// LoadAt implements ports.EventStore.
func (s *eventStore) LoadAt(ctx context.Context, stream ports.StreamID, at ports.Version, snapshotSchema int) (ports.Past, error) {
	ctx, end := s.tracer.Within(ctx, "load at a version")
	past, err := s.store.LoadAt(ctx, stream, at, snapshotSchema)
	end("", err)
	return past, err
}

// Since implements ports.EventStore.
func (s *eventStore) Since(ctx context.Context, head ports.Head) ([]ports.Commit, ports.Head, error) {
	ctx, end := s.tracer.Within(ctx, "load since")
	commits, next, err := s.store.Since(ctx, head)
	end("", err)
	return commits, next, err
}

// Read implements ports.EventStore. Its span lasts as long as somebody reads.
func (s *eventStore) Read(ctx context.Context, stream ports.StreamID, a, b ports.Version) iter.Seq2[ports.Published, error] {
	return func(yield func(ports.Published, error) bool) {
		ctx, end := s.tracer.Within(ctx, "read")
		var fault error
		defer func() { end("", fault) }()
		for event, err := range s.store.Read(ctx, stream, a, b) {
			fault = err
			if !yield(event, err) {
				return
			}
		}
	}
}
