package bootstrap_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/lambdafn"
	"github.com/evercart/evercart/adapters/prom"
	"github.com/evercart/evercart/ports"
)

// meterAll gives every metric a value of its kind.
func meterAll(m ports.Meter) {
	for _, info := range ports.Metrics() {
		label := ports.TwoLabels("one", "two")
		if info.Second == "" {
			label = "one"
		}
		switch {
		case info.Label == "" && info.Gauge:
			m.Set(info.Metric, "", 1)
		case info.Label == "":
			m.Add(info.Metric, "", 1)
		case info.Gauge:
			m.Set(info.Metric, label, 1)
		case strings.HasSuffix(string(info.Metric), "_seconds"):
			m.Observe(info.Metric, label, 1)
		default:
			m.Add(info.Metric, label, 1)
		}
	}
}

// A dashboard, an alarm and a runbook may name a metric without asking where it comes
// from.
func TestMetricsHaveTheSameNamesOnPrometheusAndOnCloudWatch(t *testing.T) {
	t.Parallel()
	want := map[string][]string{} // the names of labels, by metric
	for _, info := range ports.Metrics() {
		names, _ := info.Labels("")
		want[string(info.Metric)] = append([]string{}, names...)
	}

	page := httptest.NewRecorder()
	meter := prom.New()
	meterAll(meter)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", http.NoBody)
	require.NoError(t, err)
	meter.Handler().ServeHTTP(page, request)
	prometheus := map[string][]string{}
	for _, sample := range regexp.MustCompile(`(?m)^(evercart_\w+?)(?:_count)?(?:\{(.*)\})? `).FindAllStringSubmatch(page.Body.String(), -1) {
		if strings.HasSuffix(sample[1], "_bucket") || strings.HasSuffix(sample[1], "_sum") {
			continue
		}
		labels := []string{}
		for _, l := range regexp.MustCompile(`(\w+)="`).FindAllStringSubmatch(sample[2], -1) {
			labels = append(labels, l[1])
		}
		prometheus[sample[1]] = labels
	}
	assert.Equal(t, want, prometheus, "/metrics")

	var out bytes.Buffer
	embedded := lambdafn.NewMeter(&out, "service", time.Now)
	meterAll(embedded)
	require.NoError(t, embedded.Flush("request"))
	cloudWatch := map[string][]string{}
	for line := range strings.Lines(out.String()) {
		var document struct {
			AWS struct {
				CloudWatchMetrics []struct {
					Dimensions [][]string
					Metrics    []struct{ Name string }
				}
			} `json:"_aws"`
		}
		require.NoError(t, json.Unmarshal([]byte(line), &document))
		for _, directive := range document.AWS.CloudWatchMetrics {
			for _, m := range directive.Metrics {
				cloudWatch[m.Name] = slices.DeleteFunc(slices.Concat(directive.Dimensions...), func(d string) bool { return d == "service" })
			}
		}
	}
	assert.Equal(t, want, cloudWatch, "documents for CloudWatch")
}

func TestAnIdleServerShowsItsGauges(t *testing.T) {
	t.Parallel()
	for _, backend := range []string{"memory", "sqlite"} {
		url := serving(t, configured(t, "EVERCART_BACKEND="+backend))
		want := []string{"evercart_quarantined_records 0"}
		for _, consumer := range []string{"relay", "archive", "carts", "related", "notify"} {
			want = append(want, `evercart_lag_seconds{consumer="`+consumer+`"} 0`)
		}
		for _, consumer := range []string{"carts", "related", "notify"} {
			want = append(want, `evercart_parked_streams{consumer="`+consumer+`"} 0`)
		}
		var missing []string
		assert.Eventually(t, func() bool { // the views begin a moment after the server
			_, page := ask(t, http.MethodGet, url+"/metrics", "", "")
			missing = slices.DeleteFunc(slices.Clone(want), func(line string) bool { return strings.Contains(page, line+"\n") })
			return len(missing) == 0
		}, 30*time.Second, 50*time.Millisecond)
		assert.Empty(t, missing)
	}
}
