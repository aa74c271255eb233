package app_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/core/es/estest"
	"github.com/evercart/evercart/ports"
)

// tallyNames returns the IDs of n tallies, ascending.
func tallyNames(n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("t%02d", i)
	}
	return names
}

// traffic records n commands on some tallies.
func traffic(t *testing.T, p *process, random *rand.Rand, tallies []string, n int) {
	t.Helper()
	for i := range n {
		_, err := p.commands.Handle(context.Background(), &app.Request[estest.TallyCommand]{
			ID: tallies[random.IntN(len(tallies))], CommandID: fmt.Sprint("c-", random.Uint64(), i),
			Command: estest.Count{N: 1 + random.IntN(3), Times: 1 + random.IntN(3)},
		})
		if !assert.NoError(t, err) {
			return
		}
	}
}

// killedRebuild rebuilds a view while commands come in and every process is killed
// again and again, and returns the generation that is live then.
func killedRebuild(t *testing.T, open func() shelf, seed uint64, tallies []string) int {
	t.Helper()
	random := rand.New(rand.NewPCG(seed, 1))
	s := open()
	traffic(t, newProcess(s, immortal), random, tallies, 60)
	if seed%3 > 0 { // sometimes nothing was relayed before
		catchUp(t, s)
	}
	ctx, stop := context.WithCancel(t.Context())
	var beside sync.WaitGroup
	beside.Go(func() { // a server that dies, and starts again
		random := rand.New(rand.NewPCG(seed, 2))
		for ctx.Err() == nil {
			p := newProcess(open(), int64(5+random.IntN(400)))
			ended := context.AfterFunc(ctx, p.die)
			p.serve(seed%2 == 0)
			ended()
		}
	})
	beside.Go(func() { // shoppers
		random := rand.New(rand.NewPCG(seed, 3))
		p := newProcess(open(), immortal)
		for range 40 {
			traffic(t, p, random, tallies, 3)
			select {
			case <-time.After(time.Millisecond):
			case <-ctx.Done():
			}
		}
	})
	generation := 0
	for try := 1; generation == 0; try++ { // an operator who does not give up
		require.Less(t, try, 2000)
		p := newProcess(open(), int64(3+random.IntN(40*try)))
		built, err := p.runner.Rebuild(p.ctx, rebuiltView.Name(), nil)
		p.die()
		if err == nil {
			generation = built
		}
	}
	stop()
	beside.Wait()
	return generation
}

func TestARebuildUnderFire(t *testing.T) {
	t.Parallel()
	check := func(t *testing.T, open func() shelf, seed uint64) {
		t.Helper()
		tallies := tallyNames(9)
		generation := killedRebuild(t, open, seed, tallies)
		s := open()
		catchUp(t, s)
		entry, err := s.catalog.View(t.Context(), rebuiltView.Name())
		require.NoError(t, err)
		// An operator who died after the flip, before it was told, builds once more.
		assert.GreaterOrEqual(t, generation, 2)
		assert.Equal(t, generation, entry.Live)
		require.Len(t, entry.Generations, generation)
		want := folded(t, s, tallies)
		require.NotEmpty(t, want)
		for g := 1; g <= generation; g++ {
			assert.Equal(t, want, rowsIn(t, s, g, tallies), "generation %d, against the store", g)
		}
	}
	for seed := range uint64(12) {
		t.Run(fmt.Sprintf("in memory, history %d: the rebuilt view equals the live one and the store's fold, row by row", seed), func(t *testing.T) {
			t.Parallel()
			s := memoryShelf()
			check(t, func() shelf { return s }, seed)
		})
	}
	for seed := range uint64(2) {
		t.Run(fmt.Sprintf("in files, history %d: the rebuilt view equals the live one and the store's fold, row by row", seed), func(t *testing.T) {
			t.Parallel()
			folder := t.TempDir()
			check(t, func() shelf { return fileShelf(t, folder) }, seed)
		})
	}
}

func TestARebuildWithoutAPipeline(t *testing.T) {
	t.Parallel()
	s := memoryShelf()
	tallies := tallyNames(5)
	p := newProcess(s, immortal)
	traffic(t, p, rand.New(rand.NewPCG(1, 1)), tallies, 50)
	catchUp(t, s)
	// The archive loses everything; the rebuild repairs from the store.
	s.archive = memoryShelf().archive
	generation, err := newProcess(s, immortal).runner.Rebuild(t.Context(), rebuiltView.Name(), nil)
	require.NoError(t, err)
	assert.Equal(t, 2, generation)
	assert.Equal(t, folded(t, s, tallies), rowsIn(t, s, 2, tallies))
}

