package player

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/bootstrap/deployment"
)

func terraform(t *testing.T, file ...string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(append([]string{"..", "..", "..", "terraform"}, file...)...))
	require.NoError(t, err)
	return string(text)
}

func TestSchedules(t *testing.T) {
	t.Parallel()
	t.Run("are those that Terraform always makes, as often", func(t *testing.T) {
		t.Parallel()
		inMinutes := map[string]int{"minute": 1, "hour": 60}
		made := map[string]int{}
		always := regexp.MustCompile(`(?m)^      ([a-z-]+) += \{ expression = "rate\((\d+) (minute|hour)s?\)"`)
		for _, m := range always.FindAllStringSubmatch(terraform(t, "pipeline.tf"), -1) {
			n, err := strconv.Atoi(m[2])
			require.NoError(t, err)
			made[m[1]] = n * inMinutes[m[3]]
		}
		assert.Equal(t, made, schedules())
	})
	t.Run("start every function that a schedule must start, but those that an operator turns on", func(t *testing.T) {
		t.Parallel()
		played, every := []string{"verify", "canary"}, []string{}
		for program := range schedules() {
			played = append(played, program)
		}
		for _, f := range deployment.Functions() {
			if f.Has(deployment.Schedule) {
				every = append(every, f.Name)
			}
		}
		assert.ElementsMatch(t, every, played)
	})
	t.Run("send what Terraform has them send", func(t *testing.T) {
		t.Parallel()
		input := regexp.MustCompile(`input += jsonencode\(\{ source = ("[^"]+"), detail-type = ("[^"]+") \}\)`).FindStringSubmatch(terraform(t, "modules", "schedule", "main.tf"))
		require.NotNil(t, input)
		assert.JSONEq(t, scheduled, `{"source": `+input[1]+`, "detail-type": `+input[2]+`}`)
	})
}

func TestTimeoutsAreThoseOfTerraform(t *testing.T) {
	t.Parallel()
	for _, f := range deployment.Functions() {
		assert.Equal(t, f.Timeout, new(Stack).timeoutOf(f.Name), f.Name)
	}
}
