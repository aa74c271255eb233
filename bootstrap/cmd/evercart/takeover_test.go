package main_test

import (
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestSharedCartsThroughTwoServers(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	first := serve(t, data, "EVERCART_ARCHIVE_WINDOW=50ms")
	within(t, patience, "the first runs the pipeline", func() error { return first.says(runsPipeline) })
	second := serve(t, data, "EVERCART_ARCHIVE_WINDOW=50ms")
	within(t, patience, "the second waits for it", func() error { return second.says("another process runs the pipeline") })

	// Both answer, about the same carts at the same time.
	c := newCrowd(t, first)
	d := &crowd{place: newPlace(second.url), shared: slices.Clone(c.shared), versions: map[string]int{}}
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	stopFirst, stopSecond := c.begin(t, 4, seed), d.begin(t, 4, seed+1)
	c.getOn(t, 200)
	d.getOn(t, 200)
	require.Error(t, second.says(runsPipeline), "the pipeline runs twice")

	first.kill()
	killed := time.Now()
	c.place.move(second.url)
	byHand := operateCart(t, data, "open")
	within(t, 5*time.Second, "the second takes over", func() error { return second.says(runsPipeline) })
	took := since(killed)
	c.getOn(t, 100)
	stopFirst()
	stopSecond()

	c.outcomes = append(c.outcomes, d.outcomes...)
	maps.Copy(c.versions, d.versions)
	c.isTrue(t, second, data, byHand.ID)
	t.Logf("%d commands through two servers; the second took over %v after the first was killed", c.answered.Load()+d.answered.Load(), took)
}

func TestAServerThatStopsHandsThePipelineOver(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	first := serve(t, data)
	within(t, patience, "the first runs the pipeline", func() error { return first.says(runsPipeline) })
	second := serve(t, data)
	require.Zero(t, first.terminate())
	within(t, 5*time.Second, "the second takes over", func() error { return second.says(runsPipeline) })
	id := second.must(t, openCart()).ID
	stories{id: readStory(t, second, id)}.areArchived(t, data)
}

func TestWhatTheCommandLineWroteIsSoonEverywhere(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	s := serve(t, data) // with its usual archive window
	within(t, patience, "the pipeline runs", func() error { return s.says(runsPipeline) })
	id := operateCart(t, data, "open").ID
	inArchive, inView := time.Hour, time.Hour
	for i := range 3 { // the best of three: the machine may be busy
		operateCart(t, data, "add", id, pool[i])
		h := readStory(t, s, id)
		committed := h.events[len(h.events)-1].Time
		stories{id: h}.areListed(t, data)
		inView = min(inView, time.Since(committed))
		stories{id: h}.areArchived(t, data)
		inArchive = min(inArchive, time.Since(committed))
	}
	assert.Less(t, inArchive, 2*time.Second, "the archive promises this")
	assert.Less(t, inView, 2*time.Second)
	t.Logf("what the command line wrote is in the view after %v and in the archive after %v",
		inView.Round(time.Millisecond), inArchive.Round(time.Millisecond))

	t.Run("sees what the server wrote, and the server what it wrote", func(t *testing.T) {
		c := s.must(t, setItem(id, pool[0], 7))
		assert.Equal(t, c, operateCart(t, data, "show", id))
		c = operateCart(t, data, "close", id)
		var got cart
		require.NoError(t, s.get(t.Context(), "/carts/"+id, &got))
		assert.Equal(t, c, got)
		stories{id: readStory(t, s, id)}.areRelated(t, s)
	})
	t.Run("shares keys with the server", func(t *testing.T) {
		other := s.must(t, openCart()).ID
		w := addItem(other, "tea", 2)
		c := s.must(t, w)
		assert.Equal(t, c, operateCart(t, data, "add", other, "tea", "--quantity", "2", "--key", w.key), "the same wish again")
		assert.Equal(t, c, operateCart(t, data, "show", other))
	})
}
