package lambdafn

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/evercart/evercart/ports"
)

// Namespace is the CloudWatch namespace of all metrics.
const Namespace = "Evercart"

// maxValues is the most values of one metric in one document, and the most metrics
// of one directive (CloudWatch User Guide, "Specification: Embedded metric format").
const maxValues = 100

// Meter is a ports.Meter that writes documents in CloudWatch's Embedded Metric
// Format: one line an invocation, more only where a metric has several labels. Each
// metric has the dimension service and, for each label, one more that is named as
// ports.Metrics names it. It is safe for concurrent use; invocations at
// the same time share their documents.
type Meter struct {
	out     io.Writer
	service string
	now     func() time.Time
	infos   map[ports.Metric]ports.MetricInfo

	mu     sync.Mutex
	series series
}

var _ ports.Meter = (*Meter)(nil)

// series is values by metric and label. That both are sorted as strings spares each
// binary a sort of its own.
type series map[ports.Metric]map[string][]float64

// of returns the values of a metric by label.
func (s series) of(metric ports.Metric) map[string][]float64 {
	if s[metric] == nil {
		s[metric] = map[string][]float64{}
	}
	return s[metric]
}

// NewMeter returns a meter that writes to out. service is the function's name as it
// is deployed, so that installations side by side in one account are told apart.
func NewMeter(out io.Writer, service string, now func() time.Time) *Meter {
	m := &Meter{out: out, service: service, now: now, infos: map[ports.Metric]ports.MetricInfo{}, series: series{}}
	for _, info := range ports.Metrics() {
		m.infos[info.Metric] = info
	}
	return m
}

// Add implements ports.Meter.
func (m *Meter) Add(metric ports.Metric, label string, n int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	of := m.series.of(metric)
	if values := of[label]; len(values) > 0 {
		values[0] += float64(n)
		return
	}
	of[label] = []float64{float64(n)}
}

// Set implements ports.Meter.
func (m *Meter) Set(metric ports.Metric, label string, v float64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.series.of(metric)[label] = []float64{v}
}

// Observe implements ports.Meter.
func (m *Meter) Observe(metric ports.Metric, label string, seconds float64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	of := m.series.of(metric)
	of[label] = append(of[label], seconds)
}

// Flush writes what came since the last Flush, with the ID of the invocation, and
// forgets it. It writes nothing where nothing came.
func (m *Meter) Flush(requestID string) error {
	m.mu.Lock()
	all := m.series
	m.series = series{}
	m.mu.Unlock()
	var documents []*document
	for _, metric := range slices.Sorted(maps.Keys(all)) {
		for _, label := range slices.Sorted(maps.Keys(all[metric])) {
			for values := range slices.Chunk(all[metric][label], maxValues) {
				documents = m.place(documents, metric, label, values)
			}
		}
	}
	for _, d := range documents {
		if err := m.write(d, requestID); err != nil {
			return err
		}
	}
	return nil
}

// document is one line: the members that its metrics and dimensions name, and the
// metrics of each set of dimensions.
type document struct {
	members map[string]any
	metrics map[string][]metricDefinition // by the labels' dimensions, with commas; empty: service alone
}

type metricDefinition struct {
	Name string `json:"Name"`
	Unit string `json:"Unit"`
}

// place puts a series into the first document that has room for it: a member has
// one value.
func (m *Meter) place(documents []*document, metric ports.Metric, label string, values []float64) []*document {
	var names, labels []string
	if info := m.infos[metric]; label != "" {
		names, labels = info.Labels(label)
	}
	dimensions := strings.Join(names, ",")
	i := slices.IndexFunc(documents, func(d *document) bool {
		_, taken := d.members[string(metric)]
		for i, name := range names {
			value, labelled := d.members[name]
			taken = taken || labelled && value != labels[i]
		}
		return !taken && len(d.metrics[dimensions]) < maxValues
	})
	if i < 0 {
		i = len(documents)
		documents = append(documents, &document{members: map[string]any{}, metrics: map[string][]metricDefinition{}})
	}
	d := documents[i]
	for i, name := range names {
		d.members[name] = labels[i]
	}
	if len(values) == 1 {
		d.members[string(metric)] = values[0]
	} else {
		d.members[string(metric)] = values
	}
	unit := "Count"
	if strings.HasSuffix(string(metric), "_seconds") {
		unit = "Seconds"
	}
	d.metrics[dimensions] = append(d.metrics[dimensions], metricDefinition{string(metric), unit})
	return documents
}

type directive struct {
	Namespace  string             `json:"Namespace"`
	Dimensions [][]string         `json:"Dimensions"`
	Metrics    []metricDefinition `json:"Metrics"`
}

type metadata struct {
	Timestamp         int64       `json:"Timestamp"` // milliseconds since 1970
	CloudWatchMetrics []directive `json:"CloudWatchMetrics"`
}

// write writes a document as one line, by one call.
func (m *Meter) write(d *document, requestID string) error {
	meta := metadata{Timestamp: m.now().UnixMilli()}
	for _, names := range slices.Sorted(maps.Keys(d.metrics)) {
		dimensions := []string{"service"}
		if names != "" {
			dimensions = append(dimensions, strings.Split(names, ",")...)
		}
		meta.CloudWatchMetrics = append(meta.CloudWatchMetrics, directive{Namespace, [][]string{dimensions}, d.metrics[names]})
	}
	d.members["_aws"] = meta
	d.members["service"] = m.service
	if requestID != "" {
		d.members["function_request_id"] = requestID
	}
	line, err := json.Marshal(d.members)
	if err != nil {
		return fmt.Errorf("metrics: %w", err)
	}
	_, err = m.out.Write(append(line, '\n'))
	return err
}
