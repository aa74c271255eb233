// Package powerloss_test takes the power from a recorded disk, again and again. While
// commands are carried out and the pipeline runs, it notes every write and every sync
// of the databases; then it makes the folder that a disk may hold after any instant,
// where what was not synced is there, missing, torn or out of order, and goes on.
package powerloss_test

import (
	"context"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/sqlite"
)

// outages returns EVERCART_PROVE_OUTAGES, or how many tests in between make.
func outages(t *testing.T) int {
	t.Helper()
	n := os.Getenv("EVERCART_PROVE_OUTAGES")
	if n == "" {
		return 12
	}
	number, err := strconv.Atoi(n)
	require.NoError(t, err)
	return number
}

func TestPowerLossTakesNothingThatWasAcknowledged(t *testing.T) {
	t.Parallel()
	seed := rand.Uint64() >> 32
	t.Logf("seed %d", seed)
	dice := rand.New(rand.NewPCG(seed, 1))
	n := outages(t)
	l, truth := recorded(t, min(300+5*n, 2000), seed)
	for range n {
		h := honesty{keep: []float64{0, 0.5, 0.9, 1}[dice.IntN(4)], torn: []float64{0, 0.5}[dice.IntN(2)]}
		instant := dice.IntN(l.disk.now() + 1)
		folder := t.TempDir()
		require.NoError(t, l.image(folder, instant, h, dice))
		require.NoError(t, l.whole(t.Context(), folder, instant, truth), "the power goes at instant %d, %+v", instant, h)
		require.NoError(t, l.resumes(t.Context(), folder), "the power goes at instant %d, %+v", instant, h)
		require.NoError(t, os.RemoveAll(folder))
	}
	t.Logf("%d outages within %d writes and syncs; %d commands acknowledged, %d objects archived", n, l.disk.now(), len(l.acked), len(l.archived))
}

// A disk that only says that it synced loses what was acknowledged, and this proof
// sees it.
func TestTheProofBites(t *testing.T) {
	t.Parallel()
	const seed = 1
	dice := rand.New(rand.NewPCG(seed, 1))
	l, truth := recorded(t, 150, seed)
	lost := 0
	for range 10 {
		instant := l.disk.now()/2 + dice.IntN(l.disk.now()/2)
		folder := t.TempDir()
		require.NoError(t, l.image(folder, instant, honesty{keep: 0.5, lies: true}, dice))
		if err := l.whole(t.Context(), folder, instant, truth); err != nil {
			lost++
		}
	}
	assert.Equal(t, 10, lost, "outages of a disk that lies")
}

// recorded is a folder that was worked on, and all that its store holds in the end.
func recorded(t *testing.T, commands int, seed uint64) (*loaded, histories) {
	t.Helper()
	l, err := load(t.Context(), t.TempDir(), commands, seed)
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(l.acked), commands-periods)
	store, err := sqlite.OpenEventStore(context.WithoutCancel(t.Context()), filepath.Join(l.folder, "events.db"))
	require.NoError(t, err)
	truth, err := l.histories(t.Context(), store)
	require.NoError(t, err)
	require.NoError(t, store.Close())
	return l, truth
}
