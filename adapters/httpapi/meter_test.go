package httpapi_test

import (
	"maps"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/evercart/evercart/ports"
)

// meter counts what is added and observed, by label.
type meter struct {
	mu       sync.Mutex
	requests map[string]int64
	refusals map[string]int64
	latency  map[string]int
}

func newMeter() *meter {
	return &meter{requests: map[string]int64{}, refusals: map[string]int64{}, latency: map[string]int{}}
}

func (m *meter) Add(name ports.Metric, label string, n int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	switch name {
	case ports.MetricHTTPRequests:
		m.requests[strings.Replace(label, ports.TwoLabels("", ""), " ", 1)] += n
	case ports.MetricRefusals:
		m.refusals[label] += n
	}
}

func (m *meter) Set(ports.Metric, string, float64) {}

func (m *meter) Observe(name ports.Metric, label string, seconds float64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if name == ports.MetricHTTPLatency && seconds >= 0 {
		m.latency[label]++
	}
}

func TestRequestsAreMeasuredByRouteAndStatus(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	path := w.opened("")
	w.must(http.StatusOK, "GET", path, "")
	w.must(http.StatusOK, "HEAD", path, "")
	w.must(http.StatusNotFound, "GET", "/carts/"+unknownID, "")
	w.must(http.StatusNotFound, "GET", "/nowhere/"+unknownID, "")
	w.must(http.StatusMethodNotAllowed, "BREW", "/carts", "")
	w.must(http.StatusOK, "GET", "/metrics", "")

	assert.Equal(t, map[string]int64{
		"POST /carts 201": 1, "GET /carts/{id} 200": 2, "GET /carts/{id} 404": 1, "GET /metrics 200": 1,
		"other 404": 1, "other 405": 1,
	}, maps.Clone(w.meter.requests))
	assert.Equal(t, map[string]int{"POST /carts": 1, "GET /carts/{id}": 3, "GET /metrics": 1, "other": 2}, w.meter.latency)
}

func TestRefusalsAreCountedOnceWhereverTheyAreSaid(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	path := w.opened("")
	w.must(http.StatusUnprocessableEntity, "POST", path+"/items", `{"item":""}`)
	w.must(http.StatusUnprocessableEntity, "POST", path+"/items", `{"item":"tea","quantity":1000}`)
	w.must(http.StatusUnprocessableEntity, "POST", path+"/items", `{"item":"tea","unit_price":{"amount":1,"currency":""}}`)
	w.must(http.StatusBadRequest, "POST", path+"/items", `{`)
	w.must(http.StatusNotFound, "GET", "/carts/"+unknownID, "")
	assert.Equal(t, map[string]int64{"item_invalid": 1, "quantity_invalid": 1, "price_invalid": 1}, maps.Clone(w.meter.refusals),
		"no command was refused by a request that cannot be read, nor by a question")
}
