package deployment_test

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/lambdafn"
	"github.com/evercart/evercart/ports"
)

// What Terraform watches is what programs write: the same metrics, by the same
// dimensions, in the same namespace.
func TestAlarmsNameMetricsThatThereAre(t *testing.T) {
	t.Parallel()
	labels := map[string]string{}
	for _, info := range ports.Metrics() {
		labels[string(info.Metric)] = info.Label
	}
	read := func(name string) string {
		text, err := os.ReadFile(filepath.Join("..", "..", "terraform", "modules", "observability", name))
		require.NoError(t, err)
		return string(text)
	}
	alarms, dashboard := read("alarms.tf"), read("dashboard.tf")
	assert.Contains(t, alarms, `namespace = "`+lambdafn.Namespace+`"`)

	names := regexp.MustCompile(`evercart_[a-z_]+`)
	found := names.FindAllString(alarms, -1)
	require.NotEmpty(t, found)
	for _, name := range found {
		assert.Contains(t, labels, name, "alarms.tf watches a metric that no program writes")
	}

	// A search names the dimension beside service, and then the metrics that have it.
	searches := regexp.MustCompile(`search\s*= "\$\{local\.own\}(?:,([a-z]+))?\} ([^$]+)\$`).FindAllStringSubmatch(dashboard, -1)
	require.NotEmpty(t, searches)
	for _, search := range searches {
		metrics := names.FindAllString(search[2], -1)
		require.NotEmpty(t, metrics, search[0])
		for _, name := range metrics {
			require.Contains(t, labels, name, "dashboard.tf searches for a metric that no program writes")
			assert.Equal(t, labels[name], search[1], "the dimension of %s", name)
		}
	}
}

// Terraform deploys the programs that there are.
func TestTerraformDeploysEveryFunction(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join("..", "..", "terraform", "functions.tf"))
	require.NoError(t, err)
	deployed := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^    ([a-z-]+) += \{ timeout = [0-9]+,`).FindAllStringSubmatch(string(text), -1) {
		deployed[m[1]] = true
	}
	folders, err := os.ReadDir(filepath.Join("..", "cmd"))
	require.NoError(t, err)
	for _, folder := range folders {
		if folder.Name() != "evercart" {
			assert.True(t, deployed[folder.Name()], "%s is a program that functions.tf does not deploy", folder.Name())
		}
	}
}
