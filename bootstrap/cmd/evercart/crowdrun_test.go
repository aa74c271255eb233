package main_test

import (
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// newCrowd returns a crowd that writes to a server.
func newCrowd(t *testing.T, s *server) *crowd {
	t.Helper()
	c := &crowd{place: newPlace(s.url), versions: map[string]int{}}
	for range crowdShared {
		id, err := c.open(t.Context())
		require.NoError(t, err)
		c.shared = append(c.shared, id)
	}
	return c
}

// begin lets writers write until the function that it returns is called, which
// waits until each has the answer to its last wish.
func (c *crowd) begin(t *testing.T, writers int, seed uint64) (stop func()) {
	t.Helper()
	enough := make(chan struct{})
	c.faults = make(chan error, writers)
	var running sync.WaitGroup
	for i := range writers {
		running.Go(func() {
			if err := c.write(t.Context(), enough, rand.New(rand.NewPCG(seed, uint64(i)))); err != nil {
				c.faults <- err
			}
		})
	}
	return func() {
		t.Helper()
		close(enough)
		running.Wait()
		c.noFault(t)
	}
}

// getOn waits for that many answers.
func (c *crowd) getOn(t *testing.T, answers int) {
	t.Helper()
	until := c.answered.Load() + int64(answers)
	within(t, patience, "the writers get on", func() error {
		c.noFault(t)
		if c.answered.Load() < until {
			return errNotYet
		}
		return nil
	})
}

// isRefused waits until that many wishes were answered by 503, and returns the
// last of these answers.
func (c *crowd) isRefused(t *testing.T, times int) *answer {
	t.Helper()
	until := c.asked.Load() + int64(times)
	within(t, patience, "wishes are refused", func() error {
		c.noFault(t)
		if c.asked.Load() < until {
			return errNotYet
		}
		return nil
	})
	return c.refused.Load()
}

func (c *crowd) noFault(t *testing.T) {
	t.Helper()
	select {
	case err := <-c.faults:
		require.NoError(t, err)
	default:
	}
}

// isTrue checks all that was answered against histories, archive and views, which
// hold nothing else but what others did to carts of their own; verify agrees. It returns how many
// answers were given again, and how many lines are archived again.
func (c *crowd) isTrue(t *testing.T, s *server, data string, others ...string) (replayed, twice int) {
	t.Helper()
	h := readStories(t, s, c)
	h.haveNoHole(t)
	replayed = h.holdWhatWasAnswered(t, c)
	for _, id := range others {
		h[id] = readStory(t, s, id)
	}
	twice = h.areArchived(t, data)
	h.areListed(t, data)
	h.areRelated(t, s)
	operate(t, data, "verify")
	return replayed, twice
}
