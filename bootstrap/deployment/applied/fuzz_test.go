package applied_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/bootstrap/deployment/applied"
)

// FuzzFaults: whatever a state and a policy in it look like, it is judged or refused,
// and what is judged twice is judged alike.
func FuzzFaults(f *testing.F) {
	const table = `{"values":{"root_module":{"resources":[{"mode":"managed","type":"aws_dynamodb_table","values":{"name":"e-cart-events","stream_arn":7}},`
	for _, seed := range []string{
		``, `{}`, `{"values":{"root_module":{"child_modules":[{"resources":[null]}]}}}`, table + `{}]}}}`,
		table + `{"mode":"managed","type":"aws_lambda_function","values":{"function_name":"e-relay","role":"r","environment":[{"variables":[]}],"tracing_config":[7]}},` +
			`{"mode":"managed","type":"aws_iam_role","values":{"arn":"r","id":"r"}},` +
			`{"mode":"managed","type":"aws_iam_role_policy","values":{"role":"r","policy":"{\"Statement\":[{\"Action\":\"a:*\",\"Resource\":[\"*\"]}]}"}}]}}}`,
	} {
		f.Add([]byte(seed), "### Errors\n")
	}
	f.Fuzz(func(t *testing.T, raw []byte, runbook string) {
		first, err := applied.Faults(raw, runbook)
		if err != nil {
			return
		}
		require.NotEmpty(t, first, "no state that chance makes is whole")
		again, err := applied.Faults(raw, runbook)
		require.NoError(t, err)
		require.Equal(t, first, again)
	})
}
