package sqlite

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/porttest"
)

// fillForScan fills streams at once with more commits than a page has rows. It
// returns the streams in the order of their IDs and how many commits each has.
func fillForScan(t *testing.T, s *EventStore) (streams []ports.StreamID, commits int) {
	t.Helper()
	const each = 3
	var writers sync.WaitGroup
	for n := range pageRows/each + 20 {
		streams = append(streams, porttest.Stream(n))
		writers.Go(func() {
			_, err := porttest.Fill(t.Context(), s, porttest.Stream(n), make([]porttest.Step, each)...)
			assert.NoError(t, err)
		})
	}
	writers.Wait()
	slices.SortFunc(streams, func(a, b ports.StreamID) int { return strings.Compare(a.ID, b.ID) })
	return streams, each
}

func TestScanByStream(t *testing.T) {
	t.Parallel()
	s := openStore(t)
	streams, commits := fillForScan(t, s)

	t.Run("goes over pages, each stream together", func(t *testing.T) {
		t.Parallel()
		count := 0
		for c, err := range s.Scan(t.Context(), "cart") {
			require.NoError(t, err)
			require.Equal(t, streams[count/commits], c.Stream)
			require.EqualValues(t, count%commits+1, c.First)
			count++
		}
		assert.Equal(t, len(streams)*commits, count)
	})

	t.Run("leaves out what is stored after it began", func(t *testing.T) {
		t.Parallel()
		head := start(ports.StreamID{Category: "order", ID: "0"})
		head, err := s.Append(t.Context(), head, porttest.Commit(head, "", 1))
		require.NoError(t, err)
		count := 0
		for _, err := range s.Scan(t.Context(), "order") {
			require.NoError(t, err)
			count++
			head, err = s.Append(t.Context(), head, porttest.Commit(head, "", 1))
			require.NoError(t, err)
			_, err = porttest.Fill(t.Context(), s, ports.StreamID{Category: "order", ID: "later"}, porttest.Step{})
			require.NoError(t, err)
		}
		assert.Equal(t, 1, count)
	})
}

func TestScanPassesABrokenKey(t *testing.T) {
	t.Parallel()
	s := openStore(t)
	streams, commits := fillForScan(t, s)
	broken := streams[(pageRows-1)/commits] // where the first page ends
	tamper(t, s, `UPDATE events SET Version = 'x' || Version WHERE AggregateUuid = '`+broken.ID+`'`)

	readable, unreadable := 0, 0
	for c, err := range s.Scan(t.Context(), "cart") {
		if err == nil {
			readable++
			continue
		}
		var corrupt *ports.CorruptError
		require.ErrorAs(t, err, &corrupt)
		assert.Equal(t, broken, c.Stream)
		unreadable++
		require.LessOrEqual(t, unreadable, commits, "the scan goes in circles")
	}
	assert.Equal(t, commits, unreadable)
	assert.Equal(t, (len(streams)-1)*commits, readable)
}
