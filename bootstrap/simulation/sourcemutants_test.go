package simulation_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// sourceMutant is a fault in our own source, where no seam is: one text of a file
// stands for another.
type sourceMutant struct {
	name    string
	file    string // from the root
	was, is string
	within  int // seeds that must catch it
}

func sourceMutants() []sourceMutant {
	return []sourceMutant{
		{
			name: "a warm state says no", within: 200,
			file: "core/app/attempt.go", was: "if !a.loaded && !answer.Replayed {", is: "if false {",
		},
		{
			name: "a command's ID is forgotten", within: 50,
			file: "core/app/attempt.go", was: "a.current.Commands.Recall(a.key, a.fingerprint); found {", is: "a.current.Commands.Recall(a.key, a.fingerprint); found && false {",
		},
		{
			name: "a hole in a stream is passed over", within: 50,
			file: "core/app/tracker_step.go", was: "if e.Version > last+1 {", is: "if false {",
		},
		{
			name: "a checkpoint that moved counts as written", within: 300,
			file: "core/app/tracker.go", was: "moved = append(moved, s.run)", is: "",
		},
		{
			name: "a stream that goes on stays parked", within: 100,
			file: "core/app/tracker_unpark.go", was: "c.Parked, c.Failures, c.FailingSince = nil, 0, time.Time{}", is: "c.Failures, c.FailingSince = 0, time.Time{}",
		},
		{
			name: "the archiver acknowledges what it did not write", within: 100,
			file: "core/app/archiver.go", was: "\tif err != nil {\n\t\treturn failAll(len(records), 0, err)", is: "\tif err != nil {\n\t\treturn nil",
		},
		{
			name: "the outside world is told of what is older than the handler", within: 50,
			file: "core/app/notify.go", was: "!e.Time.IsZero() && !e.Time.Before(from)", is: "!e.Time.IsZero()",
		},
		{
			name: "a new generation's laggards are left behind", within: 600,
			file: "core/app/rebuildfinish.go", was: "if built[i].Version >= standing[i].Version {", is: "if true {",
		},
		{
			name: "a backfill publishes nothing", within: 100,
			file: "core/app/backfill.go", was: "if fault.Kind != FaultMissing {", is: "if true {",
		},
		{
			name: "a call has several events of one stream", within: 50,
			file: "adapters/kinesisfeed/sending.go", was: "taken[o.Key] = true", is: "taken[o.Key] = false",
		},
		{
			name: "a record that Kinesis refused counts as sent", within: 50,
			file: "adapters/kinesisfeed/publisher.go", was: "case result.ErrorCode == nil && result.SequenceNumber != nil:", is: "case true:",
		},
		{
			name: "a batch's redrive forgets what fails once more", within: 100,
			file: "adapters/lambdafn/failures.go", was: "err = r.setAside(ctx, function, record, reason)", is: "",
		},
		{
			name: "a read begins at its version's own key", within: 300,
			file: "adapters/dynamostore/read.go", was: "\tif a <= 1 {\n\t\treturn 1, nil", is: "\tif a > 0 {\n\t\treturn a, nil",
		},
		{
			name: "a stranger may change an owned cart", within: 50,
			file: "core/app/attempt.go", was: "if !a.agg.Admits(s, a.req.Caller) {", is: "if false {",
		},
		{
			name: "If-Match is passed over", within: 50,
			file: "core/app/attempt.go", was: "if !matches(a.req.IfMatch, version) {", is: "if false {",
		},
		{
			name: "a repeated command is answered with the cart as it is now", within: 50,
			file: "core/app/attempt.go", was: "if a.current.Head.Version() != at {", is: "if false {",
		},
		{
			name: "a commit of the older form counts as altered", within: 20,
			file: "core/app/verifystream.go", was: "if k.linked && !c.Older() && ", is: "if k.linked && ",
		},
		{
			name: "the archive writes over what is there", within: 20,
			file: "adapters/s3archive/write.go", was: `, IfNoneMatch: aws.String("*"),`, is: ",",
		},
		{
			name: "an object that is there already is a fault", within: 20,
			file: "adapters/s3archive/write.go", was: "return a.sizeOf(ctx, key)", is: "return 0, err",
		},
		{
			name: "a listing ends with its first page", within: 20,
			file: "adapters/s3archive/list.go", was: "for pages.HasMorePages() {", is: "if pages.HasMorePages() {",
		},
		{
			name: "what came of an object counts as all of it", within: 100,
			file: "adapters/s3archive/download.go", was: "if err == nil || errors.Is(err, io.EOF) && d.read == d.size {", is: "if err != nil {\n\t\t\terr = io.EOF\n\t\t}\n\t\tif true {",
		},
		{
			name: "a listing waits for good", within: 50,
			file: "adapters/s3archive/list.go", was: "context.WithTimeout(ctx, stalled)", is: "context.WithCancel(ctx)",
		},
	}
}

const root = "../.."

// mutated returns the file with the fault in it.
func (m *sourceMutant) mutated(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, m.file))
	require.NoError(t, err)
	require.Equal(t, 1, strings.Count(string(text), m.was), "%s: the text that the mutant %q replaces stands there once", m.file, m.name)
	return strings.Replace(string(text), m.was, m.is, 1)
}

func TestEveryMutantOfTheSourceHasItsPlace(t *testing.T) {
	t.Parallel()
	for _, m := range sourceMutants() {
		assert.NotEmpty(t, m.mutated(t))
	}
}

// TestMutantsOfTheSourceAreCaught builds each mutant by an overlay and runs its
// seeds: minutes, which make prove takes.
func TestMutantsOfTheSourceAreCaught(t *testing.T) {
	if os.Getenv("EVERCART_TEST_MUTANTS") == "" {
		t.Skip("EVERCART_TEST_MUTANTS is not set: make prove sets it")
	}
	t.Parallel()
	tool, err := exec.LookPath("go")
	require.NoError(t, err)
	for _, m := range sourceMutants() {
		t.Run(m.name, func(t *testing.T) {
			folder := t.TempDir()
			file, err := filepath.Abs(filepath.Join(root, m.file))
			require.NoError(t, err)
			mutant, overlay := filepath.Join(folder, "mutant.go"), filepath.Join(folder, "overlay.json")
			require.NoError(t, os.WriteFile(mutant, []byte(m.mutated(t)), 0o600))
			text, err := json.Marshal(map[string]any{"Replace": map[string]string{file: mutant}})
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(overlay, text, 0o600))
			command := exec.CommandContext(t.Context(), tool, "test", "-overlay", overlay, "-count=1", "-timeout=60m", "-run=^TestEverythingPromisedHoldsInEverySeed$", ".")
			command.Env = append(os.Environ(), "EVERCART_TEST_SEEDS="+strconv.Itoa(m.within))
			out, err := command.CombinedOutput()
			seeds := regexp.MustCompile(`seed (\d+); replay it`).FindAllSubmatch(out, -1)
			require.NotEmpty(t, seeds, "%v: no seed of %d catches it: %.2000s", err, m.within, out)
			t.Logf("caught by seed %s, within %d", seeds[0][1], m.within)
		})
	}
}
