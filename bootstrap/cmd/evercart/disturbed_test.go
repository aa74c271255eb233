package main_test

import (
	"context"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	disturbances      = 20 // EVERCART_PROVE_KILLS of them, or 4 with -short
	disturbancesShort = 4
	crowdWriters      = 8
	crowdShared       = 4   // carts that all of them write to
	crowdApart        = 400 // the most answers between two disturbances
)

func TestSharedCartsSurviveKills(t *testing.T) {
	t.Parallel()
	disturbed(t, (*server).kill)
}

func TestSharedCartsSurviveStops(t *testing.T) {
	t.Parallel()
	replayed, twice := disturbed(t, func(s *server) { require.Zero(t, s.terminate(), "%s", s.stderr) })
	assert.Zero(t, replayed, "a request was in flight and its answer was cut off")
	assert.Zero(t, twice, "a server that was stopped archived events again")
}

// disturbed lets a crowd write to a server that end ends again and again, each time
// starts another on the same folder, and checks at last that histories, archive
// and views are what was answered. It returns how many answers were given again,
// and how many lines are archived again.
func disturbed(t *testing.T, end func(*server)) (replayed, twice int) {
	t.Helper()
	rounds := disturbances
	if testing.Short() {
		rounds = disturbancesShort
	}
	if n := os.Getenv("EVERCART_PROVE_KILLS"); n != "" {
		var err error
		rounds, err = strconv.Atoi(n)
		require.NoError(t, err)
	}
	data, seed, begun := t.TempDir(), rand.Uint64(), time.Now()
	t.Logf("seed %d", seed)
	restart := func() *server { return serve(t, data, "EVERCART_ARCHIVE_WINDOW=50ms") }
	s := restart()
	servers := []*server{s}
	c := newCrowd(t, s)
	stop := c.begin(t, crowdWriters, seed)
	r := rand.New(rand.NewPCG(seed, crowdWriters))
	for range rounds {
		c.getOn(t, r.IntN(crowdApart)) // not at all: it ends as soon as it works
		end(s)
		s = restart()
		servers = append(servers, s)
		c.place.move(s.url)
	}
	stop()
	took := time.Since(begun)
	t.Logf("%d commands answered in %v, %.0f a second; asked again %d times",
		c.answered.Load(), took.Round(time.Millisecond), float64(c.answered.Load())/took.Seconds(), c.asked.Load())

	begun = time.Now()
	replayed, twice = c.isTrue(t, s, data)
	for _, s := range servers {
		assert.Empty(t, s.errors())
	}
	t.Logf("%d times ended, all is well; read and checked in %v", rounds, time.Since(begun).Round(time.Millisecond))
	return replayed, twice
}

func TestAServerThatIsKilledWhileItStarts(t *testing.T) {
	t.Parallel()
	const starts = 15
	data := filepath.Join(t.TempDir(), "data")
	path, err := binary()
	require.NoError(t, err)
	killed := 0
	for i := range starts {
		// Most of them on their way from nothing to a folder with all databases.
		ctx, cancel := context.WithTimeout(t.Context(), time.Duration(1+i*4)*time.Millisecond)
		cmd := exec.CommandContext(ctx, path, "serve", "--data", data, "--addr", "127.0.0.1:0")
		cmd.Env = []string{}
		if err := cmd.Run(); err != nil {
			killed++
		}
		cancel()
	}
	require.Equal(t, starts, killed)
	s := serve(t, data)
	c := newCrowd(t, s)
	c.isTrue(t, s, data)
	assert.Empty(t, s.errors())
}
