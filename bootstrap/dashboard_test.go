package bootstrap_test

import (
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/ports"
)

// notOnTheDashboard are the metrics that serve does not write, and why.
func notOnTheDashboard() map[ports.Metric]string {
	return map[ports.Metric]string{
		ports.MetricReadUnits: "of DynamoDB", ports.MetricWriteUnits: "of DynamoDB",
		ports.MetricVerified: "of function verify", ports.MetricVerifyFaults: "of function verify",
		ports.MetricCanaryPassed: "of function canary", ports.MetricCanarySeconds: "of function canary",
	}
}

// faultsOf returns what is wrong with a query: metrics that there are not, parts of
// histograms where there is none, and labels that its metric does not have.
func faultsOf(query string, seen map[ports.Metric]bool) (faults []string) {
	infos := map[string]ports.MetricInfo{}
	for _, info := range ports.Metrics() {
		infos[string(info.Metric)] = info
	}
	labels := map[string]bool{"instance": true}
	for _, name := range regexp.MustCompile(`evercart_\w+`).FindAllString(query, -1) {
		base, bucket := strings.CutSuffix(name, "_bucket")
		info, known := infos[base]
		histogram := strings.HasSuffix(base, "_seconds") && !info.Gauge
		counts := strings.HasSuffix(base, "_total")
		switch {
		case !known || bucket != histogram:
			faults = append(faults, "there is no "+name)
		case (counts || histogram) != regexp.MustCompile(`(?:rate|increase)\(`+name).MatchString(query):
			faults = append(faults, name+" is to have a rate if it counts, and none if it is a gauge")
		}
		seen[info.Metric] = true
		labels["le"] = labels["le"] || bucket
		names, _ := info.Labels("")
		for _, label := range names {
			labels[label] = true
		}
	}
	for _, by := range regexp.MustCompile(`by \(([^)]*)\)|\{(\w+)=`).FindAllStringSubmatch(query, -1) {
		for label := range strings.SplitSeq(by[1]+by[2], ", ") {
			if !labels[label] {
				faults = append(faults, "no metric has the label "+label)
			}
		}
	}
	return faults
}

func TestTheDashboard(t *testing.T) {
	t.Parallel()
	for query, fault := range map[string]string{
		`sum(rate(evercart_teas_total[5m]))`:                          "there is no evercart_teas_total",
		`sum(rate(evercart_commands_total_bucket[5m]))`:               "there is no evercart_commands_total_bucket",
		`max(evercart_lag_seconds_bucket)`:                            "there is no evercart_lag_seconds_bucket",
		`max(evercart_commands_total)`:                                "is to have a rate",
		`rate(evercart_lag_seconds[5m])`:                              "is to have a rate",
		`sum by (flavour) (rate(evercart_commands_total[5m]))`:        "no metric has the label flavour",
		`sum by (le) (rate(evercart_commands_total[5m]))`:             "no metric has the label le",
		`sum(rate(evercart_commands_total{flavour="x"}[5m]))`:         "no metric has the label flavour",
		`histogram_quantile(0.5, rate(evercart_command_seconds[5m]))`: "there is no evercart_command_seconds",
	} {
		assert.Contains(t, strings.Join(faultsOf(query, map[ports.Metric]bool{}), "\n"), fault, query)
	}

	text, err := os.ReadFile("../docs/dashboards/evercart.json")
	require.NoError(t, err)
	var board struct {
		Panels []struct {
			ID                       int
			Type, Title, Description string
			GridPos                  struct{ H, W, X, Y int }
			Targets                  []struct{ Expr, LegendFormat string }
		}
	}
	require.NoError(t, json.Unmarshal(text, &board))
	seen := map[ports.Metric]bool{}
	ids := map[int]bool{}
	for _, p := range board.Panels {
		assert.False(t, ids[p.ID], "panel %d is there twice", p.ID)
		ids[p.ID] = true
		assert.LessOrEqual(t, p.GridPos.X+p.GridPos.W, 24, p.Title)
		if p.Type == "row" {
			continue
		}
		assert.NotEmpty(t, p.Description, p.Title)
		assert.NotEmpty(t, p.Targets, p.Title)
		for _, target := range p.Targets {
			assert.Empty(t, faultsOf(target.Expr, seen), "%s: %s", p.Title, target.Expr)
			for _, l := range regexp.MustCompile(`\{\{(\w+)\}\}`).FindAllStringSubmatch(target.LegendFormat, -1) {
				assert.Contains(t, target.Expr, l[1], "%s: what the legend names is in the query", p.Title)
			}
		}
	}
	for _, info := range ports.Metrics() {
		_, excused := notOnTheDashboard()[info.Metric]
		assert.NotEqual(t, excused, seen[info.Metric], "%s is on the dashboard, or excused", info.Metric)
	}
}
