package httpapi_test

import (
	"context"
	"net/http/httptest"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/core/app/carts"
)

// TestSchemathesis lets a fuzzer that reads openapi.yaml loose on a running server:
// as nobody, as the bearer of a token, and as the operator. EVERCART_TEST_SCHEMATHESIS is the
// path of schemathesis 4's program.
func TestSchemathesis(t *testing.T) {
	t.Parallel()
	program := os.Getenv("EVERCART_TEST_SCHEMATHESIS")
	if program == "" {
		t.Skip("EVERCART_TEST_SCHEMATHESIS does not name the schemathesis program")
	}
	for name, args := range map[string][]string{
		"as nobody":                {"--seed", "1", "--exclude-path-regex", "^/(operator|explorer)/"},
		"as the bearer of a token": {"--seed", "2", "--header", bearer("ada"), "--exclude-path-regex", "^/(operator|explorer)/"},
		"as the operator":          {"--seed", "3", "--header", bearer(operatorToken), "--include-path-regex", "^/(operator/.*|explorer/.*)?$"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.operator = busyOperator()
			w.open(w.store)
			w.views.page.Carts = []carts.Listed{{ID: unknownID, Version: 3, Status: "open", Items: 2, ChangedAt: time.Unix(1, 0)}}
			w.views.related = carts.RelatedItems{Carts: 2, Related: []carts.RelatedItem{{Item: "soap", Count: 1}}}
			server := httptest.NewServer(w.handler)
			defer server.Close()

			ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
			defer cancel()
			run := exec.CommandContext(ctx, program, append([]string{
				"run", server.URL + "/openapi.yaml", "--checks", "all",
				// What a schema allows, a cart may still refuse: a precondition, a key used before.
				// And syntax is judged before who is asking, where both are wrong.
				"--exclude-checks", "positive_data_acceptance,missing_required_header", "--max-examples", "40", "--max-time", "75",
				"--suppress-health-check", "all", "--no-color",
			}, args...)...)
			run.Dir = t.TempDir()
			output, err := run.CombinedOutput()
			require.NoError(t, err, "%s", output)
			assert.NotContains(t, string(output), "5xx")
			for label, n := range w.meter.requests {
				assert.NotRegexp(t, " 5..$", label, "%d times", n)
			}
			prefix := ""
			if name == "as the operator" {
				prefix = "/operator"
			}
			assert.Positive(t, w.meter.requests["POST "+prefix+"/carts/{id}/items 201"], "the fuzzer got no item into a cart")
		})
	}
}
