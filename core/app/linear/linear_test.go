// Package linear_test proves that commands and queries on a cart are linearizable:
// whatever clients, processes and networks do, every answer is the one that a cart
// gives at one instant between question and answer. Porcupine looks for the order.
package linear_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/memory"
	"github.com/evercart/evercart/adapters/sqlite"
	"github.com/evercart/evercart/ports"
)

// wishes returns EVERCART_PROVE_OPERATIONS, or what a test asks for without it.
func wishes(t *testing.T, otherwise int) int {
	t.Helper()
	n := os.Getenv("EVERCART_PROVE_OPERATIONS")
	if n == "" {
		return otherwise
	}
	number, err := strconv.Atoi(n)
	require.NoError(t, err)
	return number
}

func TestCommandsAreLinearizableInMemory(t *testing.T) {
	t.Parallel()
	linearizable(t, inMemory(), wishes(t, 6000))
}

func TestCommandsAreLinearizableInSQLite(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "events.db")
	linearizable(t, func(ctx context.Context) (ports.EventStore, func() error, error) {
		store, err := sqlite.OpenEventStore(ctx, path)
		if err != nil {
			return nil, nil, err
		}
		return store, store.Close, nil
	}, wishes(t, 4000))
}

func inMemory() opener {
	store := memory.NewEventStore()
	return func(context.Context) (ports.EventStore, func() error, error) {
		return store, func() error { return nil }, nil
	}
}

func linearizable(t *testing.T, open opener, n int) {
	t.Helper()
	seed, begun := rand.Uint64()>>32, time.Now()
	t.Logf("seed %d", seed)
	h, err := run(t.Context(), open, seed, n)
	require.NoError(t, err)
	took := time.Since(begun)
	keep(t, h.check())
	c := h.tally()
	t.Logf("%+v in %v, checked in %v", c, took.Round(time.Millisecond), (time.Since(begun) - took).Round(time.Millisecond))
	assert.GreaterOrEqual(t, c.operations, n)
	for name, count := range map[string]int{"recorded": c.recorded, "refused": c.refused, "replayed": c.replayed, "unknown": c.unknown} {
		assert.Greater(t, count, n/200, "a history in which hardly anything is %s proves little", name)
	}
}

// keep fails the test for a violation, and draws it where artifacts are kept.
func keep(t *testing.T, err error) {
	t.Helper()
	if v, ok := errors.AsType[*violation](err); ok {
		file := filepath.Join(t.ArtifactDir(), "violation.html")
		require.NoError(t, porcupine.VisualizePath(model(), v.info, file))
		t.Log("go test -artifacts keeps the drawing:", file)
	}
	require.NoError(t, err)
}