func TestTheFirstGeneration(t *testing.T) {
	t.Parallel()
	view := rebuiltView.Name()
	t.Run("of a view in an empty installation is whole as it is", func(t *testing.T) {
		t.Parallel()
		s := memoryShelf()
		begun, err := newProcess(s, immortal).runner.Rebuilder.First(t.Context(), view, false)
		require.NoError(t, err)
		assert.False(t, begun)
		entry, err := s.catalog.View(t.Context(), view)
		require.NoError(t, err)
		assert.Equal(t, 1, entry.Live)
	})
	t.Run("of a view that comes later is rebuilt by whoever serves", func(t *testing.T) {
		t.Parallel()
		s := memoryShelf()
		tallies := tallyNames(5)
		traffic(t, newProcess(s, immortal), rand.New(rand.NewPCG(1, 1)), tallies, 50)
		catchUp(t, s)
		fresh := memoryShelf() // views and positions are lost, and the feed has forgotten all
		s.views, s.catalog, s.feed, s.publisher = fresh.views, fresh.catalog, fresh.feed, fresh.publisher
		p := newProcess(s, immortal)
		begun, err := p.runner.Rebuilder.First(t.Context(), view, false)
		require.NoError(t, err)
		assert.True(t, begun)
		again, err := p.runner.Rebuilder.First(t.Context(), view, false)
		require.NoError(t, err)
		assert.False(t, again, "it is begun already")
		var serving sync.WaitGroup
		serving.Go(func() { p.runner.Run(p.ctx) })
		require.Eventually(t, func() bool {
			entry, err := s.catalog.View(t.Context(), view)
			return err == nil && entry.Live == 2
		}, time.Minute, time.Millisecond)
		p.die()
		serving.Wait()
		assert.Equal(t, folded(t, s, tallies), rowsIn(t, s, 2, tallies))
	})
	t.Run("of a view whose consumer has begun is left alone", func(t *testing.T) {
		t.Parallel()
		s := memoryShelf()
		traffic(t, newProcess(s, immortal), rand.New(rand.NewPCG(1, 1)), tallyNames(2), 5)
		catchUp(t, s)
		begun, err := newProcess(s, immortal).runner.Rebuilder.First(t.Context(), view, true)
		require.NoError(t, err)
		assert.False(t, begun)
	})
}

func TestARebuildThatCannotEnd(t *testing.T) {
	t.Parallel()
	view := rebuiltView.Name()
	t.Run("says which views there are", func(t *testing.T) {
		t.Parallel()
		_, err := newProcess(memoryShelf(), immortal).runner.Rebuild(t.Context(), "cars", nil)
		assert.ErrorContains(t, err, `there is no view "cars"; there are sums`)
	})
	t.Run("is not live while a stream is parked in it, and ends when that is unparked", func(t *testing.T) {
		t.Parallel()
		s := memoryShelf()
		p := newProcess(s, immortal)
		traffic(t, p, rand.New(rand.NewPCG(1, 1)), tallyNames(1), 1)
		catchUp(t, s)
		stream := ports.StreamID{Category: "tally", ID: "t00"}
		target := ports.Target{Consumer: view, Generation: 2}
		parked := ports.Checkpoint{Stream: stream, Parked: &ports.Parked{Reason: "it was bad", Version: 1, Since: noon}}
		require.NoError(t, s.views.Apply(t.Context(), target, []ports.ViewChange{{Checkpoint: parked}})[0])
		// Its checkpoint stands behind the live one: the repair from the store unparks
		// it. One that does not is still parked.
		parked.Version, parked.Revision = 100, 1
		require.NoError(t, s.views.Apply(t.Context(), target, []ports.ViewChange{{Checkpoint: parked}})[0])
		_, err := p.runner.Rebuild(t.Context(), view, nil)
		assert.ErrorContains(t, err, "stream tally/t00 is parked in it: it was bad")
		require.NoError(t, s.views.Drop(t.Context(), target))
		generation, err := p.runner.Rebuild(t.Context(), view, nil)
		require.NoError(t, err)
		assert.Equal(t, 2, generation)
	})
	t.Run("is paused with its replay, and goes on when that is resumed", func(t *testing.T) {
		t.Parallel()
		s := memoryShelf()
		p := newProcess(s, immortal)
		traffic(t, p, rand.New(rand.NewPCG(1, 1)), tallyNames(3), 9)
		catchUp(t, s)
		var id string
		_, err := p.runner.Rebuild(t.Context(), view, func(job ports.ReplayJob) {
			id = job.ID
			_, err := p.runner.Replayer.Pause(t.Context(), job.ID)
			assert.NoError(t, err)
		})
		assert.ErrorContains(t, err, "is paused")
		_, err = p.runner.Rebuild(t.Context(), view, nil)
		assert.ErrorContains(t, err, "resume it first")
		var notReady *app.NotReadyError
		assert.ErrorAs(t, err, &notReady)
		_, err = p.runner.Replayer.Resume(t.Context(), id)
		require.NoError(t, err)
		job, err := p.runner.Carry(t.Context(), id)
		require.NoError(t, err)
		assert.Equal(t, ports.ReplayDone, job.State)
		entry, err := s.catalog.View(t.Context(), view)
		require.NoError(t, err)
		assert.Equal(t, 2, entry.Live)
	})
}
