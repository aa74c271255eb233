package applied_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/bootstrap/deployment/applied"
)

func faults(t *testing.T, raw []byte) string {
	t.Helper()
	found, err := applied.Faults(raw, runbook(t))
	require.NoError(t, err)
	return strings.Join(found, "\n")
}

func TestTheKeptStateIsWhole(t *testing.T) {
	t.Parallel()
	assert.Empty(t, faults(t, keptState(t)), "renew it where terraform is: EVERCART_TEST_KEEP_STATE=1 go test ./bootstrap/deployment/applied")
}

func TestWhatTerraformAppliesIsWhatTheFunctionsNeed(t *testing.T) {
	t.Parallel()
	raw := freshState(t)
	if raw == nil {
		t.Log("there is no program that applies Terraform code without an account: the kept state is looked at")
		raw = keptState(t)
	} else if os.Getenv("EVERCART_TEST_KEEP_STATE") != "" {
		require.NoError(t, os.MkdirAll(filepath.Dir(kept), 0o755))
		require.NoError(t, os.WriteFile(kept, trimmed(t, raw), 0o644))
	} else {
		// Machines without Terraform, and the page of costs, look at what is kept.
		assert.JSONEq(t, string(unpacked(t, bytes.NewReader(trimmed(t, raw)))), string(keptState(t)), "renew it: EVERCART_TEST_KEEP_STATE=1 go test ./bootstrap/deployment/applied")
	}
	assert.Empty(t, faults(t, raw))
}

