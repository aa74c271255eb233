package otlptrace_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/ports"
)

// mail is a publisher that answers with one error.
type mail struct{ err error }

func (m mail) Publish(context.Context, []ports.Outgoing) error { return m.err }

func TestEventsThatArePublished(t *testing.T) {
	t.Parallel()
	outgoing := func(t *testing.T, traceparent string) (out []ports.Outgoing) {
		t.Helper()
		for _, wire := range wires(t, traceparent) {
			out = append(out, ports.Outgoing{Key: "cart/c1", Data: wire})
		}
		return out
	}
	for what, c := range map[string]struct {
		err  error
		want []bool
	}{
		"all":        {nil, []bool{false, false, false}},
		"but one":    {&ports.UnpublishedError{Indexes: []int{1}, Err: ports.ErrUnavailable}, []bool{false, true, false}},
		"not at all": {errors.New("no feed"), []bool{true, true, true}},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			assert.Equal(t, c.err, w.Publisher(mail{c.err}).Publish(t.Context(), outgoing(t, sampled)))
			failed := map[string]bool{}
			for _, s := range w.spans(t) {
				assert.Equal(t, "publish", s.Name)
				assert.Equal(t, "00f067aa0ba902b7", s.Parent)
				failed[s.Attributes["evercart.event.version"]] = s.Failed
			}
			assert.Equal(t, map[string]bool{"1": c.want[0], "2": c.want[1], "3": c.want[2]}, failed)
		})
	}
	t.Run("have no span where their request had none", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		for _, traceparent := range []string{"", unsampled, "of no form"} {
			require.NoError(t, w.Publisher(mail{}).Publish(t.Context(), outgoing(t, traceparent)))
		}
		require.NoError(t, w.Publisher(mail{}).Publish(t.Context(), []ports.Outgoing{{Data: []byte(`{"traceparent"`)}}))
		assert.Empty(t, w.spans(t))
	})
}

func TestRecordsThatAreHandled(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var records []ports.Record
	for _, wire := range wires(t, sampled) {
		records = append(records, ports.Record{Data: wire})
	}
	records[2].Replay = "r1"
	failed, end := w.Handling("carts", records)
	failed(1, ports.ErrUnavailable)
	failed(2, ports.ErrUnavailable)
	end()
	spans := w.spans(t)
	require.Len(t, spans, 2, "a replay is no part of the trace")
	for _, s := range spans {
		assert.Equal(t, "handle carts", s.Name)
		assert.Equal(t, s.Attributes["evercart.event.version"] == "2", s.Failed)
	}
}
