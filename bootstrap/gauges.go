package bootstrap

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/ports"
)

// gauges looks how the pipeline stands when somebody asks for the metrics. What stands
// still says nothing of itself: so its lag rises while it does, and whichever process
// runs the pipeline.
type gauges struct {
	look  func(ctx context.Context) (app.PipelineState, error)
	meter ports.Meter
	now   Clock
	log   *slog.Logger

	mu   sync.Mutex
	last time.Time // when it was looked
}

const (
	// gaugesEvery is how often it is looked at most, whoever asks how often.
	gaugesEvery = time.Second
	// gaugesTimeout bounds a look: the other metrics are shown nevertheless.
	gaugesTimeout = 2 * time.Second
)

// before returns a handler that sets the gauges and then answers as next does.
func (g *gauges) before(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		g.set(r.Context())
		next.ServeHTTP(w, r)
	})
}

// set sets the gauges, unless that was done just now.
func (g *gauges) set(ctx context.Context) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if now := g.now(); now.Sub(g.last) < gaugesEvery {
		return
	}
	g.last = g.now()
	within, cancel := context.WithTimeout(ctx, gaugesTimeout)
	defer cancel()
	state, err := g.look(within)
	if err != nil {
		if ctx.Err() == nil { // else nobody waits for them
			g.log.WarnContext(ctx, "how the pipeline stands cannot be seen; its gauges are those of before", slog.Any("error", err))
		}
		return
	}
	for consumer, parked := range state.ParkedBy {
		g.meter.Set(ports.MetricParkedNow, consumer, float64(parked))
	}
	g.meter.Set(ports.MetricQuarantine, "", float64(state.Quarantine))
	for _, f := range state.Followers {
		g.meter.Set(ports.MetricLag, f.Name, f.Lag.Seconds())
	}
	if state.Relay != nil {
		g.meter.Set(ports.MetricLag, state.Relay.Name, state.Relay.Lag.Seconds())
	}
}