// TestEveryBreachIsNamed breaks a copy of a whole state in one place each.
func TestEveryBreachIsNamed(t *testing.T) {
	t.Parallel()
	raw := keptState(t)
	gone := func(map[string]any) bool { return false }
	const (
		function = "aws_lambda_function"
		mapping  = "aws_lambda_event_source_mapping"
		role     = "aws_iam_role_policy"
		table    = "aws_dynamodb_table"
		addItem  = `module.function["add-item"]`
		relay    = `module.mapping["relay"]`
		archive  = `module.mapping["archive"]`
	)
	for name, c := range map[string]struct {
		kind, where string
		change      func(map[string]any) bool
		want        string
	}{
		"an action that is missing":           {role, addItem, policy(`"dynamodb:PutItem",`, ``), "add-item may not do dynamodb:PutItem on arn:aws:dynamodb:"},
		"an action too many":                  {role, addItem, policy(`"dynamodb:PutItem"`, `"dynamodb:PutItem","dynamodb:UpdateItem"`), "add-item may do dynamodb:UpdateItem on arn:aws:dynamodb:"},
		"an action on another resource":       {role, addItem, policy(`-cart-events"`, `-views"`), "-views, which it does not need"},
		"a wildcard action":                   {role, addItem, policy(`"dynamodb:PutItem"`, `"dynamodb:*"`), "add-item may do dynamodb:*: actions are listed one by one"},
		"a wildcard resource":                 {role, `module.function["relay"]`, policy(`-all-events"`, `-*"`), "relay may do kinesis:PutRecords on arn:aws:kinesis:"},
		"a scan of the events table":          {role, `module.function["remind"]`, policy(`"dynamodb:PutItem"`, `"dynamodb:PutItem","dynamodb:Scan"`), "remind may do dynamodb:Scan"},
		"a statement by what it is not":       {role, addItem, policy(`"Action"`, `"NotAction"`), "add-item has a statement that does not say by name"},
		"a role without a policy":             {role, addItem, gone, "add-item may not do dynamodb:Query"},
		"a variable by another name":          {function, addItem, set("environment.variables.EVERCART_PREFIX", nil), "add-item lacks the variable EVERCART_PREFIX"},
		"a variable too many":                 {function, addItem, set("environment.variables.EVERCART_FEED", "x"), "add-item has the variable EVERCART_FEED, which it does not read"},
		"a variable without a value":          {function, `module.function["notify"]`, set("environment.variables.EVERCART_NOTIFY_TOPIC", ""), "notify lacks the variable EVERCART_NOTIFY_TOPIC"},
		"a timeout longer than the gateway's": {function, addItem, set("timeout", 31), "add-item may run for 31s, longer than API Gateway waits"},
		"a timeout that differs":              {function, `module.function["replay"]`, set("timeout", 60), "replay has a timeout of 1m0s, want 15m0s"},
		"another architecture":                {function, addItem, set("architectures", []any{"x86_64"}), "add-item is built for [x86_64], want arm64"},
		"another runtime":                     {function, addItem, set("runtime", "go1.x"), `add-item has handler and runtime "bootstrap go1.x"`},
		"no versions":                         {function, addItem, set("publish", false), "add-item publishes no versions"},
		"no traces":                           {function, addItem, set("tracing_config", []any{}), "add-item has tracing"},
		"a function that is missing":          {function, addItem, gone, "add-item is not deployed"},
		"no alias":                            {"aws_lambda_alias", addItem, gone, "add-item has no alias live"},
		"a start at the latest record":        {mapping, relay, set("starting_position", "LATEST"), `relay begins to read at "LATEST"`},
		"no destination on failure":           {mapping, relay, set("destination_config", []any{}), "relay leaves batches that are given up at"},
		"parallelization":                     {mapping, relay, set("parallelization_factor", 2), "relay has parallelization 2"},
		"no halving":                          {mapping, relay, set("bisect_batch_on_function_error", false), "relay does not halve"},
		"retries without end":                 {mapping, relay, set("maximum_retry_attempts", -1), "relay tries a batch again -1 times"},
		"records that grow too old":           {mapping, relay, set("maximum_record_age_in_seconds", 86400), "relay tries records until they are 24h0m0s old"},
		"records of the feed without end":     {mapping, archive, set("maximum_record_age_in_seconds", -1), "archive tries records until they are"},
		"another batch":                       {mapping, relay, set("batch_size", 1000), "relay takes batches of 1000"},
		"no partial failures":                 {mapping, archive, set("function_response_types", []any{}), "archive cannot report the records that failed"},
		"a mapping that is missing":           {mapping, archive, gone, "archive has 0 mappings"},
		"a mapping to no alias":               {mapping, archive, set("function_name", "evercart-archive"), "archive has 0 mappings of its alias"},
		"a visibility that is too short":      {"aws_sqs_queue", `module.replay_queue["carts"].module.queue`, set("visibility_timeout_seconds", 60), "project-carts has a queue that hides messages for 1m0s, want 6m0s"},
		"a queue without dead letters":        {"aws_sqs_queue", `module.replay_queue["carts"].module.queue`, set("redrive_policy", ""), "project-carts has a queue without dead letters"},
		"a queue of low throughput":           {"aws_sqs_queue", `module.replay_queue["carts"].module.queue`, set("fifo_throughput_limit", "perQueue"), "no FIFO queue of high throughput"},
		"a schedule that is off":              {"aws_scheduler_schedule", `module.schedule["remind"]`, set("state", "DISABLED"), "remind is started by no schedule"},
		"a stream of keys":                    {table, "module.event_store", set("stream_view_type", "KEYS_ONLY"), `has a stream of view type "KEYS_ONLY"`},
		"no point-in-time recovery":           {table, "module.event_store", set("point_in_time_recovery.enabled", false), "has no point-in-time recovery"},
		"no protection from deletion":         {table, "module.views", set("deletion_protection_enabled", false), "can be deleted by a slip"},
		"a global table":                      {table, "module.event_store", set("replica", []any{map[string]any{"region_name": "eu-west-1"}}), "is written in several regions"},
		"a feed that forgets":                 {"aws_kinesis_stream", "", set("retention_period", 24), "keeps records for 24 hours, want 168"},
		"an alarm without a section":          {"aws_cloudwatch_metric_alarm", "", set("alarm_description", "see README.md#nowhere"), `names section "nowhere" of the runbook, which is not there`},
		"an alarm that names no section":      {"aws_cloudwatch_metric_alarm", "", set("alarm_description", "help"), "names no section of the runbook"},
		"an alarm that tells nobody":          {"aws_cloudwatch_metric_alarm", "", set("alarm_actions", []any{}), "tells nobody"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Contains(t, faults(t, broken(t, raw, c.kind, c.where, c.change)), c.want)
		})
	}
}

func TestWhatIsNoStateIsAnError(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{``, `{`, `{}`, `{"values": {"root_module": {"resources": []}}}`} {
		_, err := applied.Faults([]byte(raw), "")
		assert.ErrorContains(t, err, "terraform state", "%s", raw)
	}
	nobody, err := json.Marshal(map[string]any{"values": map[string]any{"root_module": map[string]any{"resources": []any{map[string]any{
		"mode": "managed", "type": "aws_dynamodb_table", "values": map[string]any{"name": "shop-cart-events"},
	}}}}})
	require.NoError(t, err)
	found, err := applied.Faults(nobody, "")
	require.NoError(t, err)
	assert.Contains(t, found, "relay is not deployed")
	assert.Contains(t, found, "table shop-views is not there")
	assert.Contains(t, found, "deployment has no alarms")
}
