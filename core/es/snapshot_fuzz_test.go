package es_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/core/cart"
	"github.com/evercart/evercart/core/es"
	"github.com/evercart/evercart/ports"
)

// FuzzStreamSnapshot reads arbitrary snapshots, the command memory in front: what is
// taken is written again byte for byte, and the rest is unusable and no fault.
func FuzzStreamSnapshot(f *testing.F) {
	var m es.CommandMemory
	for _, id := range []string{"", "a", "b", "c"} {
		f.Add(es.AppendSnapshot(nil, cart.Aggregate{}, cart.State{Status: cart.StatusOpen, Owner: id}, &m))
		m = m.Add(&ports.Commit{First: 1, Last: 1, CommandID: id + "!"})
	}
	f.Add([]byte{1, 1})
	f.Add([]byte{1, 0, 255})
	f.Fuzz(func(t *testing.T, data []byte) {
		s, memory, err := es.ReadSnapshot(cart.Aggregate{}, &ports.Snapshot{Version: 1, Schema: cart.Aggregate{}.SnapshotSchema(), Data: data})
		if err != nil {
			require.ErrorIs(t, err, es.ErrSnapshotUnusable)
			return
		}
		written := es.AppendSnapshot(nil, cart.Aggregate{}, s, &memory)
		again, remembered, err := es.ReadSnapshot(cart.Aggregate{}, &ports.Snapshot{Version: 1, Schema: cart.Aggregate{}.SnapshotSchema(), Data: written})
		require.NoError(t, err)
		assert.Equal(t, written, es.AppendSnapshot(nil, cart.Aggregate{}, again, &remembered))
	})
}
