package sqlite_test

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/sqlite"
	"github.com/evercart/evercart/ports"
)

var carts1 = ports.Target{Consumer: "carts", Generation: 1}

// crashRows is how many rows each stream has in the crash test; all of them say
// the version of their checkpoint.
const crashRows = 20

func crashStreams() []ports.StreamID {
	streams := make([]ports.StreamID, 20)
	for i := range streams {
		streams[i] = ports.StreamID{Category: "cart", ID: fmt.Sprintf("s%02d", i)}
	}
	return streams
}

// advance moves every stream one version on, with all of its rows.
func advance(t *testing.T, v *sqlite.Views) ports.Version {
	t.Helper()
	checkpoints, err := v.Checkpoints(t.Context(), carts1, crashStreams())
	require.NoError(t, err)
	changes := make([]ports.ViewChange, len(checkpoints))
	for i, c := range checkpoints {
		c.Version++
		changes[i].Checkpoint = c
		for r := range crashRows {
			key := ports.RowKey{Partition: c.Stream.String(), Sort: fmt.Sprintf("%02d", r)}
			changes[i].Put = append(changes[i].Put, ports.Row{RowKey: key, Value: []byte(strconv.Itoa(int(c.Version)))})
		}
	}
	for _, err := range v.Apply(t.Context(), carts1, changes) {
		require.NoError(t, err)
	}
	return changes[0].Checkpoint.Version
}

func TestViewsOfAKilledProcessAreConsistent(t *testing.T) {
	if path, ok := asChild(); ok {
		v, err := sqlite.OpenViews(t.Context(), path)
		require.NoError(t, err)
		for {
			fmt.Println("applied", advance(t, v))
		}
	}
	t.Parallel()
	path := filepath.Join(t.TempDir(), "views.db")
	for round := range 8 {
		writer := startChild(t, path)
		var acknowledged int
		for range 3 {
			text, ok := strings.CutPrefix(writer.line(t), "applied ")
			require.True(t, ok)
			var err error
			acknowledged, err = strconv.Atoi(text)
			require.NoError(t, err)
		}
		<-time.After(time.Duration(round) * 500 * time.Microsecond) // another place of the next Apply each time
		writer.kill(t)
		requireConsistent(t, path, ports.Version(acknowledged))
	}
}

// requireConsistent requires that every stream's rows say the version of its
// checkpoint, and that all stand at one version, which nobody was told is lost.
func requireConsistent(t *testing.T, path string, acknowledged ports.Version) {
	t.Helper()
	v, err := sqlite.OpenViews(t.Context(), path)
	require.NoError(t, err)
	defer func() { require.NoError(t, v.Close()) }()
	checkpoints, err := v.Checkpoints(t.Context(), carts1, crashStreams())
	require.NoError(t, err)
	for _, c := range checkpoints {
		require.GreaterOrEqual(t, c.Version, acknowledged)
		require.Equal(t, checkpoints[0].Version, c.Version)
		rows, err := v.Query(t.Context(), carts1, ports.RowQuery{Partition: c.Stream.String(), Limit: crashRows + 1})
		require.NoError(t, err)
		require.Len(t, rows, crashRows)
		for _, r := range rows {
			assert.Equal(t, strconv.Itoa(int(c.Version)), string(r.Value), "row %s of version %d", r.Sort, c.Version)
		}
	}
}
