package reference_test

import (
	"strings"
	"testing"

	"github.com/evercart/evercart/ports"
)

// TestTheReferenceOfMetrics lists what ports.Metrics describes.
func TestTheReferenceOfMetrics(t *testing.T) {
	t.Parallel()
	var rows [][]string
	for _, m := range ports.Metrics() {
		kind := "gauge"
		switch name := string(m.Metric); {
		case strings.HasSuffix(name, "_total"):
			kind = "counter"
		case strings.HasSuffix(name, "_seconds") && m.Metric != ports.MetricLag:
			kind = "histogram"
		}
		labels := code(m.Label)
		if m.Second != "" {
			labels += ", " + code(m.Second)
		}
		rows = append(rows, []string{code(string(m.Metric)), kind, labels, m.Help})
	}
	holds(t, "metrics.md", `# Metrics

The names are the same on `+"`/metrics`"+` of `+"`evercart serve`"+`, in the form of Prometheus, and in CloudWatch, where the functions write them in embedded metric format.

`+table([]string{"metric", "kind", "labels", "it counts or measures"}, rows))
}
