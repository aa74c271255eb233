package bootstrap

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/memory"
	"github.com/evercart/evercart/adapters/prom"
	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/ports"
)

// standing is a pipeline that nobody runs, and a clock that stands.
type standing struct {
	t          *testing.T
	now        time.Time
	feed       *memory.Feed
	positions  *memory.Positions
	quarantine *memory.Quarantine
	handler    http.Handler
	log        strings.Builder
}

func newStanding(t *testing.T, look func(context.Context) (app.PipelineState, error)) *standing {
	t.Helper()
	s := &standing{t: t, now: time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC), positions: memory.NewPositions(), quarantine: memory.NewQuarantine()}
	clock := func() time.Time { return s.now }
	s.feed = memory.NewFeed(clock)
	store, meter := memory.NewEventStore(), prom.New()
	if look == nil {
		look = (&app.Overview{
			Reach: app.Reach{Changes: store, Feed: s.feed, Positions: s.positions}, Followers: []string{"archive", "carts"},
			Catalog: memory.NewViewCatalog(), Views: memory.NewViewStore(), Quarantine: s.quarantine, Jobs: memory.NewReplayJobs(), Now: clock,
		}).Look
	}
	s.handler = (&gauges{look: look, meter: meter, now: clock, log: slog.New(slog.NewTextHandler(&s.log, nil))}).before(meter.Handler())
	return s
}

// shown returns the values of a gauge some time later, by its labels.
func (s *standing) shown(later time.Duration, metric ports.Metric) map[string]string {
	s.t.Helper()
	s.now = s.now.Add(later)
	answer := httptest.NewRecorder()
	request, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, "/metrics", http.NoBody)
	require.NoError(s.t, err)
	s.handler.ServeHTTP(answer, request)
	require.Equal(s.t, http.StatusOK, answer.Code)
	values := map[string]string{}
	for line := range strings.Lines(answer.Body.String()) {
		if rest, ours := strings.CutPrefix(line, string(metric)); ours {
			labels, value, _ := strings.Cut(strings.TrimSuffix(rest, "\n"), " ")
			values[labels] = value
		}
	}
	return values
}

func TestGaugesTellHowThePipelineStands(t *testing.T) {
	t.Parallel()
	t.Run("lag is 0 at the tip, and rises while a consumer stands still", func(t *testing.T) {
		t.Parallel()
		s := newStanding(t, nil)
		const archive, carts, relay = `{consumer="archive"}`, `{consumer="carts"}`, `{consumer="relay"}`
		idle := map[string]string{archive: "0", carts: "0", relay: "0"}
		assert.Equal(t, idle, s.shown(time.Minute, ports.MetricLag))

		require.NoError(t, s.feed.Publish(t.Context(), []ports.Outgoing{{Key: "cart/1", Data: []byte("{}")}}))
		tip, err := s.feed.Tip(t.Context())
		require.NoError(t, err)
		require.NoError(t, s.positions.SavePosition(t.Context(), "archive", ports.Bookmark{Position: tip.Position, Arrival: tip.Arrival}))
		for minutes, want := range []string{"60", "120", "180"} {
			assert.Equal(t, map[string]string{archive: "0", carts: want, relay: "0"}, s.shown(time.Minute, ports.MetricLag), minutes)
		}
		require.NoError(t, s.positions.SavePosition(t.Context(), "carts", ports.Bookmark{Position: tip.Position, Arrival: tip.Arrival}))
		assert.Equal(t, idle, s.shown(time.Minute, ports.MetricLag), "it has caught up")
	})
	t.Run("the quarantine's size rises and falls", func(t *testing.T) {
		t.Parallel()
		s := newStanding(t, nil)
		assert.Equal(t, map[string]string{"": "0"}, s.shown(time.Minute, ports.MetricQuarantine))
		record := ports.Quarantined{Consumer: "carts", Shard: "0", Position: "1", Reason: "no JSON", At: s.now}
		require.NoError(t, s.quarantine.PutQuarantined(t.Context(), record))
		assert.Equal(t, map[string]string{"": "1"}, s.shown(time.Minute, ports.MetricQuarantine))
		assert.Equal(t, map[string]string{"": "1"}, s.shown(0, ports.MetricQuarantine))
	})
	t.Run("parked streams are counted by consumer, and none is 0", func(t *testing.T) {
		t.Parallel()
		by := map[string]int{"carts": 2, "notify": 0}
		s := newStanding(t, func(context.Context) (app.PipelineState, error) {
			return app.PipelineState{ParkedBy: maps.Clone(by)}, nil
		})
		assert.Equal(t, map[string]string{`{consumer="carts"}`: "2", `{consumer="notify"}`: "0"}, s.shown(time.Minute, ports.MetricParkedNow))
		by["carts"] = 0
		assert.Equal(t, "0", s.shown(time.Minute, ports.MetricParkedNow)[`{consumer="carts"}`])
	})
	t.Run("whoever asks often makes nobody look often", func(t *testing.T) {
		t.Parallel()
		looks := 0
		s := newStanding(t, func(context.Context) (app.PipelineState, error) { looks++; return app.PipelineState{}, nil })
		for range 100 {
			s.shown(100*time.Millisecond, ports.MetricLag)
		}
		assert.Equal(t, 10, looks)
	})
	t.Run("what cannot be seen is said, and hides no other metric", func(t *testing.T) {
		t.Parallel()
		s := newStanding(t, func(context.Context) (app.PipelineState, error) { return app.PipelineState{}, errors.New("no disk") })
		assert.Empty(t, s.shown(time.Minute, ports.MetricLag))
		assert.NotEmpty(t, s.shown(0, "go_goroutines"))
		assert.Contains(t, s.log.String(), "no disk")
	})
}
