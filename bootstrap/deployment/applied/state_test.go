package applied_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const root = "../../.."

// kept is an applied state that was kept for machines without the program that
// checks Terraform code; TestTheKeptStateIsWhole says how to renew it.
const kept = "testdata/state.json.gz"

func keptState(t *testing.T) []byte {
	t.Helper()
	file, err := os.Open(kept)
	require.NoError(t, err)
	defer func() { _ = file.Close() }()
	return unpacked(t, file)
}

func unpacked(t *testing.T, packed io.Reader) []byte {
	t.Helper()
	reader, err := gzip.NewReader(packed)
	require.NoError(t, err)
	raw, err := io.ReadAll(reader)
	require.NoError(t, err)
	return raw
}

// freshState applies the code as it stands, by the program that
// EVERCART_TEST_TERRAFORM_CHECK names, or by the one beside the project; nil where
// there is none, or no terraform.
func freshState(t *testing.T) []byte {
	t.Helper()
	program := os.Getenv("EVERCART_TEST_TERRAFORM_CHECK")
	if program == "" {
		program = filepath.Join(root, "..", "shared", "terraform-check", "check")
	}
	if _, err := os.Stat(program); err != nil {
		return nil
	}
	if _, err := exec.LookPath("terraform"); err != nil || testing.Short() {
		return nil
	}
	// Go's test cache is to know what the state depends on.
	require.NoError(t, filepath.WalkDir(filepath.Join(root, "terraform"), func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			_, err = os.Stat(path)
		}
		return err
	}))
	out := filepath.Join(t.TempDir(), "state.json")
	cmd := exec.CommandContext(t.Context(), program, "--no-fmt", "--no-test", "--apply", "--out", out, filepath.Join(root, "terraform"))
	said, err := cmd.CombinedOutput()
	require.NoError(t, err, string(said))
	raw, err := os.ReadFile(out)
	require.NoError(t, err)
	return raw
}

func runbook(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "terraform", "README.md"))
	require.NoError(t, err)
	return string(text)
}

// broken returns a copy of a state in which change was made to the resource of a
// type of which some attribute contains part. change returns false for a resource
// that is to go.
func broken(t *testing.T, raw []byte, kind, part string, change func(values map[string]any) bool) []byte {
	t.Helper()
	var state map[string]any
	require.NoError(t, json.Unmarshal(raw, &state))
	touched := 0
	var walk func(module map[string]any)
	walk = func(module map[string]any) {
		resources, _ := module["resources"].([]any)
		left := []any{}
		for _, r := range resources {
			resource, _ := r.(map[string]any)
			values, _ := resource["values"].(map[string]any)
			address, _ := resource["address"].(string)
			if resource["type"] == kind && resource["mode"] == "managed" && strings.Contains(address, part) && touched == 0 {
				touched++
				if !change(values) {
					continue
				}
			}
			left = append(left, r)
		}
		module["resources"] = left
		children, _ := module["child_modules"].([]any)
		for _, child := range children {
			walk(child.(map[string]any))
		}
	}
	walk(state["values"].(map[string]any)["root_module"].(map[string]any))
	require.Equal(t, 1, touched, "there is no %s with %s in its address", kind, part)
	out, err := json.Marshal(state)
	require.NoError(t, err)
	return out
}

// set sets an attribute, of the one block that path names where there is one.
func set(path string, value any) func(map[string]any) bool {
	return func(values map[string]any) bool {
		names := strings.Split(path, ".")
		for _, name := range names[:len(names)-1] {
			switch next := values[name].(type) {
			case []any:
				values = next[0].(map[string]any)
			case map[string]any:
				values = next
			}
		}
		if values[names[len(names)-1]] = value; value == nil {
			delete(values, names[len(names)-1])
		}
		return true
	}
}

// policy replaces text in the policy of a role.
func policy(old, text string) func(map[string]any) bool {
	return func(values map[string]any) bool {
		before, _ := values["policy"].(string)
		after := strings.Replace(before, old, text, 1)
		values["policy"] = after
		return before != after // one that does not change is dropped, and its test fails
	}
}

// trimmed returns a state with managed resources only, of the types that are looked
// at, packed.
func trimmed(t *testing.T, raw []byte) []byte {
	t.Helper()
	types := map[string]bool{}
	for kind := range strings.FieldsSeq(`aws_lambda_function aws_lambda_alias aws_lambda_event_source_mapping aws_iam_role aws_iam_role_policy
		aws_iam_role_policy_attachment aws_dynamodb_table aws_kinesis_stream aws_s3_bucket aws_sqs_queue aws_sns_topic aws_scheduler_schedule
		aws_cloudwatch_log_group aws_cloudwatch_metric_alarm`) {
		types[kind] = true
	}
	var state map[string]any
	require.NoError(t, json.Unmarshal(raw, &state))
	var walk func(module map[string]any) map[string]any
	walk = func(module map[string]any) map[string]any {
		out := map[string]any{}
		var resources, children []any
		for _, r := range list(module["resources"]) {
			one := r.(map[string]any)
			if kind, _ := one["type"].(string); one["mode"] == "managed" && types[kind] {
				resources = append(resources, map[string]any{"mode": "managed", "type": kind, "address": one["address"], "values": one["values"]})
			}
		}
		for _, child := range list(module["child_modules"]) {
			children = append(children, walk(child.(map[string]any)))
		}
		out["resources"], out["child_modules"] = resources, children
		return out
	}
	values := map[string]any{"root_module": walk(state["values"].(map[string]any)["root_module"].(map[string]any))}
	var packed bytes.Buffer
	w, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	require.NoError(t, err)
	require.NoError(t, json.NewEncoder(w).Encode(map[string]any{"values": values}))
	require.NoError(t, w.Close())
	return packed.Bytes()
}

func list(v any) []any {
	l, _ := v.([]any)
	return l
}
