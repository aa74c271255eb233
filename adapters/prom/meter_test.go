package prom_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/prom"
	"github.com/evercart/evercart/ports"
)

func scrape(t *testing.T, m *prom.Meter) string {
	t.Helper()
	answer := httptest.NewRecorder()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", http.NoBody)
	require.NoError(t, err)
	m.Handler().ServeHTTP(answer, request)
	require.Equal(t, http.StatusOK, answer.Code)
	return answer.Body.String()
}

func TestEveryMetricOfThePortsIsShown(t *testing.T) {
	t.Parallel()
	m := prom.New()
	for _, info := range ports.Metrics() {
		label := ""
		if info.Label != "" {
			label = "some"
		}
		m.Add(info.Metric, label, 1)
		m.Set(info.Metric, label, 1)
		m.Observe(info.Metric, label, 1)
	}
	page := scrape(t, m)
	for _, info := range ports.Metrics() {
		assert.Contains(t, page, "# HELP "+string(info.Metric)+" "+info.Help)
	}
}

func TestCountersAddGaugesAreSetDurationsAreCounted(t *testing.T) {
	t.Parallel()
	m := prom.New()
	m.Add(ports.MetricApplied, "carts", 2)
	m.Add(ports.MetricApplied, "carts", 3)
	m.Set(ports.MetricLag, "carts", 7)
	m.Set(ports.MetricLag, "carts", 1.5)
	m.Observe(ports.MetricCommandTime, "AddItem", 0.02)
	m.Add(ports.MetricHTTPRequests, ports.TwoLabels("GET /carts/{id}", "404"), 1)
	page := scrape(t, m)
	assert.Contains(t, page, `evercart_http_requests_total{route="GET /carts/{id}",status="404"} 1`)
	assert.Contains(t, page, `evercart_events_applied_total{consumer="carts"} 5`)
	assert.Contains(t, page, `evercart_lag_seconds{consumer="carts"} 1.5`)
	assert.Contains(t, page, `evercart_command_seconds_count{command="AddItem"} 1`)
}

func TestAMetricOfTheWrongKindIsPassedOver(t *testing.T) {
	t.Parallel()
	m := prom.New()
	assert.NotPanics(t, func() {
		m.Add(ports.MetricLag, "carts", 1)
		m.Set(ports.MetricApplied, "carts", 1)
		m.Observe("evercart_unheard_of", "", 1)
		m.Add(ports.MetricApplied, "", 1)
		m.Add(ports.MetricArchived, "more than it takes", 1)
	})
}
