package cli

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/evercart/evercart/ports"
)

func TestTheEndOfAReplayIsForeseen(t *testing.T) {
	t.Parallel()
	// An archive of four objects of 1000 events each, all of the same size.
	at := func(read int64) *ports.ReplayJob {
		whole := read / 1000
		return &ports.ReplayJob{Objects: 4, Bytes: 400, ObjectsDone: whole, BytesDone: 100 * whole, Read: read, CursorLine: read % 1000}
	}
	t.Run("by the objects that are done, wherever the replay stands in the next", func(t *testing.T) {
		t.Parallel()
		for _, read := range []int64{1000, 1001, 1500, 1999, 2000, 2500, 3999} {
			assert.EqualValues(t, 4000, foreseen(at(read)), read)
		}
	})
	t.Run("not at all before the first is done", func(t *testing.T) {
		t.Parallel()
		assert.Zero(t, foreseen(at(999)))
	})
	t.Run("as what was read when all are done", func(t *testing.T) {
		t.Parallel()
		assert.EqualValues(t, 4000, foreseen(&ports.ReplayJob{Bytes: 400, BytesDone: 400, Read: 4000, CursorLine: 1000}))
	})
	t.Run("never as less than what was read", func(t *testing.T) {
		t.Parallel()
		assert.EqualValues(t, 900, foreseen(&ports.ReplayJob{Bytes: 400, BytesDone: 300, Read: 900, CursorLine: 800}))
	})
}
