package sqlite_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/sqlite"
	"github.com/evercart/evercart/ports"
)

// crashBatch is how many records each call of the crash test publishes.
const crashBatch = 50

func TestFeedOfAKilledProcessHasWhatItAcknowledged(t *testing.T) {
	if path, ok := asChild(); ok {
		f, err := sqlite.OpenFeed(t.Context(), path, time.Now)
		require.NoError(t, err)
		for n := recordsOn(t, f); ; n += crashBatch {
			publish(t, f, n+1, crashBatch)
			fmt.Println("published", n+crashBatch)
		}
	}
	t.Parallel()
	path := feedPath(t)
	f := openFeed(t, path, time.Now) // as the consumer, in a process that lives on
	for round := range 6 {
		publisher := startChild(t, path)
		var acknowledged int
		for range 3 {
			text, ok := strings.CutPrefix(publisher.line(t), "published ")
			require.True(t, ok)
			var err error
			acknowledged, err = strconv.Atoi(text)
			require.NoError(t, err)
		}
		<-time.After(time.Duration(round) * 300 * time.Microsecond) // another place of the next Publish each time
		publisher.kill(t)

		n := recordsOn(t, f)
		require.GreaterOrEqual(t, n, acknowledged)
		assert.Zero(t, n%crashBatch, "a call's records are there together or not at all")
	}
}

// recordsOn returns how many records f has, which must be numbered from 1 without
// a gap.
func recordsOn(t *testing.T, f *sqlite.Feed) int {
	t.Helper()
	tip, err := f.Tip(t.Context())
	require.NoError(t, err)
	var after ports.Position
	n := 0
	for after != tip.Position {
		for _, r := range fetch(t, f, after, 1000) {
			n++
			require.Equal(t, fmt.Sprintf(`{"n":%d}`, n), string(r.Data))
			after = r.Position
		}
	}
	return n
}
