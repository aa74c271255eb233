package cli_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestCost(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	page, err := os.ReadFile("../../docs/cost.md")
	require.NoError(t, err)
	assert.Equal(t, string(page), s.ok("cost"), "the page in docs")

	own := filepath.Join(t.TempDir(), "prices.json")
	require.NoError(t, os.WriteFile(own, []byte(`{"region": "eu-central-1", "as_of": "2026-11-01", "prices": {"kinesis_stream_hours": 0}}`), 0o600))
	total := func(arguments ...string) (line struct {
		Region string  `json:"region"`
		Idle   float64 `json:"idle_month_usd"`
		Busy   float64 `json:"million_commands_usd"`
	},
	) {
		require.NoError(t, json.Unmarshal([]byte(s.ok(append([]string{"--json", "cost"}, arguments...)...)), &line))
		return line
	}
	list, mine := total(), total("--prices", own)
	assert.Equal(t, "eu-central-1", mine.Region)
	assert.InDelta(t, 29.2, list.Idle-mine.Idle, 1e-6, "a month of the stream")
	assert.InDelta(t, list.Busy, mine.Busy, 1e-9)

	code, _, stderr := s.run("cost", "--prices", "/none.json")
	assert.Equal(t, 2, code)
	assert.Contains(t, stderr, "/none.json")
}
