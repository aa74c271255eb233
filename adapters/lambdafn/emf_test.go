package lambdafn_test

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/lambdafn"
	"github.com/evercart/evercart/ports"
)

// checkDocument holds a document against the schema that CloudWatch's
// specification gives, and against what it says beside it: a metric's target is a
// number or at most 100, a dimension's a string, and both are on the root.
func checkDocument(document map[string]any) error {
	schema, err := os.Open(filepath.Join("testdata", "emf.schema.json"))
	if err != nil {
		return err
	}
	defer schema.Close() //nolint:errcheck // it is read
	parsed, err := jsonschema.UnmarshalJSON(schema)
	if err != nil {
		return err
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("emf.json", parsed); err != nil {
		return err
	}
	compiled, err := compiler.Compile("emf.json")
	if err != nil {
		return err
	}
	if err := compiled.Validate(document); err != nil {
		return err
	}
	for _, d := range document["_aws"].(map[string]any)["CloudWatchMetrics"].([]any) {
		directive := d.(map[string]any)
		for _, name := range slices.Concat(directive["Dimensions"].([]any)[0].([]any)) {
			if value, ok := document[name.(string)].(string); !ok || value == "" || len(value) > 1024 {
				return fmt.Errorf("dimension %s has no text", name)
			}
		}
		for _, m := range directive["Metrics"].([]any) {
			name := m.(map[string]any)["Name"].(string)
			switch target := document[name].(type) {
			case float64:
			case []any:
				if len(target) == 0 || len(target) > 100 {
					return fmt.Errorf("metric %s has %d values", name, len(target))
				}
			default:
				return fmt.Errorf("metric %s has no value", name)
			}
		}
	}
	return nil
}

func TestMetricsInTheEmbeddedFormat(t *testing.T) {
	t.Parallel()
	flush := func(t *testing.T, use func(m *lambdafn.Meter)) []map[string]any {
		t.Helper()
		out := &lines{}
		m := lambdafn.NewMeter(out, "add-item", noon)
		use(m)
		require.NoError(t, m.Flush("request-1"))
		documents := out.all(t)
		for _, d := range documents {
			require.NoError(t, checkDocument(d))
		}
		require.NoError(t, m.Flush("request-2"))
		assert.Len(t, out.all(t), len(documents), "what was written is forgotten")
		return documents
	}
	t.Run("are one line an invocation", func(t *testing.T) {
		t.Parallel()
		documents := flush(t, func(m *lambdafn.Meter) {
			m.Add(ports.MetricCommands, "AddItem", 1)
			m.Add(ports.MetricCommands, "AddItem", 2)
			m.Observe(ports.MetricCommandTime, "AddItem", 0.25)
			m.Observe(ports.MetricHTTPLatency, "POST /carts/{id}/items", 0.5)
			m.Observe(ports.MetricHTTPLatency, "POST /carts/{id}/items", 0.75)
			m.Set(ports.MetricLag, "carts", 9)
			m.Set(ports.MetricLag, "carts", 3)
			m.Add(ports.MetricTampering, "", 0)
		})
		require.Len(t, documents, 1)
		d := documents[0]
		meta := d["_aws"].(map[string]any)
		delete(d, "_aws")
		assert.Equal(t, map[string]any{
			"service": "add-item", "function_request_id": "request-1", "command": "AddItem", "route": "POST /carts/{id}/items", "consumer": "carts",
			"evercart_commands_total": 3.0, "evercart_command_seconds": 0.25, "evercart_http_request_seconds": []any{0.5, 0.75},
			"evercart_lag_seconds": 3.0, "evercart_tampering_total": 0.0,
		}, d)
		assert.EqualValues(t, noon().UnixMilli(), meta["Timestamp"])
		directives := meta["CloudWatchMetrics"].([]any)
		require.Len(t, directives, 4)
		assert.Equal(t, map[string]any{
			"Namespace": "Evercart", "Dimensions": []any{[]any{"service"}},
			"Metrics": []any{map[string]any{"Name": "evercart_tampering_total", "Unit": "Count"}},
		}, directives[0])
		assert.Equal(t, map[string]any{
			"Namespace": "Evercart", "Dimensions": []any{[]any{"service", "command"}},
			"Metrics": []any{
				map[string]any{"Name": "evercart_command_seconds", "Unit": "Seconds"},
				map[string]any{"Name": "evercart_commands_total", "Unit": "Count"},
			},
		}, directives[1])
	})
	t.Run("are more lines where a dimension has several values", func(t *testing.T) {
		t.Parallel()
		documents := flush(t, func(m *lambdafn.Meter) {
			for _, consumer := range []string{"carts", "related", "notify"} {
				m.Add(ports.MetricApplied, consumer, 2)
				m.Add(ports.MetricSkipped, consumer, 1)
			}
		})
		require.Len(t, documents, 3)
		for i, consumer := range []string{"carts", "notify", "related"} {
			assert.Equal(t, consumer, documents[i]["consumer"])
			assert.Contains(t, documents[i], "evercart_events_applied_total")
			assert.Contains(t, documents[i], "evercart_events_skipped_total")
		}
	})
	t.Run("have a dimension for each of two labels", func(t *testing.T) {
		t.Parallel()
		documents := flush(t, func(m *lambdafn.Meter) {
			m.Add(ports.MetricHTTPRequests, ports.TwoLabels("GET /carts/{id}", "200"), 1)
			m.Add(ports.MetricHTTPRequests, ports.TwoLabels("GET /carts/{id}", "404"), 2)
			m.Observe(ports.MetricHTTPLatency, "GET /carts/{id}", 0.5)
		})
		require.Len(t, documents, 2)
		for i, status := range []string{"200", "404"} {
			assert.Equal(t, "GET /carts/{id}", documents[i]["route"])
			assert.Equal(t, status, documents[i]["status"])
			assert.InDelta(t, i+1, documents[i]["evercart_http_requests_total"], 0)
		}
		directives := documents[1]["_aws"].(map[string]any)["CloudWatchMetrics"].([]any)
		assert.Equal(t, []any{[]any{"service", "route", "status"}}, directives[0].(map[string]any)["Dimensions"])
	})
	t.Run("are at most 100 values a line, and none is lost", func(t *testing.T) {
		t.Parallel()
		documents := flush(t, func(m *lambdafn.Meter) {
			for i := range 250 {
				m.Observe(ports.MetricCommandTime, "RemindShopper", float64(i))
			}
		})
		require.Len(t, documents, 3)
		assert.Len(t, documents[2]["evercart_command_seconds"], 50)
	})
	t.Run("may be any that ports describe, all at once", func(t *testing.T) {
		t.Parallel()
		documents := flush(t, func(m *lambdafn.Meter) {
			for _, info := range ports.Metrics() {
				m.Add(info.Metric, ports.TwoLabels(info.Label, "second"), 1)
			}
			m.Add("evercart_unheard_of_total", "x", 1)
		})
		names := map[string]bool{}
		for _, d := range documents {
			for name := range maps.Keys(d) {
				names[name] = true
			}
		}
		for _, info := range ports.Metrics() {
			assert.True(t, names[string(info.Metric)], info.Metric)
		}
	})
	t.Run("are nothing where nothing was counted", func(t *testing.T) {
		t.Parallel()
		assert.Empty(t, flush(t, func(*lambdafn.Meter) {}))
	})
	t.Run("that cannot be written are an error", func(t *testing.T) {
		t.Parallel()
		m := lambdafn.NewMeter(brokenPipe{}, "relay", noon)
		m.Add(ports.MetricTampering, "", 1)
		assert.ErrorIs(t, m.Flush(""), os.ErrClosed)
	})
	t.Run("are checked by a check that bites", func(t *testing.T) {
		t.Parallel()
		directive := map[string]any{"Namespace": "N", "Dimensions": []any{[]any{"service"}}, "Metrics": []any{map[string]any{"Name": "m", "Unit": "Count"}}}
		good := func() map[string]any {
			return map[string]any{"_aws": map[string]any{"Timestamp": 1.0, "CloudWatchMetrics": []any{maps.Clone(directive)}}, "service": "s", "m": 1.0}
		}
		require.NoError(t, checkDocument(good()))
		for what, breaks := range map[string]func(d map[string]any){
			"no metadata":           func(d map[string]any) { delete(d, "_aws") },
			"no value":              func(d map[string]any) { delete(d, "m") },
			"a value in words":      func(d map[string]any) { d["m"] = "one" },
			"too many values":       func(d map[string]any) { d["m"] = make([]any, 101) },
			"a dimension of number": func(d map[string]any) { d["service"] = 1.0 },
			"an unknown unit": func(d map[string]any) {
				d["_aws"].(map[string]any)["CloudWatchMetrics"].([]any)[0].(map[string]any)["Metrics"] = []any{map[string]any{"Name": "m", "Unit": "Carts"}}
			},
		} {
			d := good()
			breaks(d)
			assert.Error(t, checkDocument(d), what)
		}
	})
}

type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, errors.Join(os.ErrClosed) }
