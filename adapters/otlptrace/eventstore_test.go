package otlptrace_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/otlptrace/otlptest"
	"github.com/evercart/evercart/ports"
)

// scripted is a store that answers every call with one error.
type scripted struct {
	ports.EventStore
	err error
}

func (s *scripted) Append(context.Context, ports.Head, ports.Commit) (ports.Head, error) {
	return ports.Head{}, s.err
}

func (s *scripted) Load(context.Context, ports.StreamID, int) (ports.Loaded, error) {
	return ports.Loaded{}, s.err
}

func (s *scripted) LoadAt(context.Context, ports.StreamID, ports.Version, int) (ports.Past, error) {
	return ports.Past{}, s.err
}

func (s *scripted) Since(context.Context, ports.Head) ([]ports.Commit, ports.Head, error) {
	return nil, ports.Head{}, s.err
}

func (s *scripted) Read(context.Context, ports.StreamID, ports.Version, ports.Version) iter.Seq2[ports.Published, error] {
	return func(yield func(ports.Published, error) bool) {
		_ = yield(ports.Published{}, nil) && yield(ports.Published{}, s.err)
	}
}

// callAll calls each method of a store once and returns what they answered.
func callAll(ctx context.Context, store ports.EventStore) map[string]error {
	stream := ports.StreamID{Category: "cart", ID: "c1"}
	answers := map[string]error{}
	_, answers["append"] = store.Append(ctx, ports.Head{}, ports.Commit{})
	_, answers["load"] = store.Load(ctx, stream, 1)
	_, answers["load at a version"] = store.LoadAt(ctx, stream, 1, 1)
	_, _, answers["load since"] = store.Since(ctx, ports.Head{})
	for _, err := range store.Read(ctx, stream, 1, 2) {
		answers["read"] = err
	}
	return answers
}

func TestAStoreWithinATrace(t *testing.T) {
	t.Parallel()
	t.Run("has a span for each call, and answers as it does without", func(t *testing.T) {
		t.Parallel()
		for class, fault := range map[string]error{
			"": nil, "unavailable": fmt.Errorf("of cart/mine: %w", ports.ErrUnavailable), "fault": errors.New("cart/mine is broken"), "not in time": context.Canceled,
		} {
			w := newWorld(t)
			r, end := w.Request(requestWith(t), "POST /carts")
			answers := callAll(r.Context(), w.EventStore(&scripted{err: fault}))
			end(http.StatusCreated)
			spans := map[string]otlptest.Span{}
			for _, s := range w.spans(t) {
				spans[s.Name] = s
				assert.NotContains(t, fmt.Sprint(s), "mine", "the text of a fault may name a cart")
			}
			require.Len(t, answers, 5)
			for call, err := range answers {
				assert.Equal(t, fault, err, call)
				assert.Equal(t, spans["POST /carts"].ID, spans[call].Parent, call)
				assert.Equal(t, fault != nil, spans[call].Failed, call)
				assert.Equal(t, class, spans[call].Fault, call)
			}
		}
	})
	t.Run("meets a conflict, which is no fault", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		r, end := w.Request(requestWith(t), "POST /carts")
		_, err := w.EventStore(&scripted{err: &ports.ConflictError{}}).Append(r.Context(), ports.Head{}, ports.Commit{})
		end(http.StatusCreated)
		require.Error(t, err)
		spans := w.spans(t)
		assert.Equal(t, "conflict", spans[0].Attributes["evercart.outcome"])
		assert.False(t, spans[0].Failed)
	})
	t.Run("ends the span of a reader who stops", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		r, end := w.Request(requestWith(t), "GET /carts/{id}")
		for _, err := range w.EventStore(&scripted{err: errors.New("not reached")}).Read(r.Context(), ports.StreamID{}, 1, 2) {
			require.NoError(t, err)
			break
		}
		end(http.StatusOK)
		spans := w.spans(t)
		require.Len(t, spans, 2)
		assert.False(t, spans[0].Failed)
	})
	t.Run("has none outside", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		callAll(t.Context(), w.EventStore(&scripted{}))
		assert.Empty(t, w.spans(t))
	})
}
