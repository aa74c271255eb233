package costs_test

import (
	"compress/gzip"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/bootstrap/costs"
)

// applied is the state that Terraform makes, kept and held against the code by package
// applied.
const applied = "../deployment/applied/testdata/state.json.gz"

// made is a resource of that state: its type, and its attributes.
type made struct {
	kind   string
	values map[string]any
}

func deployed(t *testing.T) (all []made) {
	t.Helper()
	file, err := os.Open(applied)
	require.NoError(t, err)
	defer func() { _ = file.Close() }()
	unpacked, err := gzip.NewReader(file)
	require.NoError(t, err)
	type module struct {
		Resources []struct {
			Type   string         `json:"type"`
			Values map[string]any `json:"values"`
		} `json:"resources"`
		Children []module `json:"child_modules"`
	}
	var state struct {
		Values struct {
			Root module `json:"root_module"`
		} `json:"values"`
	}
	require.NoError(t, json.NewDecoder(unpacked).Decode(&state))
	var walk func(m *module)
	walk = func(m *module) {
		for _, r := range m.Resources {
			all = append(all, made{r.Type, r.Values})
		}
		for i := range m.Children {
			walk(&m.Children[i])
		}
	}
	walk(&state.Values.Root)
	return all
}

// switchedOn reports whether a name is of what is off by default, and on in the state.
func switchedOn(name any) bool {
	return strings.Contains(name.(string), "-verify") || strings.Contains(name.(string), "-canary")
}

// watched counts the metrics that an alarm looks at.
func watched(alarm map[string]any) (n float64) {
	queries, _ := alarm["metric_query"].([]any)
	for _, q := range queries {
		if of, _ := q.(map[string]any)["metric"].([]any); len(of) > 0 {
			n++
		}
	}
	return max(n, 1)
}

func TestTheBillIsOfWhatTerraformMakes(t *testing.T) {
	t.Parallel()
	timesADay := map[string]float64{"rate(1 minute)": 24 * 60, "rate(15 minutes)": 24 * 4, "rate(1 hour)": 24}
	var alarms, starts, queues, consumers float64
	memory := map[float64]int{}
	for _, r := range deployed(t) {
		switch r.kind {
		case "aws_cloudwatch_metric_alarm":
			// Functions verify and canary are there, too, where nothing starts them.
			if name := r.values["alarm_name"].(string); !strings.HasSuffix(name, "-verify-failed") && !strings.HasSuffix(name, "-verify-not-run") && !strings.HasSuffix(name, "-canary-missing") {
				alarms += watched(r.values)
			}
		case "aws_scheduler_schedule":
			if !switchedOn(r.values["name"]) {
				often := timesADay[r.values["schedule_expression"].(string)]
				require.NotZero(t, often, "how often is %s?", r.values["schedule_expression"])
				starts += often
			}
		case "aws_lambda_event_source_mapping":
			switch from := r.values["event_source_arn"].(string); {
			case strings.Contains(from, ":sqs:"):
				queues++
			case strings.Contains(from, ":kinesis:"):
				consumers++
			}
		case "aws_lambda_function":
			if !switchedOn(r.values["function_name"]) {
				memory[r.values["memory_size"].(float64)]++
			}
		}
	}
	usual := costs.Usual()
	assert.InDelta(t, alarms, usual.Alarms, 0, "metrics that alarms look at")
	assert.InDelta(t, starts*30.4, usual.Schedules, 1e-6, "invocations of schedules in a month")
	assert.InDelta(t, queues, usual.Queues, 0, "queues that Lambda asks")
	assert.InDelta(t, consumers, usual.Consumers, 0, "consumers of the feed")
	assert.Len(t, memory, 1, "all functions have as much memory")
	assert.Contains(t, memory, usual.MemoryGB*1024)
}
