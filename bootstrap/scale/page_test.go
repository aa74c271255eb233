package scale_test

import (
	"flag"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/bootstrap/costs"
	"github.com/evercart/evercart/bootstrap/scale"
)

var update = flag.Bool("update", false, "write docs/scale.md anew")

const page = "../../docs/scale.md"

func TestThePageIsComputed(t *testing.T) {
	t.Parallel()
	m, err := costs.Counted()
	require.NoError(t, err)
	prices, usual := costs.ListPrices(), costs.Usual()
	want := scale.Page(&m, &prices, &usual)
	if *update {
		require.NoError(t, os.WriteFile(page, []byte(want), 0o600))
	}
	got, err := os.ReadFile(page)
	require.NoError(t, err)
	assert.Equal(t, want, string(got), "go test ./bootstrap/scale -update")
}
