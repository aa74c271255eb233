package app

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"

	"github.com/evercart/evercart/ports"
)

func TestSeen(t *testing.T) {
	t.Parallel()
	t.Run("tells first events from later ones as a set of all events would", func(t *testing.T) {
		t.Parallel()
		rapid.Check(t, func(t *rapid.T) {
			s, all := newSeen(), map[string]bool{}
			for _, n := range rapid.SliceOfN(rapid.IntRange(0, 3*30-1), 1, 300).Draw(t, "events") {
				e := ports.Published{Event: ports.Event{
					Stream: ports.StreamID{Category: "tally", ID: fmt.Sprint(n % 3)}, Version: ports.Version(n/3 + 1),
				}}
				name := fmt.Sprint(e.Stream, e.Version)
				assert.Equal(t, !all[name], s.first(&e), name)
				all[name] = true
			}
		})
	})
	t.Run("keeps no holes of streams that came whole", func(t *testing.T) {
		t.Parallel()
		s := newSeen()
		for _, v := range []ports.Version{3, 1, 2, 5, 4} {
			assert.True(t, s.first(&ports.Published{Event: ports.Event{Stream: ports.StreamID{Category: "tally", ID: "a"}, Version: v}}))
		}
		assert.Empty(t, s.holes)
	})
	t.Run("knows streams by category and ID", func(t *testing.T) {
		t.Parallel()
		s := newSeen()
		for _, stream := range []ports.StreamID{{Category: "a", ID: "b"}, {Category: "b", ID: "b"}, {Category: "a", ID: "a"}} {
			assert.True(t, s.first(&ports.Published{Event: ports.Event{Stream: stream, Version: 1}}), stream)
		}
	})
}
