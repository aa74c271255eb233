// Package prom shows the metrics in Prometheus form.
package prom

import (
	"net/http"
	"strings"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/evercart/evercart/ports"
)

// Meter is a ports.Meter in a registry of its own, with the process's and the Go
// runtime's metrics beside ours. It is safe for concurrent use.
type Meter struct {
	registry   *prometheus.Registry
	counters   map[ports.Metric]*prometheus.CounterVec
	gauges     map[ports.Metric]*prometheus.GaugeVec
	histograms map[ports.Metric]*prometheus.HistogramVec
	infos      map[ports.Metric]ports.MetricInfo
}

var _ ports.Meter = (*Meter)(nil)

// New returns a meter that knows all of ports.Metrics.
func New() *Meter {
	m := &Meter{
		registry:   prometheus.NewRegistry(),
		counters:   map[ports.Metric]*prometheus.CounterVec{},
		gauges:     map[ports.Metric]*prometheus.GaugeVec{},
		histograms: map[ports.Metric]*prometheus.HistogramVec{},
		infos:      map[ports.Metric]ports.MetricInfo{},
	}
	m.registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	for _, info := range ports.Metrics() {
		m.register(info)
	}
	return m
}

func (m *Meter) register(info ports.MetricInfo) {
	labels, _ := info.Labels("")
	m.infos[info.Metric] = info
	name := string(info.Metric)
	var c prometheus.Collector
	switch {
	case strings.HasSuffix(name, "_total"):
		v := prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: info.Help}, labels)
		m.counters[info.Metric], c = v, v
	case info.Gauge:
		v := prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: name, Help: info.Help}, labels)
		m.gauges[info.Metric], c = v, v
	default:
		v := prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: name, Help: info.Help, Buckets: buckets()}, labels)
		m.histograms[info.Metric], c = v, v
	}
	m.registry.MustRegister(c)
}

// buckets are the upper bounds of durations in seconds, 0.1 ms to 10 s.
func buckets() []float64 {
	return []float64{0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10}
}

// Add adds n to a counter; a metric that is none is passed over.
func (m *Meter) Add(metric ports.Metric, label string, n int64) {
	if v := m.counters[metric]; v != nil && n > 0 {
		v.WithLabelValues(m.values(metric, label)...).Add(float64(n))
	}
}

// Set sets a gauge; a metric that is none is passed over.
func (m *Meter) Set(metric ports.Metric, label string, value float64) {
	if v := m.gauges[metric]; v != nil {
		v.WithLabelValues(m.values(metric, label)...).Set(value)
	}
}

// Observe adds a duration in seconds; a metric that has none is passed over.
func (m *Meter) Observe(metric ports.Metric, label string, seconds float64) {
	if v := m.histograms[metric]; v != nil {
		v.WithLabelValues(m.values(metric, label)...).Observe(seconds)
	}
}

func (m *Meter) values(metric ports.Metric, label string) []string {
	info := m.infos[metric]
	_, values := info.Labels(label)
	return values
}

// Handler serves the metrics over HTTP.
func (m *Meter) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{Registry: m.registry})
}
