package porttest_test

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/memory"
	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/porttest"
)

// fillEvery fills a stream by commits of every size and form, some with snapshots.
func fillEvery(t *testing.T) porttest.History {
	t.Helper()
	h, err := porttest.Fill(t.Context(), memory.NewEventStore(), porttest.Stream(1),
		porttest.Step{Events: 1}, porttest.Step{Events: 2, Snapshot: 1}, porttest.Step{}, porttest.Step{Events: 3},
		porttest.Step{Events: 4, Snapshot: 2}, porttest.Step{Events: 5})
	require.NoError(t, err)
	return h
}

func TestSamples(t *testing.T) {
	t.Parallel()

	t.Run("every sample commit is valid and follows the one before", func(t *testing.T) {
		t.Parallel()
		h := fillEvery(t)
		last := ports.Version(0)
		for i, c := range h.Commits {
			require.NoError(t, c.Validate())
			assert.Equal(t, last+1, c.First)
			assert.Equal(t, ports.HeadOf(&c), h.Heads[i+1])
			last = c.Last
		}
		assert.Equal(t, ports.Version(16), last)
		assert.Equal(t, h.Heads[6], h.End())
	})

	t.Run("the older form has no time, command or hash", func(t *testing.T) {
		t.Parallel()
		c := porttest.OlderCommit(ports.NewHead(porttest.Stream(1), 7, ports.Hash{1}, time.Now()))
		require.NoError(t, c.Validate())
		assert.True(t, c.Older())
		assert.True(t, c.Events[0].Time.IsZero())
		assert.Equal(t, ports.Metadata{}, c.Events[0].Metadata)
		assert.Equal(t, ports.Version(8), c.First)
	})

	t.Run("our form has rising times of whole microseconds in UTC", func(t *testing.T) {
		t.Parallel()
		c := porttest.Commit(ports.NewHead(porttest.Stream(1), 0, ports.Hash{}, time.Time{}), "command", 5)
		for i, e := range c.Events {
			assert.Equal(t, time.UTC, e.Time.Location())
			assert.Equal(t, e.Time, e.Time.Truncate(time.Microsecond))
			assert.NotEqual(t, e.Time, e.Time.Truncate(time.Millisecond))
			assert.True(t, i == 0 || e.Time.After(c.Events[i-1].Time))
		}
	})

	t.Run("the same arguments give the same commit, others another", func(t *testing.T) {
		t.Parallel()
		head := ports.NewHead(porttest.Stream(1), 3, ports.Hash{1}, time.Time{})
		c := porttest.Commit(head, "command", 2)
		assert.Equal(t, c, porttest.Commit(head, "command", 2))
		for name, other := range map[string]ports.Commit{
			"stream":  porttest.Commit(ports.NewHead(porttest.Stream(2), 3, ports.Hash{1}, time.Time{}), "command", 2),
			"version": porttest.Commit(ports.NewHead(porttest.Stream(1), 4, ports.Hash{1}, time.Time{}), "command", 2),
			"command": porttest.Commit(head, "another", 2),
		} {
			assert.NotEqual(t, c.Events[0].ID, other.Events[0].ID, name)
			assert.NotEqual(t, c.Hash, other.Hash, name)
		}
		forked := porttest.Commit(ports.NewHead(porttest.Stream(1), 3, ports.Hash{2}, time.Time{}), "command", 2)
		assert.NotEqual(t, c.Hash, forked.Hash, "the hash chains to the commit before")
	})

	t.Run("event IDs look like UUIDv7s and are unique", func(t *testing.T) {
		t.Parallel()
		seen := map[string]bool{}
		h := fillEvery(t)
		for _, e := range h.Events(1, math.MaxInt64) {
			assert.Regexp(t, `^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`, e.ID)
			assert.False(t, seen[e.ID])
			seen[e.ID] = true
		}
	})

	t.Run("a history gives any range of its events, with what their commits say", func(t *testing.T) {
		t.Parallel()
		h := fillEvery(t)
		for a := ports.Version(1); a <= 17; a++ {
			for b := a - 1; b <= 17; b++ {
				published := h.Published(a, b)
				require.Len(t, published, int(max(0, min(b, 16)-a+1)), "%d to %d", a, b)
				for i, p := range published {
					assert.Equal(t, a+ports.Version(i), p.Version)
					assert.LessOrEqual(t, p.CommitFirst, p.Version)
					assert.GreaterOrEqual(t, p.CommitLast, p.Version)
				}
				assert.Len(t, h.Events(a, b), len(published))
			}
		}
	})

	t.Run("samples write to the named categories only", func(t *testing.T) {
		t.Parallel()
		for n := range 3 {
			assert.Contains(t, porttest.Categories(), porttest.Stream(n).Category)
			require.NoError(t, porttest.Stream(n).Validate())
		}
		for _, category := range porttest.Categories() {
			assert.NoError(t, ports.StreamID{Category: category, ID: fmt.Sprint(1)}.Validate())
		}
	})
}
